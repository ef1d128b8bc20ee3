import type { GroupRecord } from '../issues/group-record.ts';
import { GROUPS } from './collections.ts';
import type { SettleQueue } from './settle-queue.ts';
import { put, type Page, type Store } from './store.ts';

const PAGE = 100;

/** Asks for a look at every group that was decided about but not written: `observe-only` after `MODE=observe`, `held` after a pause. */
export async function resumeGroups(deps: { store: Store; queue: SettleQueue }, which: 'observe-only' | 'held'): Promise<void> {
  const { store, queue } = deps;
  let cursor: string | null = null;
  do {
    const page: Page<GroupRecord> = await store.page(GROUPS, { terms: [which], limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    for (const { id, doc, version } of page.items) {
      // Where another writer was first, that writer asked for a look as well.
      await store.commit([put(GROUPS, id, version, { ...doc, wanted: doc.wanted + 1, last: null })]);
      await queue.ask(id, 'rules');
    }
    cursor = page.nextCursor;
  } while (cursor !== null);
}
