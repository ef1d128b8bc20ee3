import type { GroupKey } from '../issues/group-key.ts';
import type { GroupRecord } from '../issues/group-record.ts';
import { mappingState } from '../issues/mapping-state.ts';
import type { Member } from '../issues/plan-step.ts';
import { FINDINGS, GROUPS, remember, type FindingRecord, type HistoryEntry, type MappingPart } from './collections.ts';
import type { RuleBook } from './rule-book.ts';
import { MAX_WRITES, put, type Store, type Stored, type Write } from './store.ts';

/** A group with all that a look at it needs, as it was read. */
export interface GroupView {
  readonly record: GroupRecord;
  readonly version: string;
  /** Members whose findings are known, the oldest first. */
  readonly members: readonly (Member & { readonly stored: Stored<FindingRecord> })[];
  /** How many members are known by name only. */
  readonly unknown: number;
  /** Store's clock, epoch ms. */
  readonly now: number;
}

/** @returns null when there is no such group */
export async function readGroup(store: Store, rules: RuleBook, group: GroupKey): Promise<GroupView | null> {
  const [stored] = await store.read(GROUPS, [group]);
  if (!stored) return null;
  const found = stored.doc.members.length === 0 ? [] : await store.read(FINDINGS, stored.doc.members);
  const book = await rules.current();
  const members = found.flatMap((member) => {
    if (member === null || member.doc.group !== group) return [];
    return [
      { stored: member, finding: member.doc.finding, decision: book.route(member.doc.finding).decision, details: 'not-needed' as const },
    ];
  });
  return {
    record: stored.doc,
    version: stored.version,
    members,
    unknown: found.filter((member) => member === null).length,
    now: await store.now(),
  };
}

/** `lost`: another writer was first, or the store is suspect; nothing was written, read and decide again. */
export type Saved =
  | { readonly saved: true; readonly version: string }
  | { readonly saved: false; readonly because: 'conflict' | 'suspect' };

/** Says what happened, for the history of every member. */
export type Said = Omit<HistoryEntry, 'at'>;

/**
 * Writes the group and what its members show of it, in one commit. Where there are more members than a commit holds,
 * the group keeps wanting a look until all of them have been brought along.
 */
export async function saveGroup(store: Store, view: GroupView, next: GroupRecord, said: Said | readonly Said[] | null): Promise<Saved> {
  const entries = said === null ? [] : 'what' in said ? [said] : said;
  const changed = view.members.flatMap((member) => memberWrite(member, next, entries, view.now));
  const fits = changed.length < MAX_WRITES;
  const record = { ...next, settled: fits ? next.settled : Math.min(next.settled, next.wanted - 1), updatedAt: view.now };
  const result = await store.commit([put(GROUPS, view.record.group, view.version, record), ...changed.slice(0, MAX_WRITES - 1)]);
  return result.ok ? { saved: true, version: result.versions[0] ?? '' } : { saved: false, because: result.because };
}

/** True when there is nothing to write: the record says it all and every member shows it. */
export function isUpToDate(view: GroupView, next: GroupRecord): boolean {
  const same = JSON.stringify({ ...next, updatedAt: 0 }) === JSON.stringify({ ...view.record, updatedAt: 0 });
  return same && view.members.every((member) => memberWrite(member, next, [], view.now).length === 0);
}

function memberWrite(member: GroupView['members'][number], next: GroupRecord, said: readonly Said[], now: number): Write[] {
  const { stored, decision } = member;
  const mapping = mappingPart(next, member);
  const { action, because, ruleId } = decision;
  const shown = { mapping, decision: { action, because, ruleId } };
  const same = JSON.stringify(shown) === JSON.stringify({ mapping: stored.doc.mapping, decision: stored.doc.decision });
  if (same && said.length === 0) return [];
  const history = said.reduce((so, entry) => remember(so, { at: now, ...entry }), stored.doc.history);
  return [put(FINDINGS, stored.id, stored.version, { ...stored.doc, ...shown, history, updatedAt: now })];
}

function mappingPart(record: GroupRecord, member: Member): MappingPart {
  const { issue, failure, intent, last } = record;
  const route = intent?.route ?? (member.decision.action === 'issue' ? member.decision.route : null);
  return {
    state: mappingState(record, member),
    because: record.wait?.because ?? last?.because ?? 'not-settled-yet',
    projectKey: issue?.projectKey ?? route?.projectKey ?? null,
    issue: issue === null ? null : { id: issue.id, key: issue.key, status: issue.status },
    error: failure === null ? null : { code: failure.code, message: failure.message, words: failure.words },
  };
}
