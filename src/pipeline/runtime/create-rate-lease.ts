import { LEASES, type LeaseRecord } from '../records/service-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { put, type Store } from '../ports/store.ts';
import type { Clock } from '../ports/clock.ts';
import type { Lease, LearnedRate, LearnRate, RateHeard, RateLease } from '../ports/rate-lease.ts';
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
export const JIRA = 'jira';

export interface RateLeaseOptions {
  readonly store: Store;
  /** Decides on the calls per second of all replicas together. */
  readonly learn: LearnRate;
  /** Names this process among the replicas. */
  readonly replica: string;
  readonly clock: Clock;
}

type Replica = LeaseRecord['replicas'][number];

/**
 * Shares a rate, and what is learned about it, through one document that every replica writes by compare-and-set, by the store's clock. The store is
 * not the checked one of the pipeline: whether the store is trusted is asked with calls for which this rate is needed. While it is suspect, each
 * replica learns alone, until the pipeline has recorded the store's new identity.
 */
export function createRateLease({ store, learn, replica, clock }: RateLeaseOptions): RateLease {
  let seen = 1;
  let known: LearnedRate | null = null;
  /** Monotonic ms of the last decision. */
  let knownAt = clock.monotonic();

  function keep(rate: LearnedRate): LearnedRate {
    [known, knownAt] = [rate, clock.monotonic()];
    return rate;
  }

  /** @returns null when the replicas could not agree */
  async function agree(wanted: number, heard: RateHeard): Promise<Omit<Lease, 'forMs'> | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [now, { doc, version }] = await Promise.all([store.now(), readReplaceable(store, LEASES, JIRA)]);
      const others = (doc?.replicas ?? []).filter(({ id, at }) => id !== replica && at > now - SEEN_MS);
      const rivals = others.filter(({ at }) => Math.abs(now - at) < LEASE_MS);
      const rate = learn(doc?.rate ?? null, heardByAll(heard, others, rivals), now);
      const share = shareAmong(rate.perSecond, rivals, wanted);
      const { announced, passed } = heard;
      const next: LeaseRecord = { replicas: [...others, { id: replica, at: now, wanted, share, announced, passed }], rate };
      const result = await store.commit([put(LEASES, JIRA, version, next)]);
      seen = others.length + 1;
      if (result.ok) return { perSecond: share, rate: keep(rate) };
      if (result.because === 'suspect') return null;
    }
    return null;
  }

  /** Without the store each learns for itself, as if the others heard the same. */
  function alone(heard: RateHeard): LearnedRate {
    const now = known === null ? clock.now() : known.at + (clock.monotonic() - knownAt);
    return keep(learn(known, { ...heard, passed: heard.passed * seen }, now));
  }

  return {
    async take(wanted, heard) {
      const agreed = await inTime(agree(wanted, heard), STORE_MS).catch(() => null);
      if (agreed !== null) return { ...agreed, forMs: LEASE_MS };
      const rate = alone(heard);
      return { perSecond: rate.perSecond / seen, forMs: LEASE_MS, rate };
    },
  };
}

/** A replica that has just started has not heard yet what others were told. */
function heardByAll(heard: RateHeard, others: readonly Replica[], rivals: readonly Replica[]): RateHeard {
  const announced = [heard, ...others].flatMap((one) => one.announced ?? []);
  return {
    ...heard,
    announced: announced.length === 0 ? null : Math.min(...announced),
    passed: rivals.reduce((sum, rival) => sum + (rival.passed ?? 0), heard.passed),
  };
}

/** Never more than the free part: a replica that has too much gives it back when it renews. */
function shareAmong(perSecond: number, rivals: readonly Replica[], wanted: number): number {
  const free = rivals.reduce((left, rival) => left - rival.share, perSecond);
  const wants = rivals.filter((rival) => rival.wanted > 0).map((rival) => rival.wanted);
  return Math.max(0, Math.min(free, fairShare(perSecond, wanted, wants)));
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
