import { RATE_LIMITS, type RateLimitRecord } from '../records/details-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import type { AdaptiveRateLimiter } from '../ports/rate-limiter.ts';
import { put, type Store } from '../ports/store.ts';

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
/** The wait after that many conflicts, ms. */
const CONFLICT_MS = 1_000;

/** The listing calls, which AWS answers faster; there are few of them. */
export const LISTINGS_PER_SECOND = 2;

/** @param perSecond the usual rate of each lane @param of the calls that share it, such as `details` or `listing` */
export function createAdaptiveRateLimiter({
  store,
  perSecond,
  of = 'details',
}: {
  readonly store: Store;
  readonly perSecond: number;
  readonly of?: string;
}): AdaptiveRateLimiter {
  const idOf = (lane: string): string => (of === 'details' ? lane : `${of} ${lane}`);
  const usualMs = 1_000 / perSecond;

  /** @returns the value of `decide`; null: the store did not take the change */
  async function change<T>(
    lane: string,
    decide: (limit: RateLimitRecord, now: number) => { readonly next: RateLimitRecord | null; readonly value: T },
  ): Promise<T | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [now, { doc, version }] = await Promise.all([store.now(), readReplaceable(store, RATE_LIMITS, idOf(lane))]);
      const { next, value } = decide(doc ?? { nextAt: 0, everyMs: usualMs }, now);
      if (next === null) return value;
      const result = await store.commit([put(RATE_LIMITS, idOf(lane), version, next)]);
      if (result.ok) return value;
    }
    return null;
  }

  return {
    async acquire(lane) {
      const taken = await change(lane, ({ nextAt, everyMs }, now) => {
        const at = Math.max(now, nextAt);
        const granted = at - now <= MAX_WAIT_MS;
        return { next: granted ? { everyMs, nextAt: at + everyMs } : null, value: { granted, afterMs: at - now } };
      });
      return taken ?? { granted: false, afterMs: CONFLICT_MS };
    },
    async waitMs(lane) {
      const [now, { doc }] = await Promise.all([store.now(), readReplaceable(store, RATE_LIMITS, idOf(lane))]);
      return Math.max(0, (doc?.nextAt ?? 0) - now);
    },
    async slowDown(lane, afterMs) {
      await change(lane, (limit, now) => {
        const everyMs = Math.min(SLOWEST_MS, Math.max(usualMs, limit.everyMs) * SLOW_DOWN);
        const blockMs = Math.min(MAX_BLOCK_MS, Math.max(everyMs, afterMs ?? 0));
        return { next: { everyMs, nextAt: Math.max(limit.nextAt, now + blockMs) }, value: null };
      });
    },
    async speedUp(lane) {
      await change(lane, (limit) => {
        const everyMs = Math.max(usualMs, limit.everyMs * SPEED_UP);
        return { next: everyMs === limit.everyMs ? null : { ...limit, everyMs }, value: null };
      });
    },
  };
}
