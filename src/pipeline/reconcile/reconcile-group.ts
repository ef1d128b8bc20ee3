import type { GroupKey } from '../../issues/group-key.ts';
import type { Failure } from '../../issues/failure.ts';
import { inDoubt, openingOf, type CreateIntent, type GroupRecord } from '../../issues/group-record.ts';
import type { Step, StepTaken } from '../../issues/step.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';
import { recordUnreadable } from './record-unreadable.ts';
import { correctIssue } from './correct-issue.ts';
import { admitOpening } from './admit-opening.ts';
import { forgetIssue } from './forget-issue.ts';
import { createIssue } from './create-issue.ts';
import { finishTransition } from './finish-transition.ts';
import { writeMarker } from './write-marker.ts';
import { isUpToDate, leavesPlan, readGroup, type GroupView } from '../groups/group-view.ts';
import { passOn } from '../groups/pass-on.ts';
import { linkSuccessor } from './link-successor.ts';
import { labelIssue } from './label-issue.ts';
import { lookUpIssue } from './look-up-issue.ts';
import { transitionIssue } from './transition-issue.ts';
import { writeMembership } from './write-membership.ts';
import { planPass, type PlannedPass } from './plan-pass.ts';
import { waitForProof } from './wait-for-proof.ts';
import { wordsOfPass } from './words-of-pass.ts';
import { afterFailure, save, waitUntil, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { updateIssue } from './update-issue.ts';
import { wantFacts, withFacts } from '../enrichment/enrich-group.ts';

/** Reads the group, plans the one missing step, does it, records it, and makes another pass until nothing is missing. */
export type ReconcileGroup = (group: GroupKey) => Promise<void>;

/** More passes in a row would be a bug; the group is requeued later. */
const MAX_PASSES = 200;

type Nothing = Step & { readonly step: 'nothing' };
type ObservedReason = (PlannedPass & { readonly pass: 'observed' })['because'];

export function createReconcileGroup(context: ReconcileContext): ReconcileGroup {
  /** Groups that this process is reconciling. A queue may run one twice (after a worker was stopped for long); the first run is enough. */
  const underWay = new Set<GroupKey>();

  async function pass(group: GroupKey): Promise<PassResult> {
    const read = await readGroup(context.store, context.rules, group);
    if (read === null) return 'done';
    if (await wantFacts(context, read)) return 'requeue';
    const rules = await context.rules.current();
    const view = await withFacts(context, read, rules);
    const { record, now } = view;
    if (record.requeueAt !== null && record.requeueAt.time > now) return 'done';
    const opening = openingOf(record);
    if (opening?.phase === 'sending') return leftInSending(view, opening);
    if (opening?.phase === 'uncertain') return lookUpIssue(context, view, opening);
    if (record.transition !== null && !record.transition.uncertain) return leftInTransition(view);
    const planned = await planPass(context, view, rules);
    context.emit({ what: 'pass-planned', group, ...wordsOfPass(planned) });
    return doPlanned(view, planned);
  }

  async function passOrWait(group: GroupKey): Promise<PassResult> {
    try {
      return await pass(group);
    } catch (error) {
      if (error instanceof DocumentUnreadable) return recordUnreadable(context, group, error);
      throw error;
    }
  }

  async function doPlanned(view: GroupView, planned: PlannedPass): Promise<PassResult> {
    switch (planned.pass) {
      case 'take':
        return carryOut(view, planned.step);
      case 'nothing':
        return nothing(view, { step: 'nothing', because: planned.because });
      case 'observed':
        return observe(view, planned.because, planned.step);
      case 'held':
        return holdBack(view);
      case 'take-over':
        await passOn(context, planned.from, planned.to);
        return 'requeue';
      case 'admit':
        return admitOpening(context, view, planned, (record) => idle(view, { step: 'nothing', because: 'over-limit' }, record));
      case 'unproven':
        return waitForProof(context, view, planned.failure);
      case 'requeue':
        return waitUntil(context, view, planned.requeueAt);
      case 'failed':
        return fail(view, planned.failure);
      default:
        return planned satisfies never;
    }
  }

  function carryOut(view: GroupView, step: Exclude<Step, Nothing>): Promise<PassResult> {
    switch (step.step) {
      case 'create':
        return createIssue(context, view, step);
      case 'close':
      case 'reopen':
        return transitionIssue(context, view, step);
      case 'correct':
        return correctIssue(context, view, step);
      case 'link':
        return linkSuccessor(context, view, step);
      case 'update':
        return updateIssue(context, view, step);
      case 'forget':
        return forgetIssue(context, view, step);
      case 'label':
        return labelIssue(context, view, step);
      case 'finish':
        return finishTransition(context, view, step);
      case 'write-membership':
        return writeMembership(context, view, step);
      case 'add-marker':
      case 'remove-marker':
        return writeMarker(context, view, step);
      default:
        return step satisfies never;
    }
  }

  /** The failure stays visible until the rules decide. A change of the rules, news or an admin makes the next pass sooner. */
  async function fail(view: GroupView, failure: Failure): Promise<PassResult> {
    const { group, issue } = view.record;
    const { next, retryInMs } = afterFailure(view.record, failure, view.now);
    const { code, message } = failure;
    if (!(await save(context, view, next, { what: 'failed', because: code, issueKey: issue?.key ?? null }))) return 'requeue';
    context.emit({ what: 'rules-undecided', group, code, message, retryInMs });
    return 'requeue';
  }

  /** Drops an intent that never reached Jira, since no issue is needed any more. */
  function nothing(view: GroupView, step: Nothing & StepTaken, changes: Pick<GroupRecord, 'admission'> = {}): Promise<PassResult> {
    const { released: _, ...record } = view.record;
    return idle(view, step, { ...record, ...changes, failure: null, attempts: 0, intent: inDoubt(record.intent) });
  }

  /** What it would have opened by now counts as backlog once it may write. */
  function observe(view: GroupView, because: ObservedReason, step: Exclude<Step, Nothing>): Promise<PassResult> {
    const { record } = view;
    const isOpening = step.step === 'create' && record.admission?.is !== 'admitted';
    return nothing(view, observed(because, step), isOpening ? { admission: { is: 'backlog' } } : {});
  }

  /** Drops nothing: when the pause is lifted, the group continues where it was. */
  function holdBack(view: GroupView): Promise<PassResult> {
    return idle(view, { step: 'nothing', because: 'paused' }, view.record);
  }

  async function idle(view: GroupView, step: Nothing & StepTaken, record: GroupRecord): Promise<PassResult> {
    const next: GroupRecord = { ...record, observedGeneration: record.generation, requeueAt: null, last: step };
    if (isUpToDate(view, next)) return 'done';
    const saved = await save(context, view, next, null);
    if (saved) context.emit({ what: 'reconciled', group: record.group, step: step.step, because: step.because });
    return saved && leavesPlan(view, next) ? 'done' : 'requeue';
  }

  /** Another process may be sending. The claim is left alone until its POST can't be on its way any more; then it is uncertain. */
  async function leftInSending(view: GroupView, intent: CreateIntent): Promise<PassResult> {
    const { record, now } = view;
    const until = intent.sentAt + context.sendingMs;
    if (!isDead(intent.owner) && now < until) return waitUntil(context, view, { time: until, because: 'sending-elsewhere' });
    const next: GroupRecord = { ...record, requeueAt: null, intent: { ...intent, phase: 'uncertain' } };
    const note = { what: 'uncertain', because: 'found-in-sending', issueKey: null } as const;
    const saved = await save(context, view, next, note);
    if (saved) context.emit({ what: 'create-uncertain', group: record.group, attempt: intent.attempt, code: 'found-in-sending' });
    return 'requeue';
  }

  async function leftInTransition(view: GroupView): Promise<PassResult> {
    const { record, now } = view;
    const { transition } = record;
    if (transition === null) return 'done';
    const until = transition.sentAt + context.sendingMs;
    if (!isDead(transition.owner) && now < until) return waitUntil(context, view, { time: until, because: 'sending-elsewhere' });
    await save(context, view, { ...record, requeueAt: null, transition: { ...transition, uncertain: true } }, null);
    return 'requeue';
  }

  /** Our own claim was left by a failed run, since only one runs at a time; another's is certainly dead only where one process owns the store. */
  function isDead(owner: string): boolean {
    return owner === context.owner || context.soleOwner;
  }

  return async (group) => {
    if (underWay.has(group)) return;
    underWay.add(group);
    try {
      for (let passes = 0; passes < MAX_PASSES; passes += 1) {
        if ((await passOrWait(group)) === 'done') return;
      }
    } finally {
      underWay.delete(group);
    }
  };
}

/** A step that is not taken because the service, or the rule, only observes. A create is counted by its project. */
function observed(because: ObservedReason, step: Exclude<Step, Nothing>): Nothing & StepTaken {
  const held = { step: 'nothing', because } as const;
  return step.step === 'create' ? { ...held, wouldOpen: step.route.projectKey } : held;
}
