import { LEASES } from '../records/service-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { put, type Store } from '../ports/store.ts';
import type { RateMemory } from '../ports/rate-lease.ts';
import { JIRA } from './create-rate-lease.ts';
import { inTime } from './in-time.ts';

/** The first call waits no longer for a store that does not answer, ms. */
const LOAD_MS = 500;

/** Keeps the learned rate of a single replica in the store, where replicas would share it. A store that fails costs only what was learned. */
export function createRateMemory(store: Store): RateMemory {
  async function write(rate: Parameters<RateMemory['save']>[0]): Promise<void> {
    const { version } = await readReplaceable(store, LEASES, JIRA);
    await store.commit([put(LEASES, JIRA, version, { replicas: [], rate })]);
  }

  return {
    load: () =>
      inTime(readReplaceable(store, LEASES, JIRA), LOAD_MS).then(
        ({ doc }) => doc?.rate ?? null,
        () => null,
      ),
    save: (rate) => void write(rate).catch(() => undefined),
  };
}
