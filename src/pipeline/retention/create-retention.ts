import { AUDIT } from '../records/admin-collections.ts';
import { DETAILS } from '../records/details-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { SWEEPS, type SweepRecord } from '../records/service-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store, type Stored } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import type { Yielder } from '../rulebook/yielder.ts';
import { findingVerdict, groupVerdict, hasEndedLongAgo, shrunkRecord } from './shrink-verdict.ts';
import { type Replaceable, readReplaceable } from '../records/read-replaceable.ts';
import { readReadable } from '../records/read-readable.ts';
import { skipUnreadable } from '../records/skip-unreadable.ts';

/**
 * Once a day, removes what is kept for a time only: shrinks findings that ended long ago, and forgets old audit entries. A round is made
 * in pages, which any replica continues; each change is a commit of its own that another round repeats where it failed.
 */
export interface Retention {
  /** Does the next page, if a round is due and no other replica has the page. */
  advance(): Promise<Advanced>;
}

/** `not-due`: no round is due, another replica has the page, or the store is not trusted. */
export type Advanced = 'not-due' | 'page-done' | 'round-done';

export interface RetentionDeps {
  readonly store: Store;
  readonly trust: Pick<StoreTrust, 'isTrusted'>;
  readonly emit: Emit;
  readonly yielder: Yielder;
  /** How long history is kept, ms. */
  readonly retentionMs: number;
}

/** Id of its document in `SWEEPS`. */
const RETENTION = 'retention';

const ROUND_EVERY_MS = 24 * 60 * 60_000;
/** A replica that needs longer for a page counts as dead, ms. */
const CLAIM_MS = 60_000;
/** Findings, or audit entries, that one page changes at the most. */
const PAGE = 25;
/** Pages of findings that are read in a row while nothing is to be changed, since most findings of an old store have shrunk already. */
const MAX_READ = 8;
/** Members of a group that are read at once. */
const MEMBERS = 100;

type RetentionRound = NonNullable<SweepRecord['round']>;

const NEW_ROUND: RetentionRound = { cursor: null, findings: 0, auditEntries: 0 };

export function createRetention({ store, trust, emit, yielder, retentionMs }: RetentionDeps): Retention {
  /** @returns null when another writer was first */
  async function write(stored: Pick<Replaceable<SweepRecord>, 'version'>, doc: SweepRecord): Promise<Replaceable<SweepRecord> | null> {
    const result = await store.commit([put(SWEEPS, RETENTION, stored.version, doc)]);
    const [version = null] = result.ok ? result.versions : [];
    return version === null ? null : { doc, version };
  }

  /** Old audit entries first, then findings from the oldest on. @returns the round after it, and whether that was its last page */
  async function page(round: RetentionRound, now: number): Promise<{ readonly round: RetentionRound; readonly isLast: boolean }> {
    const before = now - retentionMs;
    const forgotten = await forgetAudit(before);
    const counted = { ...round, auditEntries: round.auditEntries + forgotten };
    if (forgotten > 0) return { round: counted, isLast: false };
    let cursor = round.cursor;
    for (let read = 1; ; read += 1) {
      const from = cursor === null ? {} : { cursor };
      const { items, nextCursor } = await store.page(FINDINGS, { terms: [], limit: PAGE, order: 'oldest', ...from });
      const shrunk = await shrinkAll(items, before, now);
      // All findings after it are younger still.
      const reachedYoung = (items.at(-1)?.doc.firstSeenAt ?? 0) > before;
      const isLast = nextCursor === null || reachedYoung;
      cursor = nextCursor;
      if (isLast || shrunk > 0 || read === MAX_READ) return { round: { ...counted, findings: round.findings + shrunk, cursor }, isLast };
      await yielder.yieldIfDue();
    }
  }

  async function forgetAudit(before: number): Promise<number> {
    const { items } = await store.page(AUDIT, { terms: [], limit: PAGE, order: 'oldest' });
    const old = items.filter(({ doc }) => doc.at <= before);
    const results = await Promise.all(old.map(({ id, version }) => store.commit([put(AUDIT, id, version, null)])));
    return results.filter(({ ok }) => ok).length;
  }

  async function shrinkAll(items: readonly Stored<FindingRecord>[], before: number, now: number): Promise<number> {
    const candidates = items.filter(({ doc }) => findingVerdict(doc, before).shrinks);
    const resting = await groupsAtRest(new Set(candidates.map(({ doc }) => doc.group)), before);
    const shrinking = candidates.filter(({ doc }) => resting.has(doc.group));
    const shrunk = await Promise.all(shrinking.map((stored) => shrink(stored, now)));
    return shrunk.filter((done) => done).length;
  }

  async function groupsAtRest(groups: ReadonlySet<string>, before: number): Promise<ReadonlySet<string>> {
    const resting = new Set<string>();
    for (const stored of await readReadable(store, GROUPS, [...groups])) {
      if (groupVerdict(stored.doc).shrinks && (await haveEnded(stored.doc.members, before))) resting.add(stored.id);
    }
    return resting;
  }

  /**
   * Members that are known by name only count as ended: after a lost store, that is why no event has brought them again. One that can't be read
   * may be active.
   */
  async function haveEnded(members: readonly string[], before: number): Promise<boolean> {
    for (let at = 0; at < members.length; at += MEMBERS) {
      const read = await skipUnreadable(() => store.read(FINDINGS, members.slice(at, at + MEMBERS)));
      const known = read?.flatMap((member) => member?.doc ?? []);
      if (known === undefined || !known.every((member) => hasEndedLongAgo(member, before))) return false;
      await yielder.yieldIfDue();
    }
    return true;
  }

  /** Without the question to AWS for its details, which nothing answers any more. @returns false when another writer was first */
  async function shrink({ id, doc, version }: Stored<FindingRecord>, now: number): Promise<boolean> {
    const [details] = await readReadable(store, DETAILS, [id]);
    const result = await store.commit([
      put(FINDINGS, id, version, shrunkRecord(doc, now)),
      ...(details ? [put(DETAILS, id, details.version, null)] : []),
    ]);
    return result.ok;
  }

  return {
    async advance() {
      const stored = await readReplaceable(store, SWEEPS, RETENTION);
      const now = await store.now();
      if (stored.doc !== null && stored.doc.nextAt > now) return 'not-due';
      if (!(await trust.isTrusted())) return 'not-due';
      const begun = stored.doc?.round ?? NEW_ROUND;
      const claimed = await write(stored, { nextAt: now + CLAIM_MS, round: begun });
      if (claimed === null) return 'not-due';
      const { round, isLast } = await page(begun, now);
      if (!isLast) return (await write(claimed, { nextAt: now, round })) === null ? 'not-due' : 'page-done';
      if ((await write(claimed, { nextAt: now + ROUND_EVERY_MS })) === null) return 'not-due';
      const { findings, auditEntries } = round;
      if (findings + auditEntries > 0) emit({ what: 'old-data-shrunk', findings, auditEntries });
      return 'round-done';
    },
  };
}
