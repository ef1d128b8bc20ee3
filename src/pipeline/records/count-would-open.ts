import type { Store } from '../ports/store.ts';
import { GROUPS } from './group-collections.ts';

/**
 * How many issues would be opened of what is only observed, by `MODE=observe` or by a rule, by the key of their project.
 * Projects without any are left out.
 * @param projects those that the current rules send issues to
 * @param observedBy `mode`: only what a start in live mode takes up @throws StoreUnavailable
 */
export async function countWouldOpen(
  store: Store,
  projects: readonly string[],
  observedBy: 'all' | 'mode' = 'all',
): Promise<Readonly<Record<string, number>>> {
  const keys = projects.toSorted();
  const counts = await store.counts(
    GROUPS,
    keys.map((key) => `${observedBy === 'mode' ? 'live-would-open' : 'wouldOpen'}:${key}`),
  );
  return Object.fromEntries(keys.map((key, at) => [key, counts[at] ?? 0] as const).filter(([, count]) => count > 0));
}
