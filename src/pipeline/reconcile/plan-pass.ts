import type { Failure } from '../../issues/failure.ts';
import type { FindingKey } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { timestampMs } from '../../findings/timestamp.ts';
import { SEVERITIES, severityOf } from '../../findings/severity.ts';
import { isUrgent, openingKind, type Opening } from '../../issues/admission.ts';
import { inDoubt, type RequeueAt } from '../../issues/group-record.ts';
import { pauseScopes } from '../../issues/pause.ts';
import { undecided } from '../../issues/undecided.ts';
import { planStep } from '../../issues/plan-step.ts';
import type { CreateStep, NothingReason, Step } from '../../issues/step.ts';
import { stillUnproven, unprovenFailure, waitsForProof } from '../../issues/unproven.ts';
import { readUnproven } from '../groups/unproven-issues.ts';
import type { OpeningLimit } from '../../rules/limits.ts';
import type { GroupView } from '../groups/group-view.ts';
import { readNeighbours } from '../groups/neighbours.ts';
import { judgeCounterparts, type CounterpartVerdict } from '../groups/counterparts.ts';
import { isPausedIn } from '../groups/pauses.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { ReconcileContext } from './reconcile-context.ts';
import { awaitDetails, cooldownBefore, waitOf } from '../../issues/step-delay.ts';

type TakenStep = Exclude<Step, { readonly step: 'nothing' }>;

/** The plan for one pass: the one missing step, or why it is not taken now. Reconciling carries it out, evaluating only reports it. */
export type PlannedPass =
  | { readonly pass: 'take'; readonly step: TakenStep }
  | { readonly pass: 'nothing'; readonly because: NothingReason }
  /** The step would be taken in live mode, or if its rule did not only observe. */
  | { readonly pass: 'observed'; readonly because: 'observe-only' | 'rule-observes'; readonly step: TakenStep }
  /** The lead has the issue of a finding with the same access, whose analyzer is gone: no issue is created. */
  | { readonly pass: 'take-over'; readonly from: FindingKey; readonly to: FindingKey }
  /** The create has to meet limits first. */
  | ({ readonly pass: 'admit' } & LimitedOpening)
  /** The step is held back, with no known end. */
  | { readonly pass: 'held'; readonly because: 'paused' }
  /** An admin has to decide first whose an issue is. */
  | { readonly pass: 'unproven'; readonly failure: Failure }
  /** `step`: what the wait keeps back; absent: it is not known yet. */
  | { readonly pass: 'requeue'; readonly requeueAt: RequeueAt; readonly step?: TakenStep }
  /** Nothing can be planned, because the rules can't decide about a member. */
  | { readonly pass: 'failed'; readonly failure: Failure };

/** Interval of the checks whether an error finding has its issue by now, ms. */
const ERROR_ISSUE_MS = 10_000;

/** A create that limits apply to. */
export interface LimitedOpening {
  readonly step: CreateStep;
  readonly opening: Opening;
  /** At least one. */
  readonly limits: readonly OpeningLimit[];
}

export type PlanContext = Pick<
  ReconcileContext,
  'store' | 'tracker' | 'installation' | 'mode' | 'cooldowns' | 'detailsWaitMs' | 'sweptEveryMs' | 'enrichers' | 'emit'
>;

/** @param rules the current ones, or a draft */
export async function planPass(context: PlanContext, view: GroupView, rules: Rules): Promise<PlannedPass> {
  const { store, tracker, installation, mode } = context;
  const { record, members, now } = view;
  const failure = record.unlinked === true ? null : undecided(members);
  if (failure !== null) return { pass: 'failed', failure };
  const neighbours = await readNeighbours(store, tracker.mention, record.group, members[0]?.finding.resource, now);
  const whenUnrouted = rules.whenUnrouted(record.issue?.ruleId ?? null);
  const whenDeleted = rules.whenDeleted(record.issue?.ruleId ?? decidingRule(view));
  const [unknown, gone] = [view.unknown.length, view.gone.length];
  const step = planStep(record, members, { unknown, gone, whenUnrouted, whenDeleted, neighbours, now });
  if (step.because === 'error-issue-awaited') return { pass: 'requeue', requeueAt: { time: now + ERROR_ISSUE_MS, because: step.because } };
  const unproven = stillUnproven(record, (await readUnproven(store, installation, view)).issues);
  const waits = unproven.length > 0 && mode === 'live' && waitsForProof(step, record, unproven);
  if (waits) return { pass: 'unproven', failure: unprovenFailure(unproven) };
  if (step.step === 'nothing') return { pass: 'nothing', because: step.because };
  // It writes nothing to Jira, and whatever may follow it is held back by itself.
  if (step.step === 'forget') return { pass: 'take', step };
  const counterparts = await counterpartsBefore(context, view, step, neighbours);
  if (counterparts.is === 'take-over') return { pass: 'take-over', from: counterparts.from, to: counterparts.to };
  return holdBack(context, view, rules, step, counterparts);
}

