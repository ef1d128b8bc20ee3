import { savedOver } from '../../issues/derived.ts';
import { awake } from '../groups/request-pass.ts';
import { DETAILS, type DetailsRecord } from '../records/details-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { GROUPS } from '../records/group-collections.ts';
import { remember, type FindingRecord } from '../records/finding-record.ts';
import type { RefusalCode } from '../ports/details-source.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';

/** One process's claim on the details of a finding. Every write is a compare-and-set, so the claim ends with the first that fails. */
export interface DetailsClaim {
  /** The record as last written; null: another process has it. */
  record(): DetailsRecord | null;
  /** Extends the claim by a wait and the call after it. @returns false when another process has it */
  renew(waitMs: number): Promise<boolean>;
  /** Ends the claim. @param next the record to leave; null: nothing is wanted any more */
  release(next: DetailsRecord | null): Promise<void>;
}

/** Longer than a call and its processing, and far shorter than creates wait for details; a process that is silent for so long counts as dead. Ms. */
const CLAIM_MS = 30_000;

export function createDetailsClaim(
  { store, queue }: { readonly store: Store; readonly queue: ReconcileQueue },
  stored: Stored<DetailsRecord>,
): DetailsClaim {
  const key = stored.id;
  let held: Stored<DetailsRecord> | null = stored;

  async function written(writes: readonly Write[]): Promise<string | null> {
    const result = await store.commit(writes);
    return result.ok ? (result.versions[0] ?? '') : null;
  }

  /** Fetching has ended: the group may wait for just this, and its next pass wants anew what changed meanwhile. */
  async function end(claimed: Stored<DetailsRecord>, next: DetailsRecord | null): Promise<void> {
    for (;;) {
      const [[current], [finding], now] = await Promise.all([store.read(DETAILS, [key]), store.read(FINDINGS, [key]), store.now()]);
      if (current?.version !== claimed.version || !finding) return;
      const [group] = await store.read(GROUPS, [finding.doc.group]);
      const writes = [put(DETAILS, key, claimed.version, next), ...historyWrites(finding, claimed.doc, next, now)];
      if (group) writes.push(put(GROUPS, group.id, group.version, awake(group.doc, now)));
      if ((await written(writes)) === null) continue;
      await queue.ask(finding.doc.group, 'event');
      return;
    }
  }

  return {
    record: () => held?.doc ?? null,
    async renew(waitMs) {
      if (held === null) return false;
      const doc = { ...held.doc, dueAt: (await store.now()) + waitMs + CLAIM_MS };
      const version = await written([put(DETAILS, key, held.version, doc)]);
      held = version === null ? null : { id: key, doc, version };
      return held !== null;
    },
    async release(next) {
      const claimed = held;
      held = null;
      if (claimed === null) return;
      if (next === null || next.state === 'missing') await end(claimed, next);
      else await written([put(DETAILS, key, claimed.version, next)]);
    },
  };
}

/** A history entry, once for each reason why details are missing. */
function historyWrites(
  { id, doc, version }: Stored<FindingRecord>,
  before: DetailsRecord,
  next: DetailsRecord | null,
  now: number,
): readonly Write[] {
  const code = next?.missing?.code;
  return code === undefined || code === before.missing?.code ? [] : [put(FINDINGS, id, version, withMissing(doc, code, now))];
}

function withMissing(record: FindingRecord, code: RefusalCode, now: number): FindingRecord {
  const entry = { at: now, what: 'details-missing', because: code, issueKey: record.mapping.issue?.key ?? null } as const;
  return { ...record, history: remember(record.history, entry), ...savedOver(record, now) };
}
