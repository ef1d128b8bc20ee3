import type { Finding } from '../../findings/finding.ts';
import { mergeFinding } from '../../findings/merge-finding.ts';
import type { Failure } from '../../issues/failure.ts';
import { type Facts, NO_FACTS } from '../../issues/facts/facts.ts';
import type { FoundOwner } from '../../issues/facts/find-owner.ts';
import { groupKey, type GroupBy, type GroupKey } from '../../issues/group-key.ts';
import { openingOf, type GroupRecord } from '../../issues/group-record.ts';
import { writtenOf } from '../../issues/written.ts';
import type { CreateStep } from '../../issues/step.ts';
import type { Decision, RuleTrace } from '../../rules/decide.ts';
import { acceptedRecord, arises, isNews } from '../accept/prepare-finding.ts';
import { draftOfCreate, markerOfCreate } from '../reconcile/create-issue.ts';
import { recordWanted } from '../details/details-record.ts';
import type { WantingDetails } from '../details/want-details.ts';
import { withFacts } from '../enrichment/enrich-group.ts';
import { membersOf, type GroupView, type GroupViewMember } from '../groups/group-view.ts';
import { joined, placeFinding } from '../groups/place-finding.ts';
import { windowsWithRoom } from '../reconcile/admit-opening.ts';
import { planPass, type PlannedPass } from '../reconcile/plan-pass.ts';
import type { PredictedEnd, Preflight, PreflightProblem } from '../ports/preflight.ts';
import { recogniseFinding, type Recognised } from '../accept/recognise-finding.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { ReconcileContext } from '../reconcile/reconcile-context.ts';
import { memberDetails } from '../groups/details-need.ts';

/**
 * Predicts what would become of a finding, with the functions that accepting and reconciling use. Nothing is written, and Jira gets only
 * reads, behind all other work. @throws StoreUnavailable
 */
export type EvaluateFinding = (question: Question) => Promise<Evaluation>;

export interface Question {
  /** As an event describes it, or as it is stored. */
  readonly finding: Finding;
  /** The current ones, or a draft. */
  readonly rules: Rules;
  /** Whether Jira is asked about the rule that decides. */
  readonly preflight: boolean;
}

export interface Evaluation {
  /** As it would be stored after the event. */
  readonly finding: Finding;
  readonly decision: { readonly action: Decision['action']; readonly because: string; readonly ruleId: string | null };
  /** Every rule that is tried, in order; the last one decides, unless none matches. */
  readonly trace: readonly RuleTrace[];
  /** `by`: what the rule groups by. `fixed`: the finding stays in its group whatever the rule says, since Jira may know of that group. */
  readonly group: { readonly id: GroupKey; readonly by: GroupBy; readonly fixed: boolean };
  readonly outcome: Outcome;
  /** What enrichers know of the finding. */
  readonly facts: Facts;
  /** Whose the resource is, by these facts and the rules; null: no source names one. */
  readonly owner: FoundOwner | null;
  /** Jira's problems with the rule that decides; null: it was not asked. */
  readonly preflight: readonly PreflightProblem[] | null;
  /** Where issues of the rule that decides end when they are closed; null: Jira was not asked. */
  readonly ends: readonly PredictedEnd[] | null;
}

export interface Outcome {
  /** What the group's next pass would do. `requeue` and `nothing`: not now, or not at all. */
  readonly step:
    | 'create'
    | 'close'
    | 'reopen'
    | 'correct'
    | 'link'
    | 'update'
    | 'add-marker'
    | 'remove-marker'
    | 'label'
    | 'finish'
    | 'forget'
    | 'write-membership'
    | 'nothing'
    | 'requeue';
  readonly because: string;
  /** Epoch ms until which it waits; null: it does not, or the end is not known. */
  readonly until: number | null;
  /** The issue that the finding has, or would share. */
  readonly issueKey: string | null;
  /** The request of a create, also where observing, a limit or awaited details keep it from being sent; null: no issue would be created now, or `failure` says why. */
  readonly request: { readonly method: 'POST'; readonly path: string; readonly body: Readonly<Record<string, unknown>> } | null;
  /** Deviations from the rule. */
  readonly notes: readonly string[];
  /** Why Jira would refuse the issue, why the rules can't decide, or what an admin has to decide first; null: no reason is known. */
  readonly failure: Failure | null;
}

/** Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issues/#api-rest-api-3-issue-post */
const CREATE_PATH = '/rest/api/3/issue';

export interface EvaluateDeps extends Pick<
  ReconcileContext,
  'store' | 'tracker' | 'mode' | 'cooldowns' | 'detailsWaitMs' | 'sweptEveryMs' | 'installation' | 'enrichers' | 'emit'
> {
  readonly preflight: Preflight;
  /** How AWS has just refused to answer about an analyzer. */
  readonly refusalOf: WantingDetails['refusalOf'];
}

