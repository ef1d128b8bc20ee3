import { put, type Store, type Write } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { TRIALS } from '../records/service-collections.ts';

/** What a trial shows. `because`: another process tried at the same time, or the store is another one and was just recorded as such. */
export type Trial = { readonly written: true } | { readonly written: false; readonly because: 'conflict' | 'suspect' };

const ID = 'trial';

/**
 * A trial is larger than the commit that failed: a full disk may have room for a few small documents in the log of SQLite, and after the trial
 * the commits of many messages come together.
 */
const TIMES = 4;
const MIN_BYTES = 256 * 1_024;
const MAX_BYTES = 4 * 1_024 * 1_024;

/**
 * Commits a document to the store and removes it again. Both are needed: where the first one took the last room, the next commit fails.
 * @param needed bytes of the largest commit that failed
 * @throws StoreUnavailable
 */
export async function tryCommit(store: Store, trust: StoreTrust, needed: number): Promise<Trial> {
  const filling = 'x'.repeat(Math.min(MAX_BYTES, Math.max(MIN_BYTES, needed * TIMES)));
  const [left] = await store.read(TRIALS, [ID]);
  const written = await store.commit([put(TRIALS, ID, left?.version ?? null, { filling })]);
  const removed = written.ok ? await store.commit([put(TRIALS, ID, written.versions[0] ?? null, null)]) : written;
  if (removed.ok) return { written: true };
  if (removed.because === 'suspect') await trust.ensure();
  return { written: false, because: removed.because };
}

/** About how much a commit stores. */
export function bytesOf(writes: readonly Write[]): number {
  return writes.reduce((sum, { becomes }) => sum + (becomes?.json.length ?? 0), 0);
}
