import { isNothing, type DetailsNeed } from '../../findings/details-need.ts';
import { derivedNow, isDerived } from '../../issues/derived.ts';
import type { FindingKey } from '../../findings/finding.ts';
import type { FoundOwner } from '../../issues/facts/find-owner.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { overdueFrom } from '../../issues/due-date.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { isOpen, withTimes } from '../../issues/issue-times.ts';
import { mappingState } from '../../issues/mapping-state.ts';
import { leadOf, type Member } from '../../issues/plan-step.ts';
import { DETAILS, type DetailsRecord } from '../records/details-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { remember, type FindingRecord, type HistoryEntry, type MappedIssue, type MappingPart } from '../records/finding-record.ts';
import type { RuleBook, Rules } from '../rulebook/rule-book.ts';
import { MAX_WRITES, put, type Store, type Stored, type Write } from '../ports/store.ts';
import { memberDetails, needOf } from './details-need.ts';

/** A group with all that a pass needs, as it was read. */
export interface GroupView {
  readonly record: GroupRecord;
  readonly version: string;
  /** Members whose findings are known, the oldest first. */
  readonly members: readonly GroupViewMember[];
  /** Members known by name only, which may be active; and those of them that AWS no longer has. */
  readonly unknown: readonly FindingKey[];
  readonly gone: readonly FindingKey[];
  /** Store's clock, epoch ms. */
  readonly now: number;
}

/** A member with its documents. */
export interface GroupViewMember extends Member {
  readonly stored: Stored<FindingRecord>;
  /** The details that it needs from AWS. */
  readonly need: DetailsNeed;
  /** The record of fetching them; null: there is none. */
  readonly detailsRecord: Stored<DetailsRecord> | null;
  /** Whose its resource is; null: no source names an owner. Absent: the facts were not read. */
  readonly owner?: FoundOwner | null;
}

/** @returns null when there is no such group */
export async function readGroup(store: Store, rules: RuleBook, group: GroupKey): Promise<GroupView | null> {
  const [stored] = await store.read(GROUPS, [group]);
  if (!stored) return null;
  const members = await membersOf(store, stored.doc, await rules.current());
  return { record: stored.doc, version: stored.version, ...members, now: await store.now() };
}

/**
 * The members of a group, each with the decision of the given rules.
 * @param assumed a finding as it would be, in place of the stored one
 */
export async function membersOf(
  store: Store,
  record: GroupRecord,
  rules: Rules,
  assumed?: Stored<FindingRecord>,
): Promise<Pick<GroupView, 'members' | 'unknown' | 'gone'>> {
  const stored = record.members.length === 0 ? [] : await store.read(FINDINGS, record.members);
  const found = stored.map((member, at) => (assumed !== undefined && record.members[at] === assumed.id ? assumed : member));
  const ours = found.flatMap((member) => (member === null || member.doc.group !== record.group ? [] : [member]));
  const named = record.members.filter((_, at) => found[at] === null);
  const isGone = (name: FindingKey): boolean => record.gone?.includes(name) === true;
  return {
    members: await withDetails(store, ours, rules),
    unknown: named.filter((name) => !isGone(name)),
    gone: named.filter(isGone),
  };
}

async function withDetails(store: Store, found: readonly Stored<FindingRecord>[], book: Rules): Promise<readonly GroupViewMember[]> {
  const members: Pick<GroupViewMember, 'stored' | 'finding' | 'decision' | 'need'>[] = [];
  for (const stored of found) {
    const { finding } = stored.doc;
    const { decision } = await book.route(finding);
    members.push({ stored, finding, decision, need: needOf(finding, decision, book) });
  }
  const needing = members.filter(({ need }) => !isNothing(need)).map(({ finding }) => finding.key);
  const records = needing.length === 0 ? [] : await store.read(DETAILS, needing);
  return members.map((member) => {
    const detailsRecord = records[needing.indexOf(member.finding.key)] ?? null;
    return { ...member, detailsRecord, details: memberDetails(member.finding, member.need, detailsRecord?.doc ?? null) };
  });
}

/** Not saved: another writer was first, or the store is another one; read and decide again. */
export type Saved = { readonly saved: true; readonly version: string } | { readonly saved: false };

/** An entry for the history of every member. */
export type HistoryNote = Omit<HistoryEntry, 'at'>;

/**
 * Writes the group and its members' mappings in one commit. Where there are more members than a commit holds,
 * the group stays due for a pass until all of them are written.
 * @param alongside further writes of the same commit, a few
 */
export async function saveGroup(
  store: Store,
  view: GroupView,
  next: GroupRecord,
  notes: HistoryNote | readonly HistoryNote[] | null,
  alongside: readonly Write[] = [],
): Promise<Saved> {
  const entries = notes === null ? [] : 'what' in notes ? [notes] : notes;
  const timed = withDerived(view, next);
  const changed = view.members.flatMap((member) => memberWrite(member, timed, entries, view.now));
  const maxMembers = MAX_WRITES - 1 - alongside.length;
  const fits = changed.length <= maxMembers;
  const record = {
    ...timed,
    failure: withProject(next, view.members),
    observedGeneration: fits ? next.observedGeneration : Math.min(next.observedGeneration, next.generation - 1),
    ...derivedNow(view.now),
  };
  const result = await store.commit([put(GROUPS, view.record.group, view.version, record), ...alongside, ...changed.slice(0, maxMembers)]);
  return result.ok ? { saved: true, version: result.versions[0] ?? '' } : { saved: false };
}

