import type { Failure } from '../../issues/failure.ts';
import type { RequeueAt } from '../../issues/group-record.ts';
import { pauseScopes } from '../../issues/pause.ts';
import { undecided } from '../../issues/undecided.ts';
import { planStep } from '../../issues/plan-step.ts';
import type { NothingReason, Step } from '../../issues/step.ts';
import { stillUnproven, unprovenFailure, waitsForProof } from '../../issues/unproven.ts';
import { readUnproven } from '../groups/unproven-issues.ts';
import type { GroupView } from '../groups/group-view.ts';
import { readNeighbours } from '../groups/neighbours.ts';
import { isPausedIn } from '../groups/pauses.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { ReconcileContext } from './reconcile-context.ts';
import { awaitDetails, cooldownBefore } from '../../issues/step-delay.ts';

type TakenStep = Exclude<Step, { readonly step: 'nothing' }>;

/** The plan for one pass: the one missing step, or why it is not taken now. Reconciling carries it out, evaluating only reports it. */
export type PlannedPass =
  | { readonly pass: 'take'; readonly step: TakenStep }
  | { readonly pass: 'nothing'; readonly because: NothingReason }
  /** The step would be taken in live mode. */
  | { readonly pass: 'observed'; readonly because: 'observe-only'; readonly step: TakenStep }
  /** The step is held back, with no known end. */
  | { readonly pass: 'held'; readonly because: 'paused' }
  /** An admin has to decide first whose an issue is. */
  | { readonly pass: 'unproven'; readonly failure: Failure }
  | { readonly pass: 'requeue'; readonly requeueAt: RequeueAt }
  /** Nothing can be planned, because the rules can't decide about a member. */
  | { readonly pass: 'failed'; readonly failure: Failure };

/** Interval of the checks whether an error finding has its issue by now, ms. */
const ERROR_ISSUE_MS = 10_000;

type PlanContext = Pick<ReconcileContext, 'store' | 'tracker' | 'installation' | 'mode' | 'cooldowns' | 'detailsWaitMs'>;

/** @param rules the current ones, or a draft */
export async function planPass(context: PlanContext, view: GroupView, rules: Rules): Promise<PlannedPass> {
  const { store, tracker, installation, mode } = context;
  const { record, members, unknown, now } = view;
  const failure = record.unlinked === true ? null : undecided(members);
  if (failure !== null) return { pass: 'failed', failure };
  const step = planStep(record, members, {
    unknown,
    whenUnrouted: rules.whenUnrouted(record.issue?.ruleId ?? null),
    neighbours: await readNeighbours(store, tracker.mention, record.group, members[0]?.finding.resource, now),
    now,
  });
  if (step.because === 'error-issue-awaited') return { pass: 'requeue', requeueAt: { time: now + ERROR_ISSUE_MS, because: step.because } };
  const unproven = stillUnproven(record, (await readUnproven(store, installation, view)).issues);
  const waits = unproven.length > 0 && mode === 'live' && waitsForProof(step, record, unproven);
  if (waits) return { pass: 'unproven', failure: unprovenFailure(unproven) };
  if (step.step === 'nothing') return { pass: 'nothing', because: step.because };
  return holdBack(context, view, step);
}

/** The mode, a pause, a cooldown and details that are still awaited hold a step back. */
async function holdBack(context: PlanContext, { record, members, now }: GroupView, step: TakenStep): Promise<PlannedPass> {
  const { store, mode, cooldowns, detailsWaitMs } = context;
  if (mode === 'observe') return { pass: 'observed', because: 'observe-only', step };
  const isPaused = record.released !== true && (await isPausedIn(store, pauseScopes(record, members), now));
  if (isPaused) return { pass: 'held', because: 'paused' };
  const requeueAt = cooldownBefore(record, step, cooldowns) ?? awaitDetails(record, step, detailsWaitMs);
  return requeueAt !== null && requeueAt.time > now ? { pass: 'requeue', requeueAt } : { pass: 'take', step };
}
