import type { GroupKey } from '../../issues/group-key.ts';
import type { IssueRef, IssueTracker } from '../ports/issue-tracker.ts';

/**
 * Whether an issue says now that an admin has unlinked it from a group. The issue itself is read, since search may lag.
 * @returns null: it could not be read, so nothing is known
 */
export async function bearsTombstone(
  { tracker, installation }: { readonly tracker: Pick<IssueTracker, 'permit' | 'read'>; readonly installation: string },
  { id }: IssueRef,
  group: GroupKey,
): Promise<boolean | null> {
  const permit = await tracker.permit('read');
  if (!permit.granted) return null;
  const read = await tracker.read(id).finally(() => permit.release());
  if (!read.ok) return null;
  const { tombstone } = read.found;
  return tombstone?.installation === installation && tombstone.unlinked === group;
}
