import { FINDINGS } from '../records/finding-collections.ts';
import { readReadable } from '../records/read-readable.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { put, type Store, type Stored } from '../ports/store.ts';

/** Findings of one call; the rest of a long list is marked at the next. */
const PAGE = 100;

/**
 * Marks findings whose issues have become overdue since the last pass over them, so that the store finds and counts them: its terms know no clock.
 * Where another writer is first, the finding is still due, or was marked by it.
 * @param now store's clock, epoch ms
 */
export async function markOverdue(store: Store, now: number): Promise<void> {
  const found = await readReadable(store, FINDINGS, await store.due(FINDINGS, now, PAGE));
  await Promise.all(found.map((one) => mark(store, one)));
}

async function mark(store: Store, { id, doc, version }: Stored<FindingRecord>): Promise<void> {
  const { mapping } = doc;
  if (mapping.due === undefined) return;
  await store.commit([put(FINDINGS, id, version, { ...doc, mapping: { ...mapping, due: { ...mapping.due, passed: true } } })]);
}
