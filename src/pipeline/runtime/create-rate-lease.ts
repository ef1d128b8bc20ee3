import { LEASES, type LeaseRecord } from '../records/service-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { put, type Store } from '../ports/store.ts';
import type { RateLease } from '../ports/rate-lease.ts';
import { inTime } from './in-time.ts';

/** A replica that is dead or wants nothing more has no share after this long, ms. */
const LEASE_MS = 1_500;

/** How long a silent replica still counts for when the store does not answer, ms. */
const SEEN_MS = 60_000;

/** A store that takes longer counts as not answering, ms. */
const STORE_MS = 500;

/** Each conflict means that another replica succeeded. */
const MAX_TRIES = 10;

/** The id of the one document. */
const JIRA = 'jira';

export interface RateLeaseOptions {
  readonly store: Store;
  /** Calls per second of all replicas together. */
  readonly perSecond: number;
  /** Names this process among the replicas. */
  readonly replica: string;
}

/** Shares a rate through one document that every replica writes by compare-and-set, by the store's clock. */
export function createRateLease({ store, perSecond, replica }: RateLeaseOptions): RateLease {
  let seen = 1;

  /** @returns null when the replicas could not agree */
  async function agree(wanted: number): Promise<number | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [now, { doc, version }] = await Promise.all([store.now(), readReplaceable(store, LEASES, JIRA)]);
      const others = (doc?.replicas ?? []).filter(({ id, at }) => id !== replica && at > now - SEEN_MS);
      const share = shareAmong(others, wanted, now);
      const next: LeaseRecord = { replicas: [...others, { id: replica, at: now, wanted, share }] };
      const result = await store.commit([put(LEASES, JIRA, version, next)]);
      seen = others.length + 1;
      if (result.ok) return share;
      // A suspect store takes no writes but those that check it.
      if (result.because === 'suspect') return null;
    }
    return null;
  }

  /** Never more than the free part: a replica that has too much gives it back when it renews. */
  function shareAmong(others: LeaseRecord['replicas'], wanted: number, now: number): number {
    const rivals = others.filter(({ at }) => Math.abs(now - at) < LEASE_MS);
    const free = rivals.reduce((left, rival) => left - rival.share, perSecond);
    const wants = rivals.filter((rival) => rival.wanted > 0).map((rival) => rival.wanted);
    return Math.max(0, Math.min(free, fairShare(perSecond, wanted, wants)));
  }

  return {
    async take(wanted) {
      const share = await inTime(agree(wanted), STORE_MS).catch(() => null);
      return { perSecond: share ?? perSecond / seen, forMs: LEASE_MS };
    },
  };
}

/**
 * A replica's share of a rate: none gets less than an equal part unless it wants less, and the others may have the rest.
 * A surplus is split as well, with one part left over for a newcomer.
 * @param wanted by this replica, per second
 * @param rivals wanted by each of the others, per second
 */
export function fairShare(rate: number, wanted: number, rivals: readonly number[]): number {
  const total = rivals.reduce((sum, rival) => sum + rival, wanted);
  const among = rivals.length + 1;
  if (total <= rate) return wanted + (rate - total) / (among + 1);
  let [left, level] = [rate, rate];
  const ascending = [...rivals, wanted].toSorted((a, b) => a - b);
  for (const [index, want] of ascending.entries()) {
    level = left / (among - index);
    if (want > level) break;
    left -= want;
  }
  return Math.min(wanted, level);
}
