import type { Store } from '../ports/store.ts';
import { UNREADABLE_DROPS } from './unreadable-collections.ts';
import { readReplaceable } from './read-replaceable.ts';

/** Id of the only document in `UNREADABLE_DROPS`. */
export const DROPS_ID = 'all';

/** How many messages that could not be read were dropped, to make room for newer ones. @throws StoreUnavailable */
export async function droppedMessages(store: Store): Promise<number> {
  return (await readReplaceable(store, UNREADABLE_DROPS, DROPS_ID)).doc?.dropped ?? 0;
}
