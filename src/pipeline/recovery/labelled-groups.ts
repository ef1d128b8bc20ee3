import type { GroupKey } from '../../issues/group-key.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import { markerLabel } from '../../issues/marker.ts';
import { formerGroups } from '../groups/former-groups.ts';
import type { Page, PageQuery, Store, Stored } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { readReadable } from '../records/read-readable.ts';

/** Groups that are read at once. */
const PAGE = 200;

/**
 * The known groups of each label: the one that it names; and those without an issue, one of whose findings may have been in that group before the store
 * was lost. A label does not say its group, so all groups are compared; that is rare.
 */
export async function labelledGroups(
  { store, installation }: { readonly store: Store; readonly installation: string },
  labels: readonly string[],
): Promise<ReadonlyMap<string, readonly GroupKey[]>> {
  const found = new Map(labels.map((label): [string, GroupKey[]] => [label, []]));
  let cursor: string | null = null;
  do {
    const query: PageQuery = { terms: [], limit: PAGE, ...(cursor === null ? {} : { cursor }) };
    const { items, nextCursor }: Page<GroupRecord> = await store.page(GROUPS, query);
    const former = await formerOfEach(store, items);
    for (const { id } of items)
      for (const name of new Set([id, ...(former.get(id) ?? [])])) found.get(markerLabel(installation, name))?.push(id);
    cursor = nextCursor;
  } while (cursor !== null);
  return found;
}

/** The groups in which the findings of each group without an issue may have been. */
async function formerOfEach(store: Store, groups: readonly Stored<GroupRecord>[]): Promise<ReadonlyMap<GroupKey, readonly GroupKey[]>> {
  const members = groups.flatMap(({ doc }) => (doc.issue === null ? doc.members : []));
  const findings = members.length === 0 ? [] : await readReadable(store, FINDINGS, members);
  const former = await formerGroups(
    store,
    findings.map(({ doc }) => doc.finding),
  );
  const ofEach = Map.groupBy(findings.keys(), (at) => findings[at]?.doc.group ?? '');
  return new Map([...ofEach].map(([group, at]) => [group, at.flatMap((one) => former[one] ?? [])]));
}
