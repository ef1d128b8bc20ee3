import type { GroupRecord, MoveIntent, OwnIssue } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import { owedAfter, owing } from '../../issues/owed-after.ts';
import { closingComment, noWayComment, reopeningComment } from '../../issues/text/comments.ts';
import { closingOf } from './closing-of.ts';
import { callsOf } from '../records/finding-record.ts';
import { readGroup, type GroupView, type Said } from '../groups/group-view.ts';
import type { MoveOutcome } from '../ports/issue-tracker.ts';
import { recordPersonsClose } from './record-persons-close.ts';
import { afterFailure, save, waitUntil, type Round, type Settling } from './settling.ts';

type MoveStep = Step & { readonly step: 'close' | 'reopen' };

/**
 * Closes or reopens the group's issue. The move is written down before it is sent, so that after a crash the issue is read first:
 * a move that happened is not made twice, nor its comment.
 */
export async function moveIssue(settling: Settling, view: GroupView, step: MoveStep): Promise<Round> {
  const { record } = view;
  if (record.issue === null) return 'again';
  const permit = await settling.tracker.permit('close', record.issue.id);
  if (!permit.granted) return waitUntil(settling, view, { until: view.now + permit.afterMs, because: 'rate-limited' });
  try {
    // Taken before the time that others go by, so that it is over before they take over.
    const sendBy = settling.clock.monotonic() + settling.moveMs;
    const move = claimOf(settling, record, step, await settling.store.now());
    const claimed: GroupRecord = { ...record, wait: null, move };
    if (!(await save(settling, view, claimed, null))) return 'again';
    const outcome = await send(settling, view, record.issue, step, sendBy);
    return await recordOutcome(settling, record.group, { move, before: record.move }, step, outcome);
  } finally {
    permit.release();
  }
}

/** What was tried before and may have happened is the same move still: a person who has undone it since has the last word. */
function claimOf({ owner }: Settling, { move }: GroupRecord, { step }: MoveStep, sentAt: number): MoveIntent {
  const to = step === 'close' ? 'closed' : 'open';
  return { to, owner, sentAt, uncertain: false, since: move?.to === to ? (move.since ?? 0) : sentAt };
}

async function send(settling: Settling, view: GroupView, issue: OwnIssue, step: MoveStep, sendBy: number): Promise<MoveOutcome> {
  const { tracker } = settling;
  const { projectKey, issueType, status } = issue;
  const closing = await closingOf(settling, view, issue);
  const explore = issue.saidNoWay !== (step.step === 'close' ? 'closed' : 'open');
  const readFirst = view.record.move !== null;
  const target = {
    projectKey,
    issueType,
    from: status,
    sendBy,
    readFirst,
    closing,
    explore,
    mayGiveUp: step.because !== 'resolved',
    comment: commentOf(step),
  };
  return step.step === 'close'
    ? // Where it is closed because it is unrouted, its finding is still open.
      tracker.close(issue, { ...target, closeStandsSince: step.because === 'unrouted' ? 0 : null })
    : tracker.reopen(issue, { ...target, closeStandsSince: openSince(view.record, issue) });
}

/**
 * From when on the finding is known to be open again, so that a person's close stands; null: a close is as old as the finding's end, as far as is
 * known. Only while it is in doubt where the issue stands: else the record tells of every close by a person that stands.
 */
function openSince({ move }: GroupRecord, { closedBecause }: OwnIssue): number | null {
  return move !== null && (move.to === 'open' || closedBecause === 'by-person') ? (move.since ?? 0) : null;
}

function commentOf(step: MoveStep): AdfDocument {
  if (step.step === 'reopen') return reopeningComment(step.because);
  return closingComment(step.because, step.successor === null ? {} : { successor: step.successor });
}

/** A move that was claimed, and the one that was found unfinished before it; null: none. */
interface Claim {
  readonly move: MoveIntent;
  readonly before: MoveIntent | null;
}

async function recordOutcome(settling: Settling, group: string, claim: Claim, step: MoveStep, outcome: MoveOutcome): Promise<Round> {
  const { move } = claim;
  for (;;) {
    const view = await readGroup(settling.store, settling.rules, group);
    const issue = view?.record.issue ?? null;
    if (view === null || issue === null) return 'again';
    const { record } = view;
    const isOurs = record.move?.owner === move.owner && record.move.sentAt === move.sentAt;
    if (!isOurs && !mayHaveSent(outcome)) return 'again';
    const saved = isOurs ? await recordOwn(settling, view, issue, claim, step, outcome) : await doubt(settling, view, issue);
    if (saved) return 'again';
  }
}

function recordOwn(
  settling: Settling,
  view: GroupView,
  issue: OwnIssue,
  claim: Claim,
  step: MoveStep,
  outcome: MoveOutcome,
): Promise<boolean> {
  switch (outcome.outcome) {
    case 'failed':
      return recordFailure(settling, view, step, outcome);
    case 'closed-by-person':
      return recordPersonsClose(settling, view, { ...issue, ...outcome.issue, status: outcome.status });
    default:
      return recordMoved(settling, view, issue, claim, step, outcome);
  }
}

