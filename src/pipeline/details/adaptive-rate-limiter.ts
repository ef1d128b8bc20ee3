import { RATE_LIMITS, type RateLimitRecord } from '../records/details-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { put, type Store } from '../ports/store.ts';

/**
 * The rate at which all replicas together ask a Region's Access Analyzer. AWS names no limit, so the rate adapts: throttling slows it down,
 * answers speed it up again, never above the usual rate.
 */
export interface AdaptiveRateLimiter {
  /** Takes the next free slot. @returns how long to wait for it, ms; not granted: longer than a caller can wait */
  acquire(region: string): Promise<{ readonly granted: boolean; readonly afterMs: number }>;
  /** Ms until the next free slot; 0: there is one now. */
  waitMs(region: string): Promise<number>;
  /** AWS asked to slow down. @param afterMs how long it wants no calls; null: it did not say */
  slowDown(region: string, afterMs: number | null): Promise<void>;
  /** AWS answered. */
  speedUp(region: string): Promise<void>;
}

/** One slot in two seconds: the rate that a caller of the details API was seen to sustain. */
export const DETAILS_PER_SECOND = 0.5;

const SLOW_DOWN = 2;
const SPEED_UP = 0.8;
const SLOWEST_MS = 60_000;
/** The longest wait for a slot, ms; other calls could be served meanwhile. */
const MAX_WAIT_MS = 120_000;
/** AWS may name any wait. */
const MAX_BLOCK_MS = 15 * 60_000;
/** Each conflict means that another replica succeeded. */
const MAX_TRIES = 20;
const SUSPECT_MS = 1_000;

/** The listing calls, which AWS answers faster; there are few of them. */
export const LISTINGS_PER_SECOND = 2;

/** @param perSecond the usual rate @param of the calls that share it: `details` or `listing` */
export function createAdaptiveRateLimiter({
  store,
  perSecond,
  of = 'details',
}: {
  readonly store: Store;
  readonly perSecond: number;
  readonly of?: 'details' | 'listing';
}): AdaptiveRateLimiter {
  const idOf = (region: string): string => (of === 'details' ? region : `${of} ${region}`);
  const usualMs = 1_000 / perSecond;

  /** @returns the value of `decide`; null: the store did not take the change */
  async function change<T>(
    region: string,
    decide: (limit: RateLimitRecord, now: number) => { readonly next: RateLimitRecord | null; readonly value: T },
  ): Promise<T | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [now, { doc, version }] = await Promise.all([store.now(), readReplaceable(store, RATE_LIMITS, idOf(region))]);
      const { next, value } = decide(doc ?? { nextAt: 0, everyMs: usualMs }, now);
      if (next === null) return value;
      const result = await store.commit([put(RATE_LIMITS, idOf(region), version, next)]);
      if (result.ok) return value;
      // A suspect store takes no writes but those that check it.
      if (result.because === 'suspect') return null;
    }
    return null;
  }

  return {
    async acquire(region) {
      const taken = await change(region, ({ nextAt, everyMs }, now) => {
        const at = Math.max(now, nextAt);
        const granted = at - now <= MAX_WAIT_MS;
        return { next: granted ? { everyMs, nextAt: at + everyMs } : null, value: { granted, afterMs: at - now } };
      });
      return taken ?? { granted: false, afterMs: SUSPECT_MS };
    },
    async waitMs(region) {
      const [now, { doc }] = await Promise.all([store.now(), readReplaceable(store, RATE_LIMITS, idOf(region))]);
      return Math.max(0, (doc?.nextAt ?? 0) - now);
    },
    async slowDown(region, afterMs) {
      await change(region, (limit, now) => {
        const everyMs = Math.min(SLOWEST_MS, Math.max(usualMs, limit.everyMs) * SLOW_DOWN);
        const blockMs = Math.min(MAX_BLOCK_MS, Math.max(everyMs, afterMs ?? 0));
        return { next: { everyMs, nextAt: Math.max(limit.nextAt, now + blockMs) }, value: null };
      });
    },
    async speedUp(region) {
      await change(region, (limit) => {
        const everyMs = Math.max(usualMs, limit.everyMs * SPEED_UP);
        return { next: everyMs === limit.everyMs ? null : { ...limit, everyMs }, value: null };
      });
    },
  };
}
