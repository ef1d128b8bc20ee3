import { isHeldBack, type Failure } from '../../issues/failure.ts';
import type { GroupRecord, RequeueAt } from '../../issues/group-record.ts';
import { shortHash } from '../../issues/short-hash.ts';
import type { Clock } from '../ports/clock.ts';
import { saveGroup, type GroupView, type HistoryNote } from '../groups/group-view.ts';
import type { Enriching } from '../enrichment/enrich-group.ts';
import type { DeniedPermit, IssueTracker } from '../ports/issue-tracker.ts';
import { retryDelayMs } from '../../issues/retry-policy.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import type { Cooldowns } from '../../issues/step-delay.ts';

/** Dependencies and settings of every part of reconciling. */
export interface ReconcileContext extends Enriching {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly rules: RuleBook;
  readonly trust: StoreTrust;
  readonly clock: Clock;
  readonly installation: string;
  readonly mode: 'live' | 'observe';
  /** Names this process among the replicas. */
  readonly owner: string;
  /** True where the store belongs to one process: any other owner in a record is dead. */
  readonly soleOwner: boolean;
  /** How long other replicas leave a `sending` record alone, ms. */
  readonly sendingMs: number;
  /** How long after its claim a transition may still send, ms. Unlike a create, it takes several requests. */
  readonly transitionMs: number;
  /** How long valid lookups must span before an uncertain create may be sent again, ms. */
  readonly uncertainWindowMs: number;
  readonly cooldowns: Cooldowns;
  /** Whether AWS can be asked to scan resources again. */
  readonly canRescan: boolean;
  /** @see DETAILS_WAIT_MS */
  readonly detailsWaitMs: number;
  /** From one sweep over AWS to the next, which tells whether an analyzer is gone, ms; 0: there are none. */
  readonly sweptEveryMs: number;
  /** Waits for an unavailable store while an answer of Jira must be kept. */
  readonly sleep: (ms: number) => Promise<void>;
}

/** `requeue`: something changed, make another pass. `done`: nothing is left to do now. */
export type PassResult = 'requeue' | 'done';

/** A POST begins at most this long after its claim was requested, by the process's monotonic clock, ms. */
export const CLAIM_MS = 2_000;

/**
 * The last request of a transition begins in the first half of the slack, and has timed out half the slack before another replica takes over.
 * @param slackMs on top of one request's timeout
 */
export function claimBounds(timeoutMs: number, slackMs: number): Pick<ReconcileContext, 'sendingMs' | 'transitionMs'> {
  return { sendingMs: timeoutMs + slackMs, transitionMs: slackMs / 2 };
}

/** Writes the group. @returns false when another writer was first or the store is suspect: read and decide again */
export async function save(
  context: ReconcileContext,
  view: GroupView,
  next: GroupRecord,
  note: HistoryNote | readonly HistoryNote[] | null,
): Promise<boolean> {
  const saved = await saveGroup(context.store, view, next, note);
  return saved.saved;
}

/** Records when to requeue: nothing is left to do before. */
export async function waitUntil(context: ReconcileContext, view: GroupView, requeueAt: RequeueAt): Promise<PassResult> {
  return (await save(context, view, { ...view.record, requeueAt }, null)) ? 'done' : 'requeue';
}

/** From one pass to the next while the store is not trusted, ms. */
const SUSPECT_MS = 1_000;

/** Requeues until all issues have been read back: before, a group may hold findings that belong to another one. */
export function waitForTrust(context: ReconcileContext, view: GroupView): Promise<PassResult> {
  return waitUntil(context, view, { time: view.now + SUSPECT_MS, because: 'store-suspect' });
}

/** Records why the step has no permit, and requeues. Without access to the tracker, it is a failure of the group, which is retried when there is again. */
export async function waitForPermit(context: ReconcileContext, view: GroupView, denied: DeniedPermit): Promise<PassResult> {
  const { record, now } = view;
  if (!('failure' in denied)) return waitUntil(context, view, { time: now + denied.afterMs, because: 'rate-limited' });
  const { code } = denied.failure;
  const note = record.failure?.code === code ? null : ({ what: 'failed', because: code, issueKey: record.issue?.key ?? null } as const);
  return (await save(context, view, afterFailure(record, denied.failure, now).next, note)) ? 'done' : 'requeue';
}

/** The record after a call that worked: nothing has failed, and nothing is waited for. */
export function afterSuccess(record: GroupRecord): GroupRecord {
  return { ...record, failure: null, attempts: 0, requeueAt: null };
}

/** The record after a failed try, waiting for the next one. A rate limit is no failure, and what was not sent for it or without access costs no attempt. */
export function afterFailure(
  record: GroupRecord,
  failure: Failure,
  now: number,
): { readonly next: GroupRecord; readonly retryInMs: number } {
  const limited = failure.code === 'jira-rate-limited';
  const unsent = limited || isHeldBack(failure);
  const attempts = unsent || isEarly(record, now) ? record.attempts : record.attempts + 1;
  const retryInMs = retryDelayMs(failure, attempts, spreadOf(record.group, attempts));
  const requeueAt: RequeueAt = { time: now + retryInMs, because: limited ? 'rate-limited' : 'backoff' };
  return { next: { ...record, attempts, requeueAt, failure: limited ? record.failure : { ...failure, at: now } }, retryInMs };
}

/** A try that an event or a person requested early: if it counted, a burst of events in a short outage would lead to a wait of hours. */
function isEarly({ group, attempts, failure }: GroupRecord, now: number): boolean {
  return failure !== null && attempts > 0 && now < failure.at + retryDelayMs(failure, attempts, spreadOf(group, attempts));
}

/** 0 to 1, always the same for one try. */
function spreadOf(group: string, attempts: number): number {
  return (parseInt(shortHash(group, String(attempts)).slice(0, 6), 36) % 1_000) / 1_000;
}
