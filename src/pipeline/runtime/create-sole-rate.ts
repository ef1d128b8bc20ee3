import { LEASES } from '../records/service-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { put, type Store } from '../ports/store.ts';
import type { Clock } from '../ports/clock.ts';
import type { LearnedRate, LearnRate, RateLease } from '../ports/rate-lease.ts';
import { JIRA } from './create-rate-lease.ts';
import { inTime } from './in-time.ts';

export interface SoleRateOptions {
  readonly store: Store;
  readonly learn: LearnRate;
  readonly clock: Clock;
}

/** The first call waits no longer for a store that does not answer, ms. */
const LOAD_MS = 500;

/** So often the rate is written down at most, ms. */
const SAVE_MS = 10_000;

/**
 * The whole rate for the only replica. No call waits for a commit: it decides alone, and writes the rate down now and then, for the next start,
 * where replicas would share it. A store that fails costs only what was learned.
 */
export function createSoleRate({ store, learn, clock }: SoleRateOptions): RateLease {
  let known: Promise<LearnedRate | null> | null = null;
  let savedAt = -Infinity;

  async function load(): Promise<LearnedRate | null> {
    const kept = await inTime(readReplaceable(store, LEASES, JIRA), LOAD_MS).catch(() => null);
    return kept?.doc?.rate ?? null;
  }

  async function save(rate: LearnedRate): Promise<void> {
    const { version } = await readReplaceable(store, LEASES, JIRA);
    await store.commit([put(LEASES, JIRA, version, { replicas: [], rate })]);
  }

  return {
    async take(_wanted, heard) {
      const rate = learn(await (known ??= load()), heard, clock.now());
      known = Promise.resolve(rate);
      if (clock.monotonic() - savedAt >= SAVE_MS) {
        savedAt = clock.monotonic();
        void save(rate).catch(() => undefined);
      }
      return { perSecond: rate.perSecond, forMs: Infinity, rate };
    },
  };
}
