import type { Store } from '../ports/store.ts';
import { FINDINGS } from './finding-collections.ts';
import { GROUPS } from './group-collections.ts';

/** How many findings are in each of these mapping states. @throws StoreUnavailable */
export async function countStates(store: Store, states: readonly string[]): Promise<Readonly<Record<string, number>>> {
  const counts = await store.counts(
    FINDINGS,
    states.map((state) => `state:${state}`),
  );
  return Object.fromEntries(states.map((state, index) => [state, counts[index] ?? 0]));
}

/** How many issues are open, closed, and deleted while a finding is active. Findings of one group share an issue, and many findings end without one. @throws StoreUnavailable */
export async function countIssues(store: Store): Promise<Readonly<Record<'open' | 'closed' | 'deleted', number>>> {
  const [open = 0, closed = 0, deleted = 0] = await store.counts(GROUPS, ['issue:open', 'issue:closed', 'issue:deleted']);
  return { open, closed, deleted };
}
