import type { Clock } from '../../pipeline/ports/clock.ts';
import type { LearnedRate, LearnRate, RateLease } from '../../pipeline/ports/rate-lease.ts';

/** The whole rate for a process without replicas. What it learns is lost at its end. */
export function createOwnRate(learn: LearnRate, clock: Clock): RateLease {
  let rate: LearnedRate | null = null;
  return {
    async take(_wanted, heard) {
      rate = learn(rate, heard, clock.now());
      return { perSecond: rate.perSecond, forMs: Infinity, rate };
    },
  };
}
