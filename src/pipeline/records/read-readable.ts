import type { Collection, Store, Stored } from '../ports/store.ts';
import { skipUnreadable } from './skip-unreadable.ts';

/** Documents by id, without those that are absent or can't be read. Only for work that concerns each document by itself. */
export async function readReadable<T>(store: Store, from: Collection<T>, ids: readonly string[]): Promise<readonly Stored<T>[]> {
  const together = await skipUnreadable(() => store.read(from, ids));
  const found: (Stored<T> | null)[] = together === null ? [] : [...together];
  if (together === null) for (const id of ids) found.push(...((await skipUnreadable(() => store.read(from, [id]))) ?? []));
  return found.filter((stored) => stored !== null);
}
