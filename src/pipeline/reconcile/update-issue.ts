import type { OwnIssue } from '../../issues/own-issue.ts';
import { markerOf } from '../../issues/marker.ts';
import { shortHash } from '../../issues/short-hash.ts';
import type { StepOf } from '../../issues/step.ts';
import { digestOf, membershipDigest, writtenAfter, type UpdatedField, type Written } from '../../issues/written.ts';
import { callsOf } from '../records/finding-record.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import type { UpdateOutcome } from '../ports/issue-tracker.ts';
import { recordPersonsClose } from './record-persons-close.ts';
import { recordFailedCall } from './record-failed-call.ts';
import {
  afterFailure,
  afterSuccess,
  save,
  waitForTrust,
  waitForPermit,
  type PassResult,
  type ReconcileContext,
} from './reconcile-context.ts';

type UpdateStep = StepOf<'update'>;

/**
 * Brings the content of the group's issue up to date: reads it, and writes the fields that no person has changed. It needs no write-ahead record:
 * the issue is read before every write, and the same write may be made twice.
 */
export async function updateIssue(context: ReconcileContext, view: GroupView, step: UpdateStep): Promise<PassResult> {
  const { record, now } = view;
  const { issue } = step;
  if (!(await context.trust.isTrusted())) return waitForTrust(context, view);
  const digest = refusalDigest(step);
  if (issue.refused?.digest === digest && issue.refused.until > now) return stayRefused(context, view, issue.refused.until);
  const permit = await context.tracker.permit('update', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const written = issue.written ?? {};
  const marker = markerOf(context.installation, record.group, record.members, 1);
  const outcome = await context.tracker
    .update(issue, { draft: step.draft, fields: step.fields, marker, written })
    .finally(() => permit.release());
  return (await recordOutcome(context, { view, written, step, digest }, outcome)) ?? 'requeue';
}

/** An update that was sent, and the state that it was based on. */
interface Sent {
  readonly view: GroupView;
  readonly written: Written;
  readonly step: UpdateStep;
  readonly digest: string;
}

/** Retries through conflicts: without a record of the update, the next pass would send it again. */
async function recordOutcome(context: ReconcileContext, sent: Sent, outcome: UpdateOutcome): Promise<PassResult | null> {
  for (;;) {
    const view = await readGroup(context.store, context.rules, sent.view.record.group);
    const issue = view?.record.issue ?? null;
    if (view === null || issue?.id !== sent.step.issue.id) return null;
    const saved =
      outcome.outcome === 'failed'
        ? await recordFailure(context, view, issue, sent, outcome)
        : await recordRead(context, view, issue, sent, outcome);
    if (saved) return null;
  }
}

async function recordRead(
  context: ReconcileContext,
  view: GroupView,
  issue: OwnIssue,
  sent: Sent,
  outcome: UpdateOutcome & { outcome: 'updated' | 'closed' },
): Promise<boolean> {
  const { group } = view.record;
  const { refused: _refused, refusedMembership: _refusedMembership, ...rest } = issue;
  // Another pass may have made a transition meanwhile: then the status that was read is out of date.
  const isAsRead =
    issue.lastApplied === 'open' && issue.transitionedAt === sent.step.issue.transitionedAt && view.record.transition === null;
  const own: OwnIssue = isAsRead ? asRead(rest, outcome) : rest;
  if (outcome.outcome === 'closed') return isAsRead ? recordClosed(context, view, own, outcome.byPerson) : true;
  const next = isAsRead ? afterSuccess(view.record) : view.record;
  const issueKey = own.key;
  const fields = [...outcome.sent];
  const updated: OwnIssue = {
    ...own,
    written: afterwards(issue, sent, outcome),
    membership: membershipDigest(sent.view.record.members),
    ...(fields.length === 0 ? {} : { writtenAt: view.now }),
  };
  const note = fields.length === 0 ? null : ({ what: 'updated', because: fields.join(', '), issueKey, ...callsOf(outcome) } as const);
  const last = { step: 'update', because: 'content-changed' } as const;
  if (!(await save(context, view, { ...next, issue: updated, last }, note))) return false;
  context.emit({ what: 'issue-updated', group, issueKey, fields, leftToPeople: [...outcome.theirs] });
  return true;
}

/** A status that was read just now is certain. */
function asRead(own: OwnIssue, { issue, status }: UpdateOutcome & { outcome: 'updated' | 'closed' }): OwnIssue {
  const { readBackAt: _, ...rest } = own;
  return { ...rest, ...issue, status };
}

/** A close by a person stays. After a close of our own that the record has lost, the finding decides. */
function recordClosed(context: ReconcileContext, view: GroupView, own: OwnIssue, byPerson: boolean): Promise<boolean> {
  if (byPerson) return recordPersonsClose(context, view, own);
  return save(context, view, { ...afterSuccess(view.record), issue: { ...own, lastApplied: 'closed' } }, null);
}

/** If another pass has written meanwhile, it is unknown whose values came last: they are sent once more. */
function afterwards(issue: OwnIssue, sent: Sent, { theirs }: UpdateOutcome & { outcome: 'updated' }): Written {
  const { draft, fields } = sent.step;
  if (issue.writtenAt === sent.step.issue.writtenAt) return writtenAfter(issue.written ?? {}, draft, fields, theirs);
  const unclear = new Set<string>(fields);
  const known = Object.entries(issue.written ?? {}).filter(([field]) => !unclear.has(field));
  return writtenAfter(Object.fromEntries(known), draft, [], theirs);
}

function recordFailure(
  context: ReconcileContext,
  view: GroupView,
  issue: OwnIssue,
  { digest }: Sent,
  outcome: UpdateOutcome & { outcome: 'failed' },
): Promise<boolean> {
  const { failure } = outcome;
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  // An update that Jira has refused is not sent again with every event.
  const refused = failure.retry.when === 'seldom' ? { ...issue, refused: { digest, until: view.now + retryInMs } } : issue;
  const after = { next: { ...next, issue: refused }, retryInMs };
  return recordFailedCall(context, view, { call: 'update', failure, issueKey: issue.key, after, made: outcome });
}

/** The failure and its wait stay: the news was observed and changes nothing. */
async function stayRefused(context: ReconcileContext, view: GroupView, until: number): Promise<PassResult> {
  const next = { ...view.record, observedGeneration: view.record.generation, requeueAt: { time: until, because: 'backoff' } as const };
  return (await save(context, view, next, null)) ? 'done' : 'requeue';
}

function refusalDigest({ draft, fields }: UpdateStep): string {
  return shortHash(...fields.flatMap((field: UpdatedField) => [field, digestOf(draft, field)]));
}