/** Only a create that may not have been sent is asked about, where the resource has findings of other groups. */
async function counterpartsBefore(
  { store, sweptEveryMs }: PlanContext,
  { record, now }: GroupView,
  step: TakenStep,
  neighbours: readonly unknown[],
): Promise<CounterpartVerdict> {
  if (step.step !== 'create' || inDoubt(record.intent) !== null || neighbours.length === 0) return { is: 'open' };
  return judgeCounterparts(store, step.lead, { group: record.group, since: record.firstSeenAt, sweptEveryMs, now });
}

/** The mode, a rule that observes, a pause, doubt about an analyzer, a limit, a cooldown and awaited details hold a step back. */
async function holdBack(
  context: PlanContext,
  view: GroupView,
  rules: Rules,
  step: TakenStep,
  counterparts: Exclude<CounterpartVerdict, { readonly is: 'take-over' }>,
): Promise<PlannedPass> {
  const { store, mode, cooldowns, detailsWaitMs } = context;
  const { record, members, now } = view;
  if (mode === 'observe') return { pass: 'observed', because: 'observe-only', step };
  if (rules.observes(ruleOf(view, step))) return { pass: 'observed', because: 'rule-observes', step };
  const isPaused = record.released !== true && (await isPausedIn(store, pauseScopes(record, members), now));
  if (isPaused) return { pass: 'held', because: 'paused' };
  if (counterparts.is === 'wait') return { pass: 'requeue', requeueAt: counterparts.requeueAt };
  const limited = step.step === 'create' ? limitedOpening(view, rules, step) : null;
  if (limited !== null) return { pass: 'admit', ...limited };
  const needs = members.map(({ need }) => need);
  const waitMs = waitOf(record, step, needs, detailsWaitMs);
  const requeueAt = cooldownBefore(record, step, cooldowns) ?? awaitDetails(record, step, waitMs);
  return requeueAt !== null && requeueAt.time > now ? { pass: 'requeue', requeueAt, step } : { pass: 'take', step };
}

/** The rule that decides about a group: of the issue to create, of its first finding that goes to Jira, or of its issue. */
function ruleOf(view: GroupView, step: TakenStep): string | null {
  if (step.step === 'create') return step.route.ruleId;
  return decidingRule(view) ?? view.record.issue?.ruleId ?? null;
}

/** The rule of the first finding that goes to Jira. */
function decidingRule({ members }: GroupView): string | null {
  return members.find(({ decision }) => decision.action === 'issue')?.decision.ruleId ?? null;
}

/** @returns null when no limit applies, or the group has been admitted already */
function limitedOpening({ record, members }: GroupView, rules: Rules, step: CreateStep): LimitedOpening | null {
  if (record.released === true || record.admission?.is === 'admitted' || record.intent !== null) return null;
  const active = members.filter(({ finding, decision }) => decision.action === 'issue' && lifecycleOf(finding) === 'active');
  const severities = new Set(active.map(({ finding }) => severityOf(finding)));
  const severity = SEVERITIES.find((one) => severities.has(one)) ?? 'low';
  const { projectKey, ruleId } = step.route;
  const since = Math.min(
    ...active.map(({ finding }) => (finding.createdAt === null ? record.firstSeenAt : timestampMs(finding.createdAt))),
  );
  const opening: Opening = { kind: openingKind(record.admission), severity, since, projectKey, ruleId };
  const limits = isUrgent(opening) ? [] : rules.limitsOf(opening);
  return limits.length === 0 ? null : { step, opening, limits };
}
