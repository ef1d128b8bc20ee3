import type { PageWalk } from './page-cursor.ts';
import { renderCursor } from './page-cursor.ts';
import type { RawDocument } from './set-aside.ts';

/** A document as the index gave it. */
export interface PlacedDocument extends RawDocument {
  readonly at: number;
}

/** A page whose documents are yet to be read. */
export interface RawPage {
  readonly rows: readonly RawDocument[];
  readonly nextCursor: string | null;
}

/**
 * Makes a page of what the index gave. The index knows no ids, so it gives documents of one time in an order of its own, and always all of
 * them: also those of the cursor's time that earlier pages had.
 * @param last the time up to which the index was examined; null: to the end
 */
export function orderPage(
  collection: string,
  { order, after, limit }: Pick<PageWalk, 'order' | 'after' | 'limit'>,
  found: readonly PlacedDocument[],
  last: number | null,
): RawPage {
  const sign = order === 'newest' ? -1 : 1;
  const beyond = found.filter(
    ({ at, id }) => after === null || at !== after.at || (after.id !== null && sign * compareIds(id, after.id) > 0),
  );
  const sorted = beyond.toSorted((a, b) => sign * (a.at - b.at || compareIds(a.id, b.id)));
  const rows = sorted.slice(0, limit);
  const end = rows.at(-1);
  if (sorted.length > rows.length && end !== undefined) return { rows, nextCursor: renderCursor(collection, order, end.at, end.id) };
  return { rows, nextCursor: last === null ? null : renderCursor(collection, order, last, null) };
}

/** By their bytes in UTF-8. */
function compareIds(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}