/** Reading changes nothing. */
function mayHaveSent({ calls }: MoveOutcome): boolean {
  return calls === undefined || calls.some(({ operation }) => !operation.startsWith('GET '));
}

/**
 * Others took the move over, and what was sent may have come after all that they know: the issue is read, and brought to where it should stand. One
 * of them who is moving it just now finds that his move is not his any more, and does the same.
 */
function doubt(settling: Settling, view: GroupView, { stand }: OwnIssue): Promise<boolean> {
  const { record, now } = view;
  const move: MoveIntent = { to: stand, sentAt: now, ...record.move, owner: '', uncertain: true };
  return save(settling, view, { ...record, move, wanted: record.wanted + 1 }, null);
}

async function recordMoved(
  settling: Settling,
  view: GroupView,
  issue: OwnIssue,
  { move, before }: Claim,
  step: MoveStep,
  outcome: MoveOutcome & { outcome: 'moved' | 'already-there' },
): Promise<boolean> {
  const { left, failure } = (outcome.outcome === 'moved' ? outcome.owed : undefined) ?? { left: null, failure: null };
  const owed = owedAfter(issue, before, { to: move.to, outcome: outcome.outcome, left, comment: commentOf(step) });
  const arrived = { ...issue, ...outcome.issue, stand: move.to, status: outcome.status };
  const next: GroupRecord = {
    ...view.record,
    issue: foundAWay(step, owing(outcome.outcome === 'moved' ? { ...arrived, movedAt: view.now } : arrived, owed)),
    move: null,
    failure: null,
    attempts: 0,
    wait: null,
    last: { step: step.step, because: step.because },
  };
  const what = step.step === 'close' ? 'closed' : 'reopened';
  const said = { what, because: step.because, issueKey: outcome.issue.key, ...callsOf(outcome) } as const;
  if (!(await saveMoved(settling, view, next, said, failure))) return false;
  const resource = view.members[0]?.finding.resource ?? '';
  settling.tell({
    what: step.step === 'close' ? 'issue-closed' : 'issue-reopened',
    group: view.record.group,
    issueKey: outcome.issue.key,
    because: step.because,
    resource,
  });
  return true;
}

/** @param failure why something of the move is owed; null: nothing of it is */
async function saveMoved(settling: Settling, view: GroupView, next: GroupRecord, said: Said, failure: Failure | null): Promise<boolean> {
  if (failure === null) return save(settling, view, next, said);
  const { code, message } = failure;
  const failed = afterFailure(next, failure, view.now);
  const { issueKey } = said;
  if (!(await save(settling, view, failed.next, [said, { what: 'failed', because: code, issueKey }]))) return false;
  settling.tell({ what: 'jira-failed', group: next.group, call: 'finish', code, message, retryInMs: failed.retryInMs });
  return true;
}

async function recordFailure(
  settling: Settling,
  view: GroupView,
  step: MoveStep,
  outcome: MoveOutcome & { outcome: 'failed' },
): Promise<boolean> {
  const { failure } = outcome;
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const move = next.move === null ? null : { ...next.move, uncertain: true };
  const { issue } = view.record;
  // Written before it is said: a process that dies in between leaves it unsaid, which is better than said with every try.
  const says = issue !== null && move !== null && failure.code === 'jira-no-transition' && issue.saidNoWay !== move.to;
  const noted = says ? { ...issue, saidNoWay: move.to } : issue;
  if (
    !(await save(
      settling,
      view,
      { ...next, issue: noted, move },
      { what: 'failed', because: failure.code, issueKey: view.record.issue?.key ?? null, ...callsOf(outcome) },
    ))
  )
    return false;
  settling.tell({
    what: 'jira-failed',
    group: view.record.group,
    call: step.step,
    code: failure.code,
    message: failure.message,
    retryInMs,
  });
  if (says) await sayNoWay(settling, view.record.group, issue, noWayComment(step.step, failure.message));
  return true;
}

/** What was not sent for sure is taken back, so that the next try says it. */
async function sayNoWay(settling: Settling, group: string, issue: OwnIssue, comment: AdfDocument): Promise<void> {
  const failure = await settling.tracker.comment(issue, comment);
  const view = failure?.code === 'jira-rate-limited' ? await readGroup(settling.store, settling.rules, group) : null;
  if (view?.record.issue?.id === issue.id) await save(settling, view, { ...view.record, issue }, null);
}

/** Forgets that there was no way, once a move to that very side has worked: a finding that flaps in between is no reason to say it again. */
function foundAWay(step: MoveStep, moved: OwnIssue): OwnIssue {
  const { saidNoWay, closedBecause: _, ...issue } = moved;
  const why = step.step === 'close' ? { closedBecause: step.because } : {};
  return saidNoWay === undefined || saidNoWay === issue.stand ? { ...issue, ...why } : { ...issue, ...why, saidNoWay };
}
