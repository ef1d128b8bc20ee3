import { PACES, type PaceRecord } from '../records/collections.ts';
import { put, type Store } from '../ports/store.ts';

/**
 * The pace at which a Region's Access Analyzer is asked, by all replicas together. AWS names no limit, so that it is found out: being throttled
 * slows it down, answers speed it up again, never above its usual one.
 */
export interface CallPace {
  /** Takes the next free turn. @returns how long to wait for it, ms; not granted: it would be longer than a caller can wait */
  turn(region: string): Promise<{ readonly granted: boolean; readonly afterMs: number }>;
  /** Ms until the next free turn; 0: there is one. */
  leftMs(region: string): Promise<number>;
  /** AWS asked to slow down. @param afterMs how long it wants to be left alone; null: it did not say */
  slower(region: string, afterMs: number | null): Promise<void>;
  /** AWS answered. */
  faster(region: string): Promise<void>;
}

/** One turn in two seconds: what one who asks for details without end was seen to get through with. */
export const DETAILS_PER_SECOND = 0.5;

const SLOWER = 2;
const FASTER = 0.8;
const SLOWEST_MS = 60_000;
/** Nobody waits longer for a turn while others could be served. */
const MOST_WAIT_MS = 120_000;
/** AWS may say anything. */
const MOST_PAUSE_MS = 15 * 60_000;
/** Each conflict means that another replica got through. */
const MAX_TRIES = 20;
const SUSPECT_MS = 1_000;

/** @param perSecond the usual pace */
export function createCallPace({ store, perSecond }: { store: Store; perSecond: number }): CallPace {
  const usualMs = 1_000 / perSecond;

  /** @returns what `decide` said; null: the store did not take it */
  async function change<T>(
    region: string,
    decide: (pace: PaceRecord, now: number) => { readonly next: PaceRecord | null; readonly value: T },
  ): Promise<T | null> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const [now, [stored]] = await Promise.all([store.now(), store.read(PACES, [region])]);
      const { next, value } = decide(stored?.doc ?? { nextAt: 0, everyMs: usualMs }, now);
      if (next === null) return value;
      const result = await store.commit([put(PACES, region, stored?.version ?? null, next)]);
      if (result.ok) return value;
      // A store that has to be checked first takes no writes but those that check it.
      if (result.because === 'suspect') return null;
    }
    return null;
  }

  return {
    async turn(region) {
      const taken = await change(region, ({ nextAt, everyMs }, now) => {
        const at = Math.max(now, nextAt);
        const granted = at - now <= MOST_WAIT_MS;
        return { next: granted ? { everyMs, nextAt: at + everyMs } : null, value: { granted, afterMs: at - now } };
      });
      return taken ?? { granted: false, afterMs: SUSPECT_MS };
    },
    async leftMs(region) {
      const [now, [stored]] = await Promise.all([store.now(), store.read(PACES, [region])]);
      return Math.max(0, (stored?.doc.nextAt ?? 0) - now);
    },
    async slower(region, afterMs) {
      await change(region, (pace, now) => {
        const everyMs = Math.min(SLOWEST_MS, Math.max(usualMs, pace.everyMs) * SLOWER);
        const pauseMs = Math.min(MOST_PAUSE_MS, Math.max(everyMs, afterMs ?? 0));
        return { next: { everyMs, nextAt: Math.max(pace.nextAt, now + pauseMs) }, value: null };
      });
    },
    async faster(region) {
      await change(region, (pace) => {
        const everyMs = Math.max(usualMs, pace.everyMs * FASTER);
        return { next: everyMs === pace.everyMs ? null : { ...pace, everyMs }, value: null };
      });
    },
  };
}
