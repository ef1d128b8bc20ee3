import { partsOfKey, UNKNOWN_ANALYZER, type Finding, type FindingKey } from '../../findings/finding.ts';
import { isOwnGroup, type GroupKey } from '../../issues/group-key.ts';
import { inDoubt, mayHaveIssue, type GroupRecord } from '../../issues/group-record.ts';
import { memberShortForm } from '../../issues/marker.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { wholePage } from '../records/whole-page.ts';
import { groupsNaming, groupsWith } from '../groups/groups-naming.ts';
import { placeWrites } from '../groups/place-finding.ts';
import { put, type Store, type Stored } from '../ports/store.ts';

export interface CollectDeps {
  readonly store: Store;
}

/** Whether a group that Jira may know of keeps a finding that another group's issue names. */
export type Keeps = (group: GroupRecord, key: FindingKey) => boolean;

/**
 * `Keeps` while issues are read back. A group with an issue may have got the finding by the current rules, before the issue that names it was read
 * back. So only a create that may have made an issue, or an unlink by an admin, keeps it; or its own issue, where it shares it with no other finding.
 */
export function keepsWhileReadingBack({ group, intent, unlinked, issue }: GroupRecord, key: FindingKey): boolean {
  return inDoubt(intent) !== null || unlinked === true || (issue !== null && isOwnGroup(group, key));
}

/** Findings that may share one id. */
const MAX_FINDINGS = 10;

/**
 * After a lost store a finding may have arrived before the issue that names it was read back, and have got a group by the current rules.
 * Once a group has its issue again, moves its members there from such groups, unless those keep them.
 * @returns true when one was moved
 */
export async function collectMembers(deps: CollectDeps, group: GroupKey, keeps: Keeps): Promise<boolean> {
  const [home] = await deps.store.read(GROUPS, [group]);
  let came = false;
  for (const was of home?.doc.members ?? []) {
    for (const { key, from } of await homesOf(deps.store, was, keeps)) {
      if (from !== group && (await moveFinding(deps, { key, was }, from, group, keeps))) came = true;
    }
  }
  return came;
}

/**
 * Groups with a finding that an issue names: under that name, perhaps in its short form; or, where only one of the two has the analyzer, under
 * another. Without those that keep it.
 */
async function homesOf(
  store: Store,
  name: string,
  keeps: Keeps,
): Promise<readonly { readonly key: FindingKey; readonly from: GroupKey }[]> {
  const groups = await groupsWith(store, name);
  const mark = memberShortForm(name);
  const homes = groups.flatMap(({ id, doc }) =>
    doc.members.filter((one) => memberShortForm(one) === mark && !keeps(doc, one)).map((key) => ({ key, from: id })),
  );
  const parts = partsOfKey(name);
  if (parts === null || (parts.analyzerArn !== UNKNOWN_ANALYZER && (await isTold(store, name)))) return homes;
  const items = await wholePage(store, FINDINGS, { terms: [`findingId:${parts.findingId}`], limit: MAX_FINDINGS });
  const others = items.filter(({ doc }) => (doc.finding.analyzerArn === UNKNOWN_ANALYZER) !== (parts.analyzerArn === UNKNOWN_ANALYZER));
  const standing = await store.read(
    GROUPS,
    others.map(({ doc }) => doc.group),
  );
  return [
    ...homes,
    ...others.flatMap(({ id, doc }, at) => (isKept(standing[at] ?? null, id, keeps) ? [] : [{ key: id, from: doc.group }])),
  ];
}

async function isTold(store: Store, key: FindingKey): Promise<boolean> {
  const [stored] = await store.read(FINDINGS, [key]);
  return stored !== null;
}

function isKept(stored: Stored<GroupRecord> | null, key: FindingKey, keeps: Keeps): boolean {
  return stored !== null && keeps(stored.doc, key);
}

/**
 * The same from the other side, before an issue is created: a finding that another group with an issue names is moved there.
 * @returns true when one was moved
 */
export async function rehomeFindings(deps: CollectDeps, group: GroupKey, findings: readonly Finding[]): Promise<boolean> {
  let went = false;
  for (const finding of findings) {
    const home = (await groupsNaming(deps.store, finding)).find((naming) => naming.group.id !== group && naming.group.doc.issue !== null);
    if (home !== undefined && (await moveFinding(deps, { key: finding.key, was: home.was }, group, home.group.id, mayHaveIssue)))
      went = true;
  }
  return went;
}

/** Both groups are due for a pass then. @returns false when the finding has left its group, or that group keeps it by now */
async function moveFinding(
  { store }: CollectDeps,
  { key, was }: { readonly key: FindingKey; readonly was: FindingKey },
  from: GroupKey,
  to: GroupKey,
  keeps: Keeps,
): Promise<boolean> {
  for (;;) {
    const [[finding], [home, leaves = null]] = [await store.read(FINDINGS, [key]), await store.read(GROUPS, [to, from])];
    if (!finding || !home || finding.doc.group !== from || isKept(leaves, key, keeps)) return false;
    const now = await store.now();
    const result = await store.commit([
      put(FINDINGS, key, finding.version, { ...finding.doc, group: to, updatedAt: now }),
      ...placeWrites({ key, was, to: { group: to, record: home, leaves } }, now),
    ]);
    if (result.ok) return true;
  }
}
