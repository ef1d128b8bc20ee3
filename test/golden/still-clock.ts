import type { TestClock } from '../support/service/service-parts.ts';
import { BEGIN_MS } from './finding-of.ts';

/** Exact in binary, so that the same differences come out whatever the time of the day. */
const CRAWL = 2 ** -20;

/** A clock that stands until it is set forward. Its monotonic side crawls, a millisecond in a quarter of an hour: what paces calls must see it go on. */
export function stillClock(): TestClock {
  let ahead = 0;
  return {
    now: () => BEGIN_MS + ahead,
    monotonic: () => ahead + Math.floor(performance.now()) * CRAWL,
    forward: (ms) => {
      ahead += ms;
    },
  };
}
