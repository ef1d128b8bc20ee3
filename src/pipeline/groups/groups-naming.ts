import { findingKey, partsOfKey, UNKNOWN_ANALYZER, type Finding, type FindingKey } from '../../findings/finding.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import { isOwnGroup } from '../../issues/group-key.ts';
import { memberShortForm } from '../../issues/marker.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { wholePage } from '../records/whole-page.ts';
import type { Store, Stored } from '../ports/store.ts';

/** A group that names a finding, and the name that the finding has there. */
export interface Naming {
  readonly group: Stored<GroupRecord>;
  readonly was: FindingKey;
}

/** Groups that may name one finding; more than two would be a fault. */
const MAX_GROUPS = 10;

/**
 * Groups that name a finding: its own first, then those by its key or its short form. After a lost store, an issue that was read back may name it without
 * its analyzer, or with an analyzer that the finding lacks.
 */
export async function groupsNaming(store: Store, { key, findingId, analyzerArn }: Finding): Promise<readonly Naming[]> {
  const rank = ({ id }: Stored<GroupRecord>): number => (isOwnGroup(id, key) ? 0 : 1);
  const underOther = analyzerArn === UNKNOWN_ANALYZER ? underAnyAnalyzer : underNone;
  const [byKey, others] = await Promise.all([groupsWith(store, key), underOther(store, findingId)]);
  return [...byKey.toSorted((a, b) => rank(a) - rank(b)).map((group) => ({ group, was: key })), ...others];
}

/** Groups that name a finding of this id without its analyzer; none where such a finding is stored, since that one has its own resource. */
async function underNone(store: Store, findingId: string): Promise<readonly Naming[]> {
  const was = findingKey(UNKNOWN_ANALYZER, findingId);
  const groups = await groupsWith(store, was);
  const [told] = groups.length === 0 ? [] : await store.read(FINDINGS, [was]);
  return told ? [] : groups.map((group) => ({ group, was }));
}

/** Groups that name it with an analyzer; none where they name several analyzers, since it may be any of them. */
export async function underAnyAnalyzer(store: Store, findingId: string): Promise<readonly Naming[]> {
  const items = await wholePage(store, GROUPS, { terms: [`memberId:${findingId}`], limit: MAX_GROUPS, order: 'oldest' });
  const named = items.flatMap((group) => group.doc.members.filter((was) => isUnderOne(was, findingId)).map((was) => ({ group, was })));
  const told = await store.read(
    FINDINGS,
    named.map(({ was }) => was),
  );
  const untold = named.filter((_, at) => told[at] === null);
  return new Set(untold.map(({ was }) => was)).size > 1 ? [] : untold;
}

/** Whether a name is that of one of these members, as far as names show: either may be short, or lack the analyzer. */
export function namedAmong(members: readonly string[]): (name: string) => boolean {
  const marks = new Set(members.map(memberShortForm));
  const parts = members.flatMap((member) => partsOfKey(member) ?? []);
  const ids = new Set(parts.map(({ findingId }) => findingId));
  const unsaid = new Set(parts.filter(({ analyzerArn }) => analyzerArn === UNKNOWN_ANALYZER).map(({ findingId }) => findingId));
  return (name) => {
    const named = partsOfKey(name);
    const alike = named?.analyzerArn === UNKNOWN_ANALYZER ? ids : unsaid;
    return marks.has(memberShortForm(name)) || (named !== null && alike.has(named.findingId));
  };
}

function isUnderOne(member: string, findingId: string): boolean {
  const parts = partsOfKey(member);
  return parts?.findingId === findingId && parts.analyzerArn !== UNKNOWN_ANALYZER;
}

/** Groups with this member or its short form, the oldest first. @throws DocumentUnreadable: such a group must not pass for none */
export async function groupsWith(store: Store, member: string): Promise<readonly Stored<GroupRecord>[]> {
  const term = `member:${memberShortForm(member)}`;
  // No group names a new finding, and counting takes less than a page.
  const [count = 0] = await store.counts(GROUPS, [term]);
  return count === 0 ? [] : wholePage(store, GROUPS, { terms: [term], limit: MAX_GROUPS, order: 'oldest' });
}