export function createEvaluateFinding(deps: EvaluateDeps): EvaluateFinding {
  const { store, tracker } = deps;

  /** The group as it would be after the finding was accepted under the rules. */
  async function viewOf({ seen, record: before, version: known, was }: Recognised, rules: Rules): Promise<GroupView> {
    const merged = mergeFinding(before?.finding ?? null, seen);
    const place = await placeFinding(store, merged.finding, before?.group ?? null, rules);
    const [now, { decision }] = [await store.now(), await rules.route(merged.finding)];
    const stays = !isNews(merged) && place.group === before?.group && was === seen.key ? place.record : null;
    const record: GroupRecord = stays === null ? joined(place, { key: seen.key, was, arises: arises(before, merged) }, now) : stays.doc;
    const assumed = { id: seen.key, version: known ?? '', doc: acceptedRecord(before, merged, { place, decision }, now) };
    const { members, ...named } = await membersOf(store, record, rules, assumed);
    const { version } = place.record ?? { version: '' };
    return withFacts(deps, { record, version, members: members.map((member) => asRead(member, now)), ...named, now }, rules);
  }

  /** A member as it is after a pass has recorded which details it needs from AWS. */
  function asRead(member: GroupViewMember, now: number): GroupViewMember {
    const { finding, need, detailsRecord } = member;
    const wanted = recordWanted(finding, need, detailsRecord?.doc ?? null, deps.refusalOf(finding.analyzerArn, now), now);
    return wanted === null ? member : { ...member, details: memberDetails(finding, need, wanted) };
  }

  async function outcomeOf(view: GroupView, rules: Rules): Promise<Outcome> {
    const { record, now } = view;
    const plain = { until: null, issueKey: record.issue?.key ?? null, request: null, notes: [], failure: null };
    const waits = underWay(record, now);
    if (waits !== null) return { ...plain, step: 'requeue', ...waits };
    const planned = await planPass(deps, view, rules);
    if (planned.pass === 'requeue' && planned.step?.step === 'create')
      return withRequest({ ...plain, ...notTaken(planned) }, view, planned.step);
    if (planned.pass !== 'take' && planned.pass !== 'observed' && planned.pass !== 'admit') return { ...plain, ...notTaken(planned) };
    const { step } = planned;
    const isTaken = planned.pass === 'take' || (planned.pass === 'admit' && (await windowsWithRoom(store, planned, now)) !== null);
    const reason = planned.pass === 'observed' ? planned.because : 'over-limit';
    const base = { ...plain, ...(isTaken ? { step: step.step, because: step.because } : { step: 'nothing' as const, because: reason }) };
    return step.step === 'create' ? withRequest(base, view, step) : base;
  }

  async function withRequest(base: Outcome, view: GroupView, step: CreateStep): Promise<Outcome> {
    const { record } = view;
    const draft = draftOfCreate(view, step);
    const prepared = await tracker.prepare(draft, { kind: 'read', fresh: false });
    if (!prepared.ok) return { ...base, failure: prepared.failure };
    const marker = markerOfCreate(deps.installation, record, (record.intent?.attempt ?? 0) + 1, writtenOf(draft));
    const body = tracker.createRequest(prepared.ready, marker);
    return { ...base, request: { method: 'POST', path: CREATE_PATH, body }, notes: prepared.ready.notes };
  }

  return async ({ finding: told, rules, preflight }) => {
    const recognised = await recogniseFinding(store, told);
    const { seen } = recognised;
    const view = await viewOf(recognised, rules);
    const member = view.members.find((one) => one.finding.key === seen.key);
    const finding = member?.finding ?? seen;
    const { groupBy, decision } = await rules.route(finding);
    const { action, because, ruleId } = decision;
    const asked = preflight && action === 'issue' && ruleId !== null;
    return {
      finding,
      decision: { action, because, ruleId },
      trace: await rules.explain(finding),
      group: { id: view.record.group, by: groupBy, fixed: action === 'issue' && groupKey(finding, groupBy) !== view.record.group },
      outcome: await outcomeOf(view, rules),
      facts: (member?.known ?? NO_FACTS).facts,
      owner: member?.owner ?? null,
      preflight: asked ? await deps.preflight.check(rules.compiled.ruleSet, new Set([ruleId])) : null,
      ends: asked ? await deps.preflight.ends(rules.compiled.ruleSet, new Set([ruleId])) : null,
    };
  };
}

/** Why a pass would not plan anything; null: it would. */
function underWay(record: GroupRecord, now: number): { readonly because: string; readonly until: number | null } | null {
  const { requeueAt, transition } = record;
  const opening = openingOf(record);
  if (requeueAt !== null && requeueAt.time > now) return { because: requeueAt.because, until: requeueAt.time };
  if (opening?.phase === 'sending') return { because: 'sending-elsewhere', until: null };
  if (opening?.phase === 'uncertain') return { because: 'lookup', until: null };
  return transition !== null && !transition.uncertain ? { because: 'sending-elsewhere', until: null } : null;
}

function notTaken(
  planned: Exclude<PlannedPass, { readonly pass: 'take' | 'observed' | 'admit' }>,
): Pick<Outcome, 'step' | 'because' | 'until' | 'failure'> {
  if (planned.pass === 'requeue')
    return { step: 'requeue', because: planned.requeueAt.because, until: planned.requeueAt.time, failure: null };
  if (planned.pass === 'take-over') return { step: 'nothing', because: 'passed-on', until: null, failure: null };
  if (planned.pass === 'failed' || planned.pass === 'unproven')
    return { step: 'nothing', because: planned.failure.code, until: null, failure: planned.failure };
  return { step: 'nothing', because: planned.because, until: null, failure: null };
}
