import { AUDIT, DETAILS, FINDINGS, GROUPS, SWEEPS, type SweepRecord } from '../records/collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store, type Stored } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { findingVerdict, groupVerdict, shrunkRecord } from './shrink-verdict.ts';

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
  /** How long history is kept, ms. */
  readonly retentionMs: number;
}

/** Id of its document in `SWEEPS`. */
const RETENTION = 'retention';

const ROUND_EVERY_MS = 24 * 60 * 60_000;
/** A replica that needs longer for a page counts as dead, ms. */
const CLAIM_MS = 60_000;
/** Findings, or audit entries, of a page. */
const PAGE = 25;

type Round = NonNullable<SweepRecord['round']>;

const NEW_ROUND: Round = { cursor: null, findings: 0, auditEntries: 0 };

export function createRetention({ store, trust, emit, retentionMs }: RetentionDeps): Retention {
  /** @returns null when another writer was first */
  async function write(stored: Stored<SweepRecord> | null, doc: SweepRecord): Promise<Stored<SweepRecord> | null> {
    const result = await store.commit([put(SWEEPS, RETENTION, stored?.version ?? null, doc)]);
    const [version = null] = result.ok ? result.versions : [];
    return version === null ? null : { id: RETENTION, doc, version };
  }

  /** Old audit entries first, then findings from the oldest on. @returns the round after it, and whether that was its last page */
  async function page(round: Round, now: number): Promise<{ readonly round: Round; readonly isLast: boolean }> {
    const before = now - retentionMs;
    const forgotten = await forgetAudit(before);
    const counted = { ...round, auditEntries: round.auditEntries + forgotten };
    if (forgotten > 0) return { round: counted, isLast: false };
    const { items, nextCursor } = await store.page(FINDINGS, {
      terms: [],
      limit: PAGE,
      order: 'oldest',
      ...(round.cursor === null ? {} : { cursor: round.cursor }),
    });
    const findings = round.findings + (await shrinkAll(items, before, now));
    // All findings after it are younger still.
    const reachedYoung = (items.at(-1)?.doc.firstSeenAt ?? 0) > before;
    return { round: { ...counted, findings, cursor: nextCursor }, isLast: nextCursor === null || reachedYoung };
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
    for (const stored of await store.read(GROUPS, [...groups])) {
      const members = stored === null ? [] : await store.read(FINDINGS, stored.doc.members);
      const known = members.flatMap((member) => member?.doc ?? []);
      if (stored !== null && groupVerdict(stored.doc, known, before).shrinks) resting.add(stored.id);
    }
    return resting;
  }

  /** Without the question to AWS for its details, which nothing answers any more. @returns false when another writer was first */
  async function shrink({ id, doc, version }: Stored<FindingRecord>, now: number): Promise<boolean> {
    const [details] = await store.read(DETAILS, [id]);
    const result = await store.commit([
      put(FINDINGS, id, version, shrunkRecord(doc, now)),
      ...(details ? [put(DETAILS, id, details.version, null)] : []),
    ]);
    return result.ok;
  }

  return {
    async advance() {
      const [stored = null] = await store.read(SWEEPS, [RETENTION]);
      const now = await store.now();
      if (stored !== null && stored.doc.nextAt > now) return 'not-due';
      if (!(await trust.isTrusted())) return 'not-due';
      const begun = stored?.doc.round ?? NEW_ROUND;
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
