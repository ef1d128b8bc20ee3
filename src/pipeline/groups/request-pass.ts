import type { GroupKey } from '../../issues/group-key.ts';
import { outlastsNews, type GroupRecord } from '../../issues/group-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import { put, type Store } from '../ports/store.ts';

/** Raises the generation of a group, if it is known, so that its next pass plans anew; the caller asks the queue. */
export async function requestPass(store: Store, group: GroupKey): Promise<void> {
  for (;;) {
    const [stored] = await store.read(GROUPS, [group]);
    if (!stored) return;
    const next = withPassRequested(stored.doc, await store.now());
    const result = await store.commit([put(GROUPS, group, stored.version, next)]);
    if (result.ok) return;
  }
}

/** The record of a group that is due for a pass, without its wait for details or facts; every other wait stays. @param now store's clock, epoch ms */
export function awake(record: GroupRecord, now: number): GroupRecord {
  const requeueAt = record.requeueAt?.because === 'details-awaited' ? null : record.requeueAt;
  return { ...record, generation: record.generation + 1, requeueAt, updatedAt: now };
}

/** The record of a group whose next pass plans anew. @param now store's clock, epoch ms */
export function withPassRequested(record: GroupRecord, now: number): GroupRecord {
  const { generation, requeueAt } = record;
  return { ...record, generation: generation + 1, requeueAt: outlastsNews(requeueAt) ? requeueAt : null, updatedAt: now };
}
