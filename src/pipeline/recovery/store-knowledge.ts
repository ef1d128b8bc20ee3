import type { GroupKey } from '../../issues/group-key.ts';
import { GROUPS } from '../records/collections.ts';
import type { Store } from '../ports/store.ts';

/** The group that has an issue by its record; null: none. Whatever the issue's marker says, the record knows better. */
export async function ownerOf(store: Store, issueId: string): Promise<GroupKey | null> {
  const { items } = await store.page(GROUPS, { terms: [`issue:${issueId}`], limit: 1 });
  return items[0]?.id ?? null;
}

/** Whether the record of some group has the issue, or says that an admin took it away. */
export async function isKnown(store: Store, issueId: string): Promise<boolean> {
  if ((await ownerOf(store, issueId)) !== null) return true;
  const { items } = await store.page(GROUPS, { terms: [`takenAway:${issueId}`], limit: 1 });
  return items.length > 0;
}
