import type { Finding, FindingKey } from '../../findings/finding.ts';
import { openingKind } from '../../issues/admission.ts';
import { groupKey, type GroupKey } from '../../issues/group-key.ts';
import { isSticky, newGroup, outlastsNews, type GroupRecord } from '../../issues/group-record.ts';
import { memberShortForm } from '../../issues/marker.ts';
import { GROUPS } from '../records/group-collections.ts';
import { groupsNaming } from './groups-naming.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';

/** The group that a finding belongs to. `record` null: there is none yet. */
export interface Place {
  readonly group: GroupKey;
  readonly record: Stored<GroupRecord> | null;
  /** The finding's name among the group's members, where that is not its key; absent: there is none. */
  readonly was?: FindingKey;
  /** The group that it leaves, as it was read: another writer may give that group an issue meanwhile. Null: it leaves none. */
  readonly leaves: Stored<GroupRecord> | null;
}

/** A finding stays in its group while Jira may know of that group, or if it is shrunk; else the given rules decide. @param current null: the finding is new */
export async function placeFinding(store: Store, finding: Finding, current: GroupKey | null, rules: Rules): Promise<Place> {
  // After a lost store, an issue that was read back names findings that no event has brought yet.
  const [naming] = current === null ? await groupsNaming(store, finding) : [];
  const [home = null] = current === null ? [naming?.group] : await store.read(GROUPS, [current]);
  if (home !== null && (isSticky(home.doc) || finding.shrunk === true))
    return { group: home.id, record: home, leaves: null, ...(naming === undefined ? {} : { was: naming.was }) };
  const group = groupKey(finding, (await rules.route(finding)).groupBy);
  if (home?.id === group) return { group, record: home, leaves: null };
  const [record] = await store.read(GROUPS, [group]);
  return { group, record: record ?? null, leaves: current === null ? null : home };
}

/** A finding and the place that it goes to. */
export interface Move {
  readonly key: FindingKey;
  /** The key by which it was known so far; mostly the same. */
  readonly was: FindingKey;
  readonly to: Place;
  /** The finding was there before: if its group is to get an issue only now, that counts as backlog. */
  readonly backlog?: boolean;
  /** An event says that its access is new, or has become worse: the group is backlog no longer. */
  readonly arises?: boolean;
}

/** The writes that add a finding to its group and take it out of the group that it leaves. Both are then due. @param now store's clock, epoch ms */
export function placeWrites({ to, ...of }: Move, now: number): readonly Write[] {
  const { leaves } = to;
  const into = put(GROUPS, to.group, to.record?.version ?? null, joined(to, of, now));
  return leaves === null ? [into] : [into, put(GROUPS, leaves.id, leaves.version, left(leaves.doc, of, now))];
}

/** The group with the finding in it, due for a pass. Its wait ends, with the exceptions of `outlastsNews`. */
export function joined(place: Place, { key, was, backlog = false, arises = false }: Omit<Move, 'to'>, now: number): GroupRecord {
  if (place.record === null) return { ...newGroup(place.group, [key], now), ...(backlog ? { admission: { is: 'backlog' } } : {}) };
  const record = arises ? arisen(place.record.doc) : place.record.doc;
  const isBacklog = backlog && !isSticky(record) && record.admission === undefined;
  return {
    ...record,
    members: withMember(record.members, key, [was, place.was ?? key]),
    generation: record.generation + 1,
    requeueAt: outlastsNews(record.requeueAt) ? record.requeueAt : null,
    ...(isBacklog ? { admission: { is: 'backlog' } } : {}),
    updatedAt: now,
  };
}

/** The group as one that no limit has met. */
function arisen(record: GroupRecord): GroupRecord {
  if (openingKind(record.admission) === 'live') return record;
  const { admission: _backlog, ...live } = record;
  return live;
}

/** The members with a finding among them, in place of its short form or a former key where that was known. */
function withMember(members: readonly string[], key: FindingKey, formerly: readonly FindingKey[]): readonly string[] {
  const marks = new Set([key, ...formerly].map(memberShortForm));
  const [first, ...more] = members.filter((member) => marks.has(memberShortForm(member)));
  return first === undefined
    ? [...members, key]
    : members.filter((member) => !more.includes(member)).map((member) => (member === first ? key : member));
}

/** The group without the finding, due for a pass: it may be empty now. */
function left(record: GroupRecord, { key, was }: Pick<Move, 'key' | 'was'>, now: number): GroupRecord {
  const members = record.members.filter((member) => member !== key && member !== was);
  return { ...record, members, generation: record.generation + 1, updatedAt: now };
}
