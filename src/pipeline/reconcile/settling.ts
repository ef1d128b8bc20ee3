import type { Failure } from '../../issues/failure.ts';
import type { GroupRecord, Wait } from '../../issues/group-record.ts';
import type { Rests } from '../../issues/rest.ts';
import { shortHash } from '../../issues/short-hash.ts';
import type { Clock } from '../ports/clock.ts';
import { saveGroup, type GroupView, type Said } from '../groups/group-view.ts';
import type { Tell } from '../ports/happening.ts';
import type { IssueTracker } from '../ports/issue-tracker.ts';
import { retryDelayMs } from '../../issues/retry-policy.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import type { Store } from '../ports/store.ts';
import type { WantingDetails } from '../details/want-details.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** What every part of settling works with. */
export interface Settling {
  readonly store: Store;
  readonly tracker: IssueTracker;
  readonly rules: RuleBook;
  readonly trust: StoreTrust;
  readonly clock: Clock;
  readonly tell: Tell;
  readonly installation: string;
  readonly mode: 'live' | 'observe';
  /** Names this process among the replicas. */
  readonly owner: string;
  /** True where the store belongs to one process: another owner in a record is a dead one. */
  readonly soleOwner: boolean;
  /** How long others leave a `sending` record alone, ms. */
  readonly sendingMs: number;
  /** How long after its claim a move may still send, ms. Unlike a create, it is several requests. */
  readonly moveMs: number;
  /** How long an uncertain create is looked for before it may be sent again, ms. */
  readonly uncertainWindowMs: number;
  readonly rests: Rests;
  /** What AWS answered a moment ago to questions about an analyzer; see `want-details.ts`. */
  readonly refusalOf: WantingDetails['refusalOf'];
  /** @see DETAILS_WAIT_MS */
  readonly detailsWaitMs: number;
  /** Waits out a store that is away while an answer of Jira must be kept. */
  readonly pause: (ms: number) => Promise<void>;
}

/** `again`: something changed, look once more. `done`: nothing is left to do now. */
export type Round = 'again' | 'done';

/** A POST begins at most this long after its claim was asked for, by the process's monotonic clock. */
export const CLAIM_MS = 2_000;

/** The last request of a move begins in the first half of the slack, and has timed out in the second, before others take over. @param slackMs beside one request's time-out */
export function claimBounds(timeoutMs: number, slackMs: number): Pick<Settling, 'sendingMs' | 'moveMs'> {
  return { sendingMs: timeoutMs + slackMs, moveMs: slackMs / 2 };
}

/** Writes the group. @returns false when another writer was first or the store is suspect: read and decide again */
export async function save(settling: Settling, view: GroupView, next: GroupRecord, said: Said | readonly Said[] | null): Promise<boolean> {
  const saved = await saveGroup(settling.store, view, next, said);
  if (!saved.saved && saved.because === 'suspect') await settling.trust.ensure();
  return saved.saved;
}

/** Writes a wait: nothing is left to do before it is over. */
export async function waitUntil(settling: Settling, view: GroupView, wait: Wait): Promise<Round> {
  return (await save(settling, view, { ...view.record, wait }, null)) ? 'done' : 'again';
}

/** From one look to the next while the store is not trusted. */
const SUSPECT_MS = 1_000;

/** Writes a wait for the time when all issues have been read back: before, a group may hold what belongs to another one. */
export function waitForTrust(settling: Settling, view: GroupView): Promise<Round> {
  return waitUntil(settling, view, { until: view.now + SUSPECT_MS, because: 'store-suspect' });
}

/** The record after a failed try, waiting for its next one. Being told to slow down is no failure and costs no attempt. */
export function afterFailure(
  record: GroupRecord,
  failure: Failure,
  now: number,
): { readonly next: GroupRecord; readonly retryInMs: number } {
  const limited = failure.code === 'jira-rate-limited';
  const attempts = limited || isEarly(record, now) ? record.attempts : record.attempts + 1;
  const retryInMs = retryDelayMs(failure, attempts, spreadOf(record.group, attempts));
  const wait: Wait = { until: now + retryInMs, because: limited ? 'rate-limited' : 'backoff' };
  return { next: { ...record, attempts, wait, failure: limited ? record.failure : { ...failure, at: now } }, retryInMs };
}

/** A try that an event or a person put before its time: counted, a burst of events in a short outage would lead to a wait of hours. */
function isEarly({ group, attempts, failure }: GroupRecord, now: number): boolean {
  return failure !== null && attempts > 0 && now < failure.at + retryDelayMs(failure, attempts, spreadOf(group, attempts));
}

/** 0 to 1, the same for the same try. */
function spreadOf(group: string, attempts: number): number {
  return (parseInt(shortHash(group, String(attempts)).slice(0, 6), 36) % 1_000) / 1_000;
}
