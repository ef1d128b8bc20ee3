import { findingKey, partsOfKey, UNKNOWN_ANALYZER, type Finding, type FindingKey } from '../findings/finding.ts';
import type { GroupRecord } from '../issues/group-record.ts';
import { memberMark } from '../issues/marker.ts';
import { FINDINGS, GROUPS } from './collections.ts';
import type { Store, Stored } from './store.ts';

/** A group that names a finding, and the name that the finding has there. */
export interface Naming {
  readonly group: Stored<GroupRecord>;
  readonly was: FindingKey;
}

/** Groups that may name one finding; more than two would be a fault. */
const MOST = 10;

/**
 * Groups that name a finding by its key, perhaps in short, or without its analyzer; where it does not say its own, with whichever analyzer, too.
 * After a lost store, an issue that was read back may name a finding in any of these ways.
 */
export async function groupsNaming(store: Store, { key, findingId, analyzerArn }: Finding): Promise<readonly Naming[]> {
  const names = new Set([key, findingKey(UNKNOWN_ANALYZER, findingId)]);
  const named = await Promise.all([...names].map(async (was) => (await groupsWith(store, was)).map((group) => ({ group, was }))));
  return [...named.flat(), ...(analyzerArn === UNKNOWN_ANALYZER ? await underAnyAnalyzer(store, findingId) : [])];
}

/** Groups that name a finding of this id, of an analyzer that they know, which nothing was told of yet: what is told of has a resource of its own. */
export async function underAnyAnalyzer(store: Store, findingId: string): Promise<readonly Naming[]> {
  const { items } = await store.page(GROUPS, { terms: [`memberId:${findingId}`], limit: MOST, order: 'oldest' });
  const named = items.flatMap((group) => group.doc.members.filter((was) => isUnderOne(was, findingId)).map((was) => ({ group, was })));
  const told = await store.read(
    FINDINGS,
    named.map(({ was }) => was),
  );
  return named.filter((_, at) => told[at] === null);
}

function isUnderOne(member: string, findingId: string): boolean {
  const parts = partsOfKey(member);
  return parts?.findingId === findingId && parts.analyzerArn !== UNKNOWN_ANALYZER;
}

/** Groups with this member, perhaps in short, the oldest first. */
export async function groupsWith(store: Store, member: string): Promise<readonly Stored<GroupRecord>[]> {
  const { items } = await store.page(GROUPS, { terms: [`member:${memberMark(member)}`], limit: MOST, order: 'oldest' });
  return items;
}
