import { markerLabel } from '../../issues/marker.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import { UNPROVEN } from '../records/group-collections.ts';
import { put, type Store, type Write } from '../ports/store.ts';
import { formerGroups } from './former-groups.ts';
import type { GroupView } from './group-view.ts';
import { ownerOf } from './store-knowledge.ts';

/** The issues about which an admin has still to decide, and the write that forgets them. */
export interface UnprovenIssues {
  readonly issues: readonly UnprovenIssue[];
  /** For the commit of the decision; none where there is nothing to forget. Other groups may still wait for the issues that are not forgotten. */
  readonly forget: readonly Write[];
}

/** Members whose former groups are looked for; the others have mostly the same ones. */
const MAX_MEMBERS = 20;

/**
 * Reads the issues whose marker names a group without proof; and, for a group without an issue, those whose marker names a group that its findings
 * may have been in before the store was lost, unless some group has them by now.
 */
export async function readUnproven(
  store: Store,
  installation: string,
  { record, members }: Pick<GroupView, 'record' | 'members'>,
): Promise<UnprovenIssues> {
  const label = markerLabel(installation, record.group);
  const [stored] = await store.read(UNPROVEN, [label]);
  const own = stored?.doc.issues ?? [];
  const former = record.issue === null ? await issuesOfFormer(store, installation, { record, members }) : [];
  const others = former.filter(({ id }) => !own.some((one) => one.id === id));
  return { issues: [...own, ...others], forget: stored ? [put(UNPROVEN, label, stored.version, null)] : [] };
}

async function issuesOfFormer(
  store: Store,
  installation: string,
  { record, members }: Pick<GroupView, 'record' | 'members'>,
): Promise<readonly UnprovenIssue[]> {
  const [all = 0] = await store.counts(UNPROVEN, ['']);
  if (all === 0) return [];
  const findings = members.slice(0, MAX_MEMBERS).map(({ finding }) => finding);
  const groups = new Set((await formerGroups(store, findings)).flat());
  groups.delete(record.group);
  const labels = [...groups].map((group) => markerLabel(installation, group));
  const found = labels.length === 0 ? [] : (await store.read(UNPROVEN, labels)).flatMap((stored) => stored?.doc.issues ?? []);
  const byId = new Map(found.map((issue) => [issue.id, issue]));
  const owners = await Promise.all([...byId.keys()].map((id) => ownerOf(store, id)));
  return [...byId.values()].filter((_, at) => owners[at] === null);
}
