import type { Indexed } from './packed-document.ts';

/** The terms whose entries a change of a document removes and adds; an entry moves with `at`. */
export interface IndexChanges {
  readonly gone: readonly string[];
  readonly came: readonly string[];
}

/** What differs between a document's index before and after; null: absent. */
export function indexChanges(was: Indexed | null, becomes: Indexed | null): IndexChanges {
  if (was === null || becomes === null || was.at !== becomes.at) return { gone: was?.terms ?? [], came: becomes?.terms ?? [] };
  const [before, after] = [new Set(was.terms), new Set(becomes.terms)];
  return { gone: was.terms.filter((term) => !after.has(term)), came: becomes.terms.filter((term) => !before.has(term)) };
}
