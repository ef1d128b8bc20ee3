import type { Store } from '../ports/store.ts';
import { FINDINGS } from './collections.ts';

/** How many findings are in each of these mapping states. @throws StoreUnavailable */
export async function countStates(store: Store, states: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const counts = await store.counts(
    FINDINGS,
    states.map((state) => `state:${state}`),
  );
  return Object.fromEntries(states.map((state, index) => [state, counts[index] ?? 0]));
}