/** Failures are found by project, also those from before the first try to create. */
function withProject({ failure, issue, intent }: GroupRecord, members: GroupView['members']): GroupRecord['failure'] {
  if (failure === null || issue !== null || intent !== null) return failure;
  const route = members.flatMap(({ decision }) => (decision.action === 'issue' ? [decision.route] : []))[0];
  return route === undefined ? failure : { ...failure, projectKey: route.projectKey };
}

/** True when there is nothing to write: neither the record nor a member's mapping changes. */
export function isUpToDate(view: GroupView, next: GroupRecord): boolean {
  const same = JSON.stringify({ ...next, updatedAt: 0 }) === JSON.stringify({ ...view.record, updatedAt: 0 });
  const timed = withDerived(view, next);
  return same && hasNames(view) && view.members.every((member) => memberWrite(member, timed, [], view.now).length === 0);
}

/** True when saving the record takes one commit and changes nothing by which a pass plans: the next one would find the same. */
export function leavesPlan(view: GroupView, next: GroupRecord): boolean {
  const planned = (record: GroupRecord): string =>
    JSON.stringify({ ...withoutNames(record), observedGeneration: 0, requeueAt: null, last: null, updatedAt: 0, derived: null });
  return view.members.length < MAX_WRITES && planned(withDerived(view, next)) === planned(view.record);
}

/** Due dates, the times of closes and the names of unknown members are the same whichever step changed the record. */
function withDerived({ record, members, unknown, gone, now }: GroupView, next: GroupRecord): GroupRecord {
  const issue = next.issue === null ? null : withTimes(record.issue, next.issue, leadOf(members)?.route, now);
  return { ...withoutNames(next), issue, ...(unknown.length === 0 ? {} : { unknown }), ...(gone.length === 0 ? {} : { gone }) };
}

function withoutNames({ unknown: _unknown, gone: _gone, ...record }: GroupRecord): Omit<GroupRecord, 'unknown' | 'gone'> {
  return record;
}

/** Whether the record has the names of the unknown members as they are by now. */
function hasNames({ record, unknown, gone }: GroupView): boolean {
  return JSON.stringify([record.unknown ?? [], record.gone ?? []]) === JSON.stringify([unknown, gone]);
}

/** A member as `saveGroup` writes it beside this record of its group. @param notes new entries of its history @param now store's clock, epoch ms */
export function savedMember(member: GroupViewMember, next: GroupRecord, notes: readonly HistoryNote[], now: number): FindingRecord {
  const { owner: _, ...doc } = member.stored.doc;
  const history = notes.reduce((so, entry) => remember(so, { at: now, ...entry }), doc.history);
  return { ...doc, ...shownOf(member, next, now), history, ...derivedNow(now) };
}

function memberWrite(member: GroupViewMember, next: GroupRecord, notes: readonly HistoryNote[], now: number): Write[] {
  const { stored } = member;
  const shown = shownOf(member, next, now);
  const same =
    JSON.stringify(shown) ===
    JSON.stringify({ mapping: stored.doc.mapping, decision: stored.doc.decision, ...ownerPart(stored.doc.owner) });
  if (same && notes.length === 0 && isDerived(stored.doc)) return [];
  return [put(FINDINGS, stored.id, stored.version, savedMember(member, next, notes, now))];
}

/** A shrunk member has lost the content that rules go by: its decision stays as it was, and so does its mapping where there is no issue. */
function shownOf(member: GroupViewMember, next: GroupRecord, now: number): Pick<FindingRecord, 'mapping' | 'decision' | 'owner'> {
  const { finding, mapping, decision, owner: before } = member.stored.doc;
  const { action, because, ruleId } = member.decision;
  if (finding.shrunk === true)
    return { mapping: next.issue === null ? mapping : mappingPart(next, member, now), decision, ...ownerPart(before) };
  const owner = member.owner === undefined ? before : keptOwner(member.owner);
  return { mapping: mappingPart(next, member, now), decision: { action, because, ruleId }, ...ownerPart(owner) };
}

function ownerPart(owner: FindingRecord['owner'] | null): Pick<FindingRecord, 'owner'> {
  return owner === undefined || owner === null ? {} : { owner };
}

/** Names that the company gave to its resources are kept with the finding; people who made a change, and contacts, are not. */
function keptOwner(owner: FoundOwner | null): FindingRecord['owner'] | null {
  if (owner === null) return null;
  const { name, source } = owner;
  return { name: source === 'actor' || source === 'security-contact' ? null : name, source };
}

function mappingPart(record: GroupRecord, member: Member, now: number): MappingPart {
  const { issue, failure, intent, last } = record;
  const route = intent?.route ?? (member.decision.action === 'issue' ? member.decision.route : null);
  return {
    state: mappingState(record, member),
    because: record.requeueAt?.because ?? last?.because ?? 'not-reconciled-yet',
    projectKey: issue?.projectKey ?? route?.projectKey ?? null,
    issue: issue === null ? null : mappedIssue(issue),
    ...dueOf(issue, now),
    error: failure === null ? null : { code: failure.code, message: failure.message, words: failure.words },
  };
}

function mappedIssue(issue: OwnIssue): MappedIssue {
  const { id, key, status, openedAt, closedAt = null } = issue;
  return { id, key, status, ...(openedAt === undefined ? {} : { openedAt }), ...(isOpen(issue) ? {} : { closedAt }) };
}

function dueOf(issue: OwnIssue | null, now: number): Pick<MappingPart, 'due'> {
  const date = issue !== null && isOpen(issue) ? (issue.dueDate ?? null) : null;
  return date === null ? {} : { due: { date, passed: overdueFrom(date) <= now } };
}
