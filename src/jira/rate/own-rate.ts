import type { Clock } from '../../pipeline/ports/clock.ts';
import type { LearnedRate, LearnRate, RateLease, RateMemory } from '../../pipeline/ports/rate-lease.ts';

/** So often a learned rate is written down at most, ms. */
const SAVE_MS = 10_000;

/**
 * The whole rate for the only replica. No call waits for the store: the rate is decided here, and written down now and then for the next start.
 * @param memory null: what is learned is lost at the end
 */
export function createOwnRate(learn: LearnRate, clock: Clock, memory: RateMemory | null): RateLease {
  let known: Promise<LearnedRate | null> | null = null;
  let savedAt = -Infinity;

  return {
    async take(_wanted, heard) {
      const before = await (known ??= memory?.load() ?? Promise.resolve(null));
      const rate = learn(before, heard, clock.now());
      known = Promise.resolve(rate);
      if (clock.monotonic() - savedAt >= SAVE_MS) {
        savedAt = clock.monotonic();
        memory?.save(rate);
      }
      return { perSecond: rate.perSecond, forMs: Infinity, rate };
    },
  };
}
