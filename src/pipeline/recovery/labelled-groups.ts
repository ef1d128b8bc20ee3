import type { GroupKey } from '../../issues/group-key.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel } from '../../issues/marker.ts';
import type { Page, PageQuery, Store } from '../ports/store.ts';
import { GROUPS } from '../records/group-collections.ts';

/** Groups that are read at once. */
const PAGE = 200;

/** The known group of each label. A label does not say its group, so all groups are compared; that is rare. */
export async function labelledGroups(
  { store, installation }: { readonly store: Store; readonly installation: string },
  labels: readonly string[],
): Promise<ReadonlyMap<string, GroupKey>> {
  const wanted = new Set(labels);
  const found = new Map<string, GroupKey>();
  let cursor: string | null = null;
  while (found.size < wanted.size) {
    const query: PageQuery = { terms: [], limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const { items, nextCursor }: Page<GroupRecord> = await store.page(GROUPS, query);
    for (const { id } of items) {
      const label = markerLabel(installation, id);
      if (wanted.has(label)) found.set(label, id);
    }
    if (nextCursor === null) break;
    cursor = nextCursor;
  }
  return found;
}
