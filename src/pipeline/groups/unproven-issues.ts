import type { GroupKey } from '../../issues/group-key.ts';
import { markerLabel } from '../../issues/marker.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import { UNPROVEN } from '../records/group-collections.ts';
import { put, type Store, type Write } from '../ports/store.ts';

/** The issues about which an admin has still to decide, and the write that forgets them. */
export interface UnprovenIssues {
  readonly issues: readonly UnprovenIssue[];
  /** For the commit of the decision; none where there is nothing to forget. */
  readonly forget: readonly Write[];
}

/** Reads the issues whose marker names a group without proof. */
export async function readUnproven(store: Store, installation: string, group: GroupKey): Promise<UnprovenIssues> {
  const label = markerLabel(installation, group);
  const [stored] = await store.read(UNPROVEN, [label]);
  if (!stored) return { issues: [], forget: [] };
  return { issues: stored.doc.issues, forget: [put(UNPROVEN, label, stored.version, null)] };
}
