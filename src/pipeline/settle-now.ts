import type { GroupKey } from '../issues/group-key.ts';
import type { GroupRecord } from '../issues/group-record.ts';
import { GROUPS } from './collections.ts';
import type { SettleQueue } from './settle-queue.ts';
import type { StoreTrust } from './store-trust.ts';
import { put, type Store } from './store.ts';

/**
 * A person asks for a look at a group now: its wait ends, its backoff begins anew, and it goes ahead of the sweep.
 * What it failed with stays until something works.
 * @returns the record as it was written; null: there is no such group
 * @throws StoreUnavailable
 */
export type SettleNow = (group: GroupKey) => Promise<GroupRecord | null>;

export function createSettleNow(deps: { store: Store; queue: SettleQueue; trust: StoreTrust }): SettleNow {
  const { store, queue, trust } = deps;
  return async (group) => {
    for (;;) {
      const [stored] = await store.read(GROUPS, [group]);
      if (!stored) return null;
      const next = hurried(stored.doc, await store.now());
      const result = await store.commit([put(GROUPS, group, stored.version, next)]);
      if (result.ok) {
        await queue.ask(group, 'event');
        return next;
      }
      if (result.because === 'suspect') await trust.ensure();
    }
  };
}

/** A POST that may be on its way at another process's is waited for all the same. */
function hurried(record: GroupRecord, now: number): GroupRecord {
  const wait = record.wait?.because === 'sending-elsewhere' ? record.wait : null;
  return { ...record, wanted: record.wanted + 1, attempts: 0, wait, updatedAt: now };
}
