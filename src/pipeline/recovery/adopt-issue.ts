import { possibleNames, type GroupKey } from '../../issues/group-key.ts';
import { newGroup, type GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { knownOfCreate } from '../../issues/known-of-create.ts';
import type { MarkerProperty } from '../../issues/marker.ts';
import { isTakenAway } from '../../issues/taken-away.ts';
import { isDeleted } from '../../issues/missing-issue.ts';
import { membershipDigest, parseWritten } from '../../issues/written.ts';
import { GROUPS, LINKS } from '../records/group-collections.ts';
import { ownerOf } from '../groups/store-knowledge.ts';
import type { Emit } from '../ports/service-event.ts';
import { collectMembers, type Keeps } from './collect-members.ts';
import { namedAmong } from '../groups/groups-naming.ts';
import type { FoundIssue } from '../ports/issue-tracker.ts';
import type { IssueRef } from '../ports/issue-ref.ts';
import type { OurIssue } from './read-ours.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store, type Stored } from '../ports/store.ts';

/**
 * How the store relates to an issue of ours that was found in Jira. `duplicate`: its group has another one, which stays. `elsewhere`: another group
 * than the one that its property names has it, so the property counts for nothing. `unproven`: only its property says that an admin linked it.
 */
export type Adopted =
  | { readonly is: 'known' | 'restored' | 'elsewhere' | 'unproven' }
  | { readonly is: 'duplicate'; readonly kept: IssueRef };

export interface AdoptDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly emit: Emit;
  /** @see collectMembers */
  readonly keeps: Keeps;
  /** Whether the record of an issue that the store knows may be older than what search says. */
  readonly doubts: boolean;
  /** How far search may lag, ms. */
  readonly indexLagMs: number;
}

/**
 * Compares an issue of ours with its group's record, and writes it there if the store did not know it. An admin's link wins, then the lowest id.
 * @param isTrusted whether the store is
 */
export type AdoptIssue = (found: OurIssue, isTrusted: boolean) => Promise<Adopted>;

export function createAdoptIssue(deps: AdoptDeps): AdoptIssue {
  const { store, queue, emit } = deps;

  /** @returns null when another writer was first */
  async function attempt(marked: OurIssue, isTrusted: boolean): Promise<Adopted | null> {
    const { group } = marked.property;
    const [stored = null] = await store.read(GROUPS, [group]);
    const proof = await proofOf(store, stored?.doc ?? null, marked, isTrusted);
    if (proof !== 'linked' && proof !== 'created') return { is: proof };
    const found = withLinked(marked, proof === 'linked');
    const comparison = compare(stored?.doc ?? null, found);
    if (comparison.is === 'duplicate' || comparison.is === 'lower') emit({ what: 'duplicate-seen', group, ...comparison.keys });
    if (comparison.is === 'known') return deps.doubts ? doubt(stored, found) : { is: 'known' };
    if (comparison.is === 'duplicate') return { is: 'duplicate', kept: comparison.kept };
    return comparison.is === 'seen-again' ? agree(stored, comparison, found) : restore(stored, found);
  }

  async function restore(stored: Stored<GroupRecord> | null, found: OurIssue): Promise<Adopted | null> {
    const { group } = found.property;
    const now = await store.now();
    const record = naming(stored?.doc ?? newGroup(group, [], now), found.property);
    if (!(await write(stored, withIssue(record, { ...foundIssue(found), ...knownOf(record, found), readBackAt: now }, now)))) return null;
    await collectMembers(deps, group, deps.keeps);
    await queue.ask(group, 'sweep');
    emit({ what: 'issue-restored', group, issueKey: found.issue.key, ruleId: null, resource: '' });
    return { is: 'restored' };
  }

  /** Treats an issue that the store has known all along as if it were read back. */
  async function doubt(stored: Stored<GroupRecord> | null, found: OurIssue): Promise<Adopted | null> {
    const issue = stored?.doc.issue ?? null;
    if (stored === null || issue?.id !== found.issue.id) return { is: 'known' };
    const readBackAt = await store.now();
    return (await write(stored, { ...stored.doc, issue: { ...issue, readBackAt } })) ? { is: 'known' } : null;
  }

  /** Collects before `readBackAt` goes, so that findings that a dead process had still to collect are collected now. */
  async function agree(stored: Stored<GroupRecord> | null, comparison: SeenAgain, found: OurIssue): Promise<Adopted | null> {
    const { group } = found.property;
    if (await collectMembers(deps, group, deps.keeps)) return null;
    const now = await store.now();
    if (now - comparison.issue.readBackAt < deps.indexLagMs) return { is: 'known' };
    if (!(await write(stored, seenAgain(comparison, found, now)))) return null;
    await queue.ask(group, 'sweep');
    return { is: 'known' };
  }

  /** @returns false when another writer was first */
  async function write(stored: Stored<GroupRecord> | null, next: GroupRecord): Promise<boolean> {
    const result = await store.commit([put(GROUPS, next.group, stored?.version ?? null, next)]);
    return result.ok;
  }

  return async (found, isTrusted) => {
    for (;;) {
      const taken = await attempt(found, isTrusted);
      if (taken !== null) return taken;
    }
  };
}

