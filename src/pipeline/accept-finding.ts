import type { Finding } from '../findings/finding.ts';
import { mergeFinding, type Merged } from '../findings/merge-finding.ts';
import { severityOf } from '../findings/severity.ts';
import { groupKey, type GroupKey } from '../issues/group-key.ts';
import { isSticky, newGroup, outlastsNews, type GroupRecord } from '../issues/group-record.ts';
import { memberMark } from '../issues/marker.ts';
import { FINDINGS, GROUPS, remember, type FindingRecord, type MappingPart } from './collections.ts';
import type { Tell } from './happening.ts';
import { askNeighbours } from './neighbours.ts';
import type { RuleBook, Rules } from './rule-book.ts';
import type { SettleQueue } from './settle-queue.ts';
import type { StoreTrust } from './store-trust.ts';
import { put, type Store, type Stored, type Write } from './store.ts';

/** What became of an observation. */
export interface Accepted {
  readonly group: GroupKey;
  readonly because: Merged['because'];
}

/**
 * Merges an observation into what is known and asks for a look at its group. When it resolves, the observation is safe: the message may go.
 * @throws StoreUnavailable nothing was promised; the same observation may come again
 */
export type AcceptFinding = (seen: Finding) => Promise<Accepted>;

/** Other writers may be first this often before something must be wrong. */
const MAX_TRIES = 100;

const NOT_LOOKED_AT: MappingPart = { state: 'pending', because: 'not-settled-yet', projectKey: null, issue: null, error: null };

export function createAcceptFinding(deps: {
  store: Store;
  queue: SettleQueue;
  rules: RuleBook;
  trust: StoreTrust;
  tell: Tell;
}): AcceptFinding {
  const { store, queue, rules, trust, tell } = deps;

  async function accept(seen: Finding): Promise<Accepted> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const accepted = await attempt(seen);
      if (accepted !== null) return accepted;
    }
    throw new Error(`Finding ${seen.findingId} could not be stored: other writers were first ${MAX_TRIES} times`);
  }

  /** @returns null when another writer was first */
  async function attempt(seen: Finding): Promise<Accepted | null> {
    const known = knownOf((await store.read(FINDINGS, [seen.key]))[0] ?? null);
    const merged = mergeFinding(known.finding, seen);
    const book = await rules.current();
    const place = await placeOf(merged.finding, known.group, book);
    const accepted = { group: place.group, because: merged.because };
    if (!isNews(merged) && place.group === known.group) return accepted;
    const now = await store.now();
    const result = await store.commit([
      put(FINDINGS, seen.key, known.version, findingRecord(known.record, merged, place, book, now)),
      put(GROUPS, place.group, place.record?.version ?? null, joined(place, seen.key, now)),
      ...(await leaving(known.group, place.group, seen.key, now)),
    ]);
    if (result.ok) return accepted;
    if (result.because === 'suspect') await trust.ensure();
    return null;
  }

  /** The write that takes the finding out of the group that it was in, where it goes to another one. */
  async function leaving(from: GroupKey | null, to: GroupKey, key: string, now: number): Promise<Write[]> {
    if (from === null || from === to) return [];
    const [group] = await store.read(GROUPS, [from]);
    return group ? [put(GROUPS, from, group.version, left(group.doc, key, now))] : [];
  }

  /** A finding stays in its group while Jira may know of that group; else the rules of now decide. */
  async function placeOf(finding: Finding, current: GroupKey | null, book: Rules): Promise<Place> {
    const home = current === null ? await claimedBy(finding) : ((await store.read(GROUPS, [current]))[0] ?? null);
    if (home !== null && isSticky(home.doc)) return { group: home.id, record: home };
    const group = groupKey(finding, book.route(finding).groupBy);
    if (home?.id === group) return { group, record: home };
    const [record] = await store.read(GROUPS, [group]);
    return { group, record: record ?? null };
  }

  /** After a lost store, an issue that was read back names findings that no event has told of yet. */
  async function claimedBy(finding: Finding): Promise<Stored<GroupRecord> | null> {
    const { items } = await store.page(GROUPS, { terms: [`member:${memberMark(finding.key)}`], limit: 1, order: 'oldest' });
    return items[0] ?? null;
  }

  return async (seen) => {
    const accepted = await accept(seen);
    // Asked for even when nothing changed: the earlier delivery may have died between the store and the queue.
    await queue.ask(accepted.group, 'event');
    await askNeighbours({ store, queue, trust }, seen);
    const { findingId, status, resource } = seen;
    tell({ what: 'finding-accepted', findingId, status, resource, ...accepted });
    return accepted;
  };
}

interface Known {
  readonly record: FindingRecord | null;
  readonly finding: Finding | null;
  readonly group: GroupKey | null;
  readonly version: string | null;
}

function knownOf(stored: Stored<FindingRecord> | null): Known {
  if (stored === null) return { record: null, finding: null, group: null, version: null };
  return { record: stored.doc, finding: stored.doc.finding, group: stored.doc.group, version: stored.version };
}

/** True when the observation told something. */
function isNews({ because }: Merged): boolean {
  return because !== 'same' && because !== 'older';
}

interface Place {
  readonly group: GroupKey;
  readonly record: Stored<GroupRecord> | null;
}

function findingRecord(known: FindingRecord | null, merged: Merged, place: Place, book: Rules, now: number): FindingRecord {
  const { finding } = merged;
  const { action, because, ruleId } = book.route(finding).decision;
  const entry = {
    at: now,
    what: 'accepted',
    because: `${finding.status}${finding.deleted ? ', deleted' : ''}: ${merged.because}`,
    issueKey: null,
  } as const;
  return {
    finding,
    group: place.group,
    severity: severityOf(finding),
    decision: { action, because, ruleId },
    mapping: known?.mapping ?? NOT_LOOKED_AT,
    history: remember(known?.history ?? [], entry),
    firstSeenAt: known?.firstSeenAt ?? now,
    updatedAt: now,
  };
}

/** The group with the finding in it, wanting a look. What waits goes ahead, with the exceptions of `outlastsNews`. */
function joined(place: Place, key: string, now: number): GroupRecord {
  if (place.record === null) return newGroup(place.group, [key], now);
  const record = place.record.doc;
  const mark = memberMark(key);
  const isMember = record.members.some((member) => memberMark(member) === mark);
  const members = isMember ? record.members.map((member) => (member === mark ? key : member)) : [...record.members, key];
  return {
    ...record,
    members,
    wanted: record.wanted + 1,
    wait: outlastsNews(record.wait) ? record.wait : null,
    updatedAt: now,
  };
}

/** The group without the finding, wanting a look: perhaps nothing is left in it. */
function left(record: GroupRecord, key: string, now: number): GroupRecord {
  return { ...record, members: record.members.filter((member) => member !== key), wanted: record.wanted + 1, updatedAt: now };
}
