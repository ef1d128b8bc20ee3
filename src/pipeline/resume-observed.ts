import type { GroupRecord } from '../issues/group-record.ts';
import { GROUPS } from './collections.ts';
import type { SettleQueue } from './settle-queue.ts';
import { put, type Page, type Store } from './store.ts';

const PAGE = 100;

/** After `MODE=observe` was turned off: asks for a look at every group that was only decided about. */
export async function resumeObserved(deps: { store: Store; queue: SettleQueue }): Promise<void> {
  const { store, queue } = deps;
  let cursor: string | null = null;
  do {
    const page: Page<GroupRecord> = await store.page(GROUPS, {
      terms: ['observe-only'],
      limit: PAGE,
      ...(cursor === null ? {} : { cursor }),
    });
    for (const { id, doc, version } of page.items) {
      // Where another writer was first, that writer asked for a look as well.
      await store.commit([put(GROUPS, id, version, { ...doc, wanted: doc.wanted + 1, last: null })]);
      await queue.ask(id, 'rules');
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
}