/** Predicts the results of adopting issues one after the other. Writes nothing. */
export function createCompareIssue(store: Store): AdoptIssue {
  /** The issues that the groups would have then. */
  const taken = new Map<GroupKey, OwnIssue>();
  return async (marked, isTrusted) => {
    const { group, findings } = marked.property;
    const [stored] = await store.read(GROUPS, [group]);
    const proof = await proofOf(store, stored?.doc ?? null, marked, isTrusted);
    if (proof !== 'linked' && proof !== 'created') return { is: proof };
    const found = withLinked(marked, proof === 'linked');
    const issue = taken.get(group);
    const record = stored?.doc ?? (issue === undefined ? null : newGroup(group, findings, 0));
    const comparison = compare(record === null || issue === undefined ? record : { ...record, issue }, found);
    if (comparison.is === 'duplicate') return { is: 'duplicate', kept: comparison.kept };
    if (comparison.is === 'known' || comparison.is === 'seen-again') return { is: 'known' };
    taken.set(group, foundIssue(found));
    return { is: 'restored' };
  };
}

/**
 * What makes an issue the group's, besides its property, which edit permission is enough to write: its `created` by our account, or `linked` by an
 * admin, as the record or `links` say. Of an issue that our own account created, its property may say so while the store is suspect.
 */
async function proofOf(
  store: Store,
  record: GroupRecord | null,
  { issue: { id }, createdByUs, property }: OurIssue,
  isTrusted: boolean,
): Promise<'linked' | 'created' | 'elsewhere' | 'unproven'> {
  if (record?.issue?.id === id) return record.issue.linked === true ? 'linked' : 'created';
  const owner = await ownerOf(store, id);
  if (owner !== null) return 'elsewhere';
  const [link] = await store.read(LINKS, [id]);
  if (link?.doc.group === property.group || (createdByUs && property.linked === true && !isTrusted)) return 'linked';
  return createdByUs ? 'created' : 'unproven';
}

function withLinked(found: OurIssue, isLinked: boolean): OurIssue {
  const { linked: _, ...property } = found.property;
  return { ...found, property: isLinked ? { ...property, linked: true } : property };
}

/** The group with all findings that its issue names: since the store was lost, some may have come into this group and some into others. */
function naming(record: GroupRecord, { findings, passedOn }: MarkerProperty): GroupRecord {
  const isThere = namedAmong(record.members);
  const named = possibleNames(record.group, findings, passedOn === true, record.members).filter((name) => !isThere(name));
  return { ...record, members: [...record.members, ...named] };
}

interface SeenAgain {
  readonly is: 'seen-again';
  readonly record: GroupRecord;
  readonly issue: OwnIssue & { readonly readBackAt: number };
}

