import { nextTryAt } from '../../issues/group-record.ts';
import type { Store } from '../ports/store.ts';
import { GROUPS } from './group-collections.ts';
import { readReadable } from './read-readable.ts';

/** For how long the group that is due longest has waited for its pass, ms; 0: none is due. @throws StoreUnavailable */
export async function oldestDueMs(store: Store): Promise<number> {
  const now = await store.now();
  const [stored] = await readReadable(store, GROUPS, await store.due(GROUPS, now, 1));
  const due = stored ? nextTryAt(stored.doc) : null;
  return due === null ? 0 : Math.max(0, now - due);
}
