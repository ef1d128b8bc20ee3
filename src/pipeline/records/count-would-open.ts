import type { Store } from '../ports/store.ts';
import { GROUPS } from './group-collections.ts';

/**
 * How many issues live mode would open of what `MODE=observe` has only observed, by the key of their project. Projects without any are left out.
 * @param projects those that the current rules send issues to @throws StoreUnavailable
 */
export async function countWouldOpen(store: Store, projects: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const keys = projects.toSorted();
  const counts = await store.counts(
    GROUPS,
    keys.map((key) => `wouldOpen:${key}`),
  );
  return Object.fromEntries(keys.map((key, at) => [key, counts[at] ?? 0] as const).filter(([, count]) => count > 0));
}
