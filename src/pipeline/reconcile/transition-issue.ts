import { closeOutcomeOf } from '../../issues/close-outcome.ts';
import type { GroupRecord, TransitionIntent } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import type { StepOf } from '../../issues/step.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import { closingComment, reopeningComment } from '../../issues/text/comments.ts';
import { aimOf } from './aim-of.ts';
import { callsOf } from '../records/finding-record.ts';
import { readGroup, type GroupView, type HistoryNote } from '../groups/group-view.ts';
import type { Note } from '../ports/issue-tracker.ts';
import type { TransitionOutcome } from '../ports/tracker-transition.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { recordPersonsClose } from './record-persons-close.ts';
import { recordTransitionFailure } from './record-transition-failure.ts';
import { afterFailure, afterSuccess, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { pendingWorkAfter, withPendingWork } from '../../issues/pending-work.ts';

type TransitionStep = StepOf<'close' | 'reopen'>;

/**
 * Closes or reopens the group's issue. The transition is recorded before it is sent, so that after a crash the issue is read first:
 * neither a transition that happened nor its comment is sent twice.
 */
export async function transitionIssue(context: ReconcileContext, view: GroupView, step: TransitionStep): Promise<PassResult> {
  const { record } = view;
  const permit = await context.tracker.permit('transition', step.issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  try {
    // Taken before `sentAt`, so that our deadline ends before other replicas take over.
    const sendBy = context.clock.monotonic() + context.transitionMs;
    const intent = claimOf(context, record, step, await context.store.now());
    const claimed: GroupRecord = { ...record, requeueAt: null, transition: intent };
    if (!(await save(context, view, claimed, null))) return 'requeue';
    const outcome = await send(context, view, step, sendBy);
    return await recordOutcome(context, record.group, { intent, before: record.transition }, step, outcome);
  } finally {
    permit.release();
  }
}

/** A retry of a transition that may have happened keeps its `since`: a person who has undone it since then has the last word. */
function claimOf({ owner }: ReconcileContext, { transition }: GroupRecord, { step }: TransitionStep, sentAt: number): TransitionIntent {
  const to = step === 'close' ? 'closed' : 'open';
  return { to, owner, sentAt, uncertain: false, since: transition?.to === to ? (transition.since ?? 0) : sentAt };
}

async function send(context: ReconcileContext, view: GroupView, step: TransitionStep, sendBy: number): Promise<TransitionOutcome> {
  const { tracker } = context;
  const { issue } = step;
  const { projectKey, issueType, status } = issue;
  const because = step.step === 'close' ? step.because : null;
  const aim = await aimOf(context, view, issue, because);
  const explore = issue.saidNoPath !== (step.step === 'close' ? 'closed' : 'open');
  const readFirst = view.record.transition !== null;
  const target = {
    projectKey,
    issueType,
    from: status,
    sendBy,
    readFirst,
    aim,
    explore,
    outcome: because === null ? ('unmonitored' as const) : closeOutcomeOf(because),
    comment: commentOf(step),
  };
  return step.step === 'close'
    ? // An unrouted issue is closed while its finding is still open.
      tracker.close(issue, { ...target, closeStandsSince: step.because === 'unrouted' ? 0 : null })
    : tracker.reopen(issue, { ...target, closeStandsSince: openSince(view.record, issue) });
}

/**
 * Since when the finding is known to be open again, so that a later close by a person stands; null: a close is assumed to be as old as the end of the
 * finding. Only while the issue's side is uncertain: otherwise the record has every close by a person that stands.
 */
function openSince({ transition }: GroupRecord, { closedBecause }: OwnIssue): number | null {
  return transition !== null && (transition.to === 'open' || closedBecause === 'by-person') ? (transition.since ?? 0) : null;
}

function commentOf(step: TransitionStep): AdfDocument {
  if (step.step === 'reopen') return reopeningComment(step.because);
  return closingComment(step.because, step.successor === null ? {} : { successor: step.successor });
}

/** A claimed transition, and the unfinished one that the record had before it; null: none. */
interface Claim {
  readonly intent: TransitionIntent;
  readonly before: TransitionIntent | null;
}

async function recordOutcome(
  context: ReconcileContext,
  group: string,
  claim: Claim,
  step: TransitionStep,
  outcome: TransitionOutcome,
): Promise<PassResult> {
  const { intent } = claim;
  for (;;) {
    const view = await readGroup(context.store, context.rules, group);
    const issue = view?.record.issue ?? null;
    if (view === null || issue === null) return 'requeue';
    const { record } = view;
    const isOurs = record.transition?.owner === intent.owner && record.transition.sentAt === intent.sentAt;
    if (!isOurs && !mayHaveSent(outcome)) return 'requeue';
    const saved = isOurs ? await recordOwn(context, view, issue, claim, step, outcome) : await doubt(context, view, issue);
    if (saved) return 'requeue';
  }
}

function recordOwn(
  context: ReconcileContext,
  view: GroupView,
  issue: OwnIssue,
  claim: Claim,
  step: TransitionStep,
  outcome: TransitionOutcome,
): Promise<boolean> {
  switch (outcome.outcome) {
    case 'failed':
      return recordTransitionFailure(context, view, step.step, outcome);
    case 'closed-by-person':
      return recordPersonsClose(context, view, { ...issue, ...outcome.issue, status: outcome.status });
    default:
      return recordTransitioned(context, view, issue, claim, step, outcome);
  }
}

/** A GET changes nothing. */
function mayHaveSent({ calls }: TransitionOutcome): boolean {
  return calls === undefined || calls.some(({ operation }) => !operation.startsWith('GET '));
}

/**
 * Another replica took the transition over, and our requests may have come after all that it knows: the issue is read and brought to the right side.
 * A replica that is sending a transition meanwhile finds its claim gone, and does the same.
 */
function doubt(context: ReconcileContext, view: GroupView, { lastApplied }: OwnIssue): Promise<boolean> {
  const { record, now } = view;
  const intent: TransitionIntent = { to: lastApplied, sentAt: now, ...record.transition, owner: '', uncertain: true };
  return save(context, view, { ...record, transition: intent, generation: record.generation + 1 }, null);
}

async function recordTransitioned(
  context: ReconcileContext,
  view: GroupView,
  issue: OwnIssue,
  { intent, before }: Claim,
  step: TransitionStep,
  outcome: TransitionOutcome & { outcome: 'transitioned' | 'already-there' },
): Promise<boolean> {
  const { left, failure } = (outcome.outcome === 'transitioned' ? outcome.unfinished : undefined) ?? { left: null, failure: null };
  const pendingWork = pendingWorkAfter(issue, before, { to: intent.to, outcome: outcome.outcome, left, comment: commentOf(step) });
  const arrived = { ...issue, ...outcome.issue, lastApplied: intent.to, status: outcome.status };
  const next: GroupRecord = {
    ...afterSuccess(view.record),
    issue: foundPath(
      step,
      withPendingWork(outcome.outcome === 'transitioned' ? { ...arrived, transitionedAt: view.now } : arrived, pendingWork),
    ),
    transition: null,
    last: { step: step.step, because: step.because },
  };
  const what = step.step === 'close' ? 'closed' : 'reopened';
  const note = { what, because: step.because, issueKey: outcome.issue.key, ...callsOf(outcome) } as const;
  const endedAs = outcome.outcome === 'transitioned' ? outcome.endedAs : undefined;
  if (!(await saveTransitioned(context, view, next, [note, ...endNotes(note.issueKey, endedAs)], failure))) return false;
  if (endedAs !== undefined)
    context.emit({ what: 'issue-ended-otherwise', group: next.group, issueKey: note.issueKey, resolution: endedAs });
  const resource = view.members[0]?.finding.resource ?? '';
  context.emit({
    what: step.step === 'close' ? 'issue-closed' : 'issue-reopened',
    group: view.record.group,
    issueKey: outcome.issue.key,
    because: step.because,
    resource,
  });
  return true;
}

/** A resolution that the workflow itself has set, as a note. The issue stays closed: only a change of the workflow or of the rule helps. */
function endNotes(issueKey: string, endedAs: string | undefined): readonly HistoryNote[] {
  if (endedAs === undefined) return [];
  const because: Note = `resolution-not-fixed: ${endedAs}`;
  return [{ what: 'noted', because, issueKey }];
}

/** @param failure why work of the transition is pending; null: none is */
function saveTransitioned(
  context: ReconcileContext,
  view: GroupView,
  next: GroupRecord,
  notes: readonly [HistoryNote, ...HistoryNote[]],
  failure: Failure | null,
): Promise<boolean> {
  if (failure === null) return save(context, view, next, notes);
  const [{ issueKey }] = notes;
  return recordFailedCall(context, view, { call: 'finish', failure, issueKey, after: afterFailure(next, failure, view.now), notes });
}

/** Clears `saidNoPath` once a transition to that same side has worked: a finding that flaps in between is no reason to repeat the comment. */
function foundPath(step: TransitionStep, moved: OwnIssue): OwnIssue {
  const { saidNoPath, closedBecause: _, ...issue } = moved;
  const why = step.step === 'close' ? { closedBecause: step.because } : {};
  return saidNoPath === undefined || saidNoPath === issue.lastApplied ? { ...issue, ...why } : { ...issue, ...why, saidNoPath };
}
