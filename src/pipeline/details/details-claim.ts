import type { GroupRecord } from '../../issues/group-record.ts';
import { DETAILS, FINDINGS, GROUPS, type DetailsRecord } from '../records/collections.ts';
import { remember, type FindingRecord } from '../records/finding-record.ts';
import type { RefusalCode } from '../ports/details-source.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { put, type Store, type Stored, type Write } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** The record of one finding's details while one process sees to them. Every write is a compare-and-set, so that the claim ends with the first that fails. */
export interface DetailsClaim {
  /** As it was last written; null: somebody else has it. */
  record(): DetailsRecord | null;
  /** Keeps others away for a wait and the call after it. @returns false when somebody else has it */
  renew(waitMs: number): Promise<boolean>;
  /** Lets go of it. @param next null: nothing is wanted any more */
  release(next: DetailsRecord | null): Promise<void>;
}

/** Longer than a call and what comes after it; a process that is silent for so long is taken for dead. */
const CLAIM_MS = 60_000;

export function createDetailsClaim(
  { store, queue, trust }: { readonly store: Store; readonly queue: ReconcileQueue; readonly trust: StoreTrust },
  stored: Stored<DetailsRecord>,
): DetailsClaim {
  const key = stored.id;
  let held: Stored<DetailsRecord> | null = stored;

  async function written(writes: readonly Write[]): Promise<string | null> {
    const result = await store.commit(writes);
    if (!result.ok && result.because === 'suspect') await trust.ensure();
    return result.ok ? (result.versions[0] ?? '') : null;
  }

  /** Nothing is awaited any more: the group may wait for just this, and what changed meanwhile is wanted anew by the look that follows. */
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

/** HistoryNote once for each reason why details can't be had. */
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
  return { ...record, history: remember(record.history, entry), updatedAt: now };
}

/** The group wanting a look now, if details were all that it waited for. */
function awake(record: GroupRecord, now: number): GroupRecord {
  return {
    ...record,
    generation: record.generation + 1,
    requeueAt: record.requeueAt?.because === 'details-awaited' ? null : record.requeueAt,
    updatedAt: now,
  };
}
