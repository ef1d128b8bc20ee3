import type { Finding } from '../../findings/finding.ts';
import { openingOf, type CreateIntent, type GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { knownOfCreate } from '../../issues/known-of-create.ts';
import { membershipDigest, type Written } from '../../issues/written.ts';
import { GROUPS } from '../records/group-collections.ts';
import { callsOf } from '../records/finding-record.ts';
import { readGroup, type GroupView, type HistoryNote } from '../groups/group-view.ts';
import type { CreateOutcome } from '../ports/issue-tracker.ts';
import type { IssueRef } from '../ports/issue-ref.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { recordIssue } from './record-issue.ts';
import { lookupDelayMs } from '../../issues/retry-policy.ts';
import { afterFailure, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { put, StoreUnavailable } from '../ports/store.ts';
import { withIssue } from '../recovery/adopt-issue.ts';

/** A create with all that is needed to record it. */
export interface Sent {
  /** The group as it was claimed. */
  readonly view: GroupView;
  readonly intent: CreateIntent;
  readonly written: Written;
  readonly lead: Finding;
}

/** Tries, and ms between them, to store an answer of Jira during an outage; after that only the record in `sending` shows the create. */
const KEEP_TRIES = 60;
const KEEP_EVERY_MS = 500;

/** Retries through conflicts, a short outage of the store, and a store that has lost the group meanwhile. */
export async function recordCreate(context: ReconcileContext, sent: Sent, outcome: CreateOutcome): Promise<PassResult> {
  for (let tries = 1; ; tries += 1) {
    try {
      const pass = await tryToRecord(context, sent, outcome);
      if (pass !== null) return pass;
    } catch (error) {
      if (!(error instanceof StoreUnavailable) || tries >= KEEP_TRIES) throw error;
      await context.sleep(KEEP_EVERY_MS);
    }
  }
}

/** @returns null when another writer was first */
async function tryToRecord(context: ReconcileContext, sent: Sent, outcome: CreateOutcome): Promise<PassResult | null> {
  const { intent, lead } = sent;
  const view = await readGroup(context.store, context.rules, sent.view.record.group);
  if (view === null) return writeAgain(context, sent, outcome);
  if (outcome.outcome === 'confirmed')
    return recordIssue(
      context,
      view,
      created(outcome.issue, sent),
      { what: 'created', because: 'not-opened-yet', issueKey: outcome.issue.key, ...callsOf(outcome) },
      lead,
    );
  const { record } = view;
  if (outcome.outcome === 'uncertain' && record.intent === null && record.issue === null)
    return (await save(context, view, afterUncertain(record, intent, view.now), null)) ? 'requeue' : null;
  if (record.intent === null || !isClaim(record.intent, intent)) return 'requeue';
  return outcome.outcome === 'uncertain'
    ? recordUncertain(context, view, record.intent, outcome)
    : recordRefusal(context, view, record.intent, outcome);
}

async function recordUncertain(
  context: ReconcileContext,
  view: GroupView,
  intent: CreateIntent,
  outcome: CreateOutcome & { outcome: 'uncertain' },
): Promise<PassResult | null> {
  const { code } = outcome.failure;
  const note: HistoryNote = { what: 'uncertain', because: code, issueKey: null, ...callsOf(outcome) };
  if (!(await save(context, view, afterUncertain(view.record, intent, view.now), note))) return null;
  context.emit({ what: 'create-uncertain', group: view.record.group, attempt: intent.attempt, code });
  return 'requeue';
}

async function recordRefusal(
  context: ReconcileContext,
  view: GroupView,
  intent: CreateIntent,
  outcome: CreateOutcome & { outcome: 'rejected' | 'not-sent' },
): Promise<PassResult | null> {
  const { record } = view;
  // The create left no issue, and the group no longer needs it: an admin has linked or unlinked an issue meanwhile.
  if (openingOf(record) === null) return (await save(context, view, { ...record, intent: null }, null)) ? 'requeue' : null;
  const after = afterRefusal(record, intent, outcome, view.now);
  const failed = { call: 'create', failure: outcome.failure, issueKey: null, after, made: outcome } as const;
  return (await recordFailedCall(context, view, failed)) ? 'requeue' : null;
}

/** True while the record still says that this claim may be on its way. */
function isClaim(recorded: CreateIntent, { attempt, owner }: CreateIntent): boolean {
  return recorded.phase !== 'reserved' && recorded.attempt === attempt && recorded.owner === owner;
}

/** The issue may exist: a lookup comes first, whatever else happens. */
function afterUncertain(record: GroupRecord, intent: CreateIntent, now: number): GroupRecord {
  const next: GroupRecord = { ...record, intent: { ...intent, phase: 'uncertain' } };
  return openingOf(next) === null ? next : { ...next, requeueAt: { time: now + lookupDelayMs(0), because: 'lookup' } };
}

/** Nothing is on its way any more. A POST that never reached Jira does not count as an attempt. */
function afterRefusal(
  record: GroupRecord,
  intent: CreateIntent,
  outcome: CreateOutcome & { outcome: 'rejected' | 'not-sent' },
  now: number,
): ReturnType<typeof afterFailure> {
  const attempt = outcome.outcome === 'not-sent' ? intent.attempt - 1 : intent.attempt;
  return afterFailure({ ...record, intent: { ...intent, phase: 'reserved', attempt } }, outcome.failure, now);
}

/** The store lost the group while the POST was under way: the record is written once more, so that no second issue is created. */
async function writeAgain(context: ReconcileContext, sent: Sent, outcome: CreateOutcome): Promise<PassResult | null> {
  const { store, emit } = context;
  const { intent } = sent;
  if (outcome.outcome === 'rejected' || outcome.outcome === 'not-sent') return 'done';
  const now = await store.now();
  const before = { ...sent.view.record, observedGeneration: 0 };
  const record =
    outcome.outcome === 'confirmed' ? withIssue(before, created(outcome.issue, sent), now) : afterUncertain(before, intent, now);
  const { group } = record;
  const result = await store.commit([put(GROUPS, group, null, record)]);
  if (!result.ok) return null;
  if (outcome.outcome === 'confirmed')
    emit({ what: 'issue-restored', group, issueKey: outcome.issue.key, ruleId: intent.route.ruleId, resource: '' });
  else emit({ what: 'create-uncertain', group, attempt: intent.attempt, code: outcome.failure.code });
  return 'requeue';
}

function created(issue: IssueRef, { view, intent, written }: Sent): OwnIssue {
  const { route, sentAt } = intent;
  return {
    ...issue,
    projectKey: route.projectKey,
    issueType: route.issueType,
    lastApplied: 'open',
    status: null,
    written,
    writtenAt: sentAt,
    membership: membershipDigest(view.record.members),
    ...knownOfCreate(intent),
  };
}
