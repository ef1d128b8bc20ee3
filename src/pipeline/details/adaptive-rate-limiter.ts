import { RATE_LIMITS, type RateLimitRecord } from '../records/collections.ts';
import { put, type Store } from '../ports/store.ts';

/**
 * The pace at which a Region's Access Analyzer is asked, by all replicas together. AWS names no limit, so that it is found out: being throttled
 * slows it down, answers speed it up again, never above its usual one.
 */
export interface AdaptiveRateLimiter {
  /** Takes the next free turn. @returns how long to wait for it, ms; not granted: it would be longer than a caller can wait */
  acquire(region: string): Promise<{ readonly granted: boolean; readonly afterMs: number }>;
  /** Ms until the next free turn; 0: there is one. */
  waitMs(region: string): Promise<number>;
  /** AWS asked to slow down. @param afterMs how long it wants to be left alone; null: it did not say */
  slowDown(region: string, afterMs: number | null): Promise<void>;
  /** AWS answered. */
  speedUp(region: string): Promise<void>;
}

/** One turn in two seconds: what one who asks for details without end was seen to get through with. */
export const DETAILS_PER_SECOND = 0.5;

const SLOW_DOWN = 2;
const SPEED_UP = 0.8;
const SLOWEST_MS = 60_000;
/** Nobody waits longer for a turn while others could be served. */
const MAX_WAIT_MS = 120_000;
/** AWS may say anything. */
const MAX_BLOCK_MS = 15 * 60_000;
/** Each conflict means that another replica got through. */
const MAX_TRIES = 20;
const SUSPECT_MS = 1_000;

/** @param perSecond the usual pace */
export function createAdaptiveRateLimiter({ store, perSecond }: { store: Store; perSecond: number }): AdaptiveRateLimiter {
  const usualMs = 1_000 / perSecond;

  /** @returns what `decide` said; null: the store did not take it */
  async function change<T>(
    region: string,
    decide: (limit: RateLimitRecord, now: number) => { readonly next: RateLimitRecord | null; readonly value: T },
  ): Promise<T | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [now, [stored]] = await Promise.all([store.now(), store.read(RATE_LIMITS, [region])]);
      const { next, value } = decide(stored?.doc ?? { nextAt: 0, everyMs: usualMs }, now);
      if (next === null) return value;
      const result = await store.commit([put(RATE_LIMITS, region, stored?.version ?? null, next)]);
      if (result.ok) return value;
      // A store that has to be checked first takes no writes but those that check it.
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
      const [now, [stored]] = await Promise.all([store.now(), store.read(RATE_LIMITS, [region])]);
      return Math.max(0, (stored?.doc.nextAt ?? 0) - now);
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
