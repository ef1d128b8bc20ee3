import { MAX_WRITES, type Write } from '../pipeline/ports/store.ts';

/** The latest `at` that a cursor and a sortable text of 16 digits can hold. */
export const MAX_AT = 9_007_199_254_740_991;

/** Refuses writes that no store could keep. @throws RangeError: a mistake of the caller, never of the data */
export function checkWrites(writes: readonly Write[]): void {
  if (writes.length > MAX_WRITES) throw new RangeError(`A commit holds at most ${MAX_WRITES} documents, not ${writes.length}`);
  const places = new Set(writes.map(({ collection, id }) => JSON.stringify([collection, id])));
  if (places.size < writes.length) throw new RangeError('A commit holds each document once');
  for (const { collection, becomes } of writes) {
    if (becomes === null) continue;
    if (!isEpochMs(becomes.at)) throw new RangeError(`at of a document of ${collection} must be epoch ms`);
    if (becomes.due !== null && !Number.isFinite(becomes.due))
      throw new RangeError(`due of a document of ${collection} must be epoch ms or null`);
  }
}

/** Whether it can be the `at` of a document. */
export function isEpochMs(at: number): boolean {
  return Number.isSafeInteger(at) && at >= 0;
}

/** The terms by which a document is found: its own, and the empty one, which counts all. */
export function indexTerms(terms: readonly string[]): readonly string[] {
  return [...new Set(['', ...terms.map((term) => term.toWellFormed())])];
}