type Comparison =
  | { readonly is: 'known' | 'missing' }
  | SeenAgain
  | {
      readonly is: 'duplicate' | 'lower';
      readonly kept: IssueRef;
      readonly keys: { readonly issueKey: string; readonly duplicateKey: string };
    };

/** An issue that an admin has unlinked is no duplicate. */
function compare(record: GroupRecord | null, found: OurIssue): Comparison {
  const known = record?.issue ?? null;
  if (record === null) return { is: 'missing' };
  if (record.unlinked === true || isTakenAway(record, found.issue.id)) return { is: 'known' };
  if (known === null) return { is: 'missing' };
  const { readBackAt } = known;
  if (known.id === found.issue.id && readBackAt !== undefined) return { is: 'seen-again', record, issue: { ...known, readBackAt } };
  if (known.id === found.issue.id || isOver(known, found)) return { is: 'known' };
  // No issue is closed in favour of one that may be deleted.
  if (known.missing !== undefined) return { is: isDeleted(known) ? 'missing' : 'known' };
  const is = beats(known, found) ? 'duplicate' : 'lower';
  return { is, kept: { id: known.id, key: known.key }, keys: { issueKey: known.key, duplicateKey: found.issue.key } };
}

/**
 * A later pass than the one that read the issue back: search has had time to catch up. If it differs by now, a transition of ours was under way
 * when the store was lost, so the issue itself is read before the record is relied on.
 */
function seenAgain({ record, issue: known }: SeenAgain, found: OurIssue, now: number): GroupRecord {
  const { readBackAt, ...issue } = known;
  const next = { ...record, issue, updatedAt: now };
  const isTransitionedSince = issue.transitionedAt !== undefined && issue.transitionedAt >= readBackAt;
  if (record.transition !== null || isTransitionedSince || lastAppliedOf(found) === issue.lastApplied) return next;
  return { ...next, transition: { to: issue.lastApplied, owner: '', sentAt: now, uncertain: true }, generation: record.generation + 1 };
}

/** A closed second issue is no duplicate any more: we closed it as one, or a person decided. Unless an admin has linked it, and not the other. */
function isOver(known: OwnIssue, { status, property }: OurIssue): boolean {
  return status.category === 'done' && (property.linked !== true || known.linked === true);
}

/** An admin's link beats the lowest id, which beats the rest. */
function beats(known: OwnIssue, { issue, property }: OurIssue): boolean {
  if (known.linked === true || property.linked === true) return known.linked === true;
  return Number(known.id) < Number(issue.id);
}

/** The group with its issue; a create that was intended is done. */
export function withIssue(before: GroupRecord, issue: OwnIssue, now: number): GroupRecord {
  const { deletedIssue: _, ...record } = before;
  return {
    ...record,
    issue,
    intent: null,
    transition: null,
    failure: null,
    attempts: 0,
    requeueAt: null,
    generation: record.generation + 1,
    updatedAt: now,
  };
}

/** A create under way may have made the issue: its answer is not recorded yet, or was lost. */
function knownOf({ intent }: GroupRecord, { createdByUs, property }: OurIssue): ReturnType<typeof knownOfCreate> | null {
  return intent !== null && createdByUs && property.attempt <= intent.attempt ? knownOfCreate(intent) : null;
}

/** The record of an issue that was found in Jira and not created just now. */
export function foundIssue(found: FoundIssue): OwnIssue {
  const { issue, projectKey, issueType, status, property } = found;
  const fromProperty =
    property === null ? {} : { written: parseWritten(property.written ?? {}), membership: membershipDigest(property.findings) };
  return {
    ...issue,
    projectKey,
    issueType,
    ruleId: null,
    lastApplied: lastAppliedOf(found),
    status,
    ...fromProperty,
    ...(property?.linked === true ? { linked: true } : {}),
  };
}

function lastAppliedOf({ status }: FoundIssue): OwnIssue['lastApplied'] {
  return status.category === 'done' ? 'closed' : 'open';
}
