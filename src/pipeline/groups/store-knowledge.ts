import type { GroupKey } from '../../issues/group-key.ts';
import { GROUPS } from '../records/group-collections.ts';
import { wholePage } from '../records/whole-page.ts';
import type { Store } from '../ports/store.ts';

/** The group that has an issue by its record; null: none. Whatever the issue's marker says, the record knows better. @throws DocumentUnreadable */
export async function ownerOf(store: Store, issueId: string): Promise<GroupKey | null> {
  const [owner] = await wholePage(store, GROUPS, { terms: [`issue:${issueId}`], limit: 1 });
  return owner?.id ?? null;
}

/** Whether the record of some group has the issue, or says that an admin took it away. @throws DocumentUnreadable */
export async function isKnown(store: Store, issueId: string): Promise<boolean> {
  if ((await ownerOf(store, issueId)) !== null) return true;
  return (await wholePage(store, GROUPS, { terms: [`takenAway:${issueId}`], limit: 1 })).length > 0;
}
