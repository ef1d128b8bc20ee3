import { awaitDetails } from '../../issues/await-details.ts';
import type { Wait } from '../../issues/group-record.ts';
import { pauseScopes } from '../../issues/pause.ts';
import { planStep } from '../../issues/plan-step.ts';
import { restBefore } from '../../issues/rest.ts';
import type { NothingReason, Step } from '../../issues/step.ts';
import type { GroupView } from '../groups/group-view.ts';
import { readNeighbours } from '../groups/neighbours.ts';
import { pauseOn } from '../groups/pauses.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { Settling } from './settling.ts';

/** What a look at a group comes to: the one missing step, or why it is not taken now. Settling does it, evaluating only says it. */
export type PlannedLook =
  | { readonly look: 'take'; readonly step: Exclude<Step, { readonly step: 'nothing' }> }
  | { readonly look: 'nothing'; readonly because: NothingReason }
  /** The step is kept back for longer than anybody knows. */
  | { readonly look: 'held'; readonly because: 'paused' }
  | { readonly look: 'wait'; readonly wait: Wait };

/** How often it is looked whether an error finding has its issue by now. */
const ERROR_ISSUE_MS = 10_000;

/** @param rules those that decide: of now, or a draft */
export async function planLook(
  settling: Pick<Settling, 'store' | 'tracker' | 'mode' | 'rests' | 'detailsWaitMs'>,
  view: GroupView,
  rules: Rules,
): Promise<PlannedLook> {
  const { store, tracker, mode, rests, detailsWaitMs } = settling;
  const { record, members, unknown, now } = view;
  const step = planStep(record, members, {
    unknown,
    whenUnrouted: rules.whenUnrouted(record.issue?.ruleId ?? null),
    neighbours: await readNeighbours(store, tracker.mention, record.group, members[0]?.finding.resource, now),
    now,
  });
  if (step.because === 'error-issue-awaited') return { look: 'wait', wait: { until: now + ERROR_ISSUE_MS, because: step.because } };
  if (step.step === 'nothing') return { look: 'nothing', because: step.because };
  if (mode === 'observe') return { look: 'nothing', because: 'observe-only' };
  const isPaused = record.released !== true && (await pauseOn(store, pauseScopes(record, members))) !== null;
  if (isPaused) return { look: 'held', because: 'paused' };
  const wait = restBefore(record, step, rests) ?? awaitDetails(record, step, detailsWaitMs);
  return wait !== null && wait.until > now ? { look: 'wait', wait } : { look: 'take', step };
}
