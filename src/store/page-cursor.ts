import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { InvalidCursor, type PageQuery } from '../pipeline/ports/store.ts';
import { MAX_AT } from './check-writes.ts';

/** Entries that one call of `page` may examine. */
const MAX_EXAMINED = 1_000;

const MAX_LIMIT = 500;

/** The entry after which a page begins, and its list: collection, order, `at`, id; null: all entries of that `at` come before it. */
const PageCursor = Type.Tuple([
  Type.String(),
  Type.Union([Type.Literal('newest'), Type.Literal('oldest')]),
  Type.Integer({ minimum: 0, maximum: MAX_AT }),
  Type.Union([Type.String(), Type.Null()]),
]);
type PageCursor = Static<typeof PageCursor>;

const cursors = Compile(PageCursor);

/** A parsed page query. `terms` is never empty; `window` is how many entries of the rarest term are examined. */
export interface PageWalk {
  readonly terms: readonly string[];
  readonly limit: number;
  readonly window: number;
  readonly order: 'newest' | 'oldest';
  /** The last entry of the previous page; `id` null: the last one of that `at`. */
  readonly after: { readonly at: number; readonly id: string | null } | null;
}

/** @throws InvalidCursor; RangeError when `limit` is not 1 to 500 */
export function pageWalk(collection: string, query: PageQuery): PageWalk {
  const { limit, cursor, order = 'newest' } = query;
  if (!Number.isInteger(limit) || limit < 1 || limit > MAX_LIMIT) throw new RangeError(`limit must be 1 to ${MAX_LIMIT}`);
  const terms = query.terms.length === 0 ? [''] : [...new Set(query.terms)];
  // One extra entry shows whether the list continues; only with several terms can entries not match.
  const window = terms.length === 1 ? limit + 1 : MAX_EXAMINED;
  return { terms, limit, window, order, after: cursor === undefined ? null : parseCursor(collection, order, cursor) };
}

function parseCursor(collection: string, order: 'newest' | 'oldest', cursor: string): { at: number; id: string | null } {
  const raw = parseJson(Buffer.from(cursor, 'base64url').toString());
  if (!cursors.Check(raw)) throw new InvalidCursor();
  const [ofCollection, ofOrder, at, id] = raw;
  if (ofCollection !== collection || ofOrder !== order) throw new InvalidCursor();
  return { at, id };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

/** Names the last entry of a page; opaque to the caller. */
export function renderCursor(collection: string, order: 'newest' | 'oldest', at: number, id: string | null): string {
  const cursor: PageCursor = [collection, order, at, id];
  return Buffer.from(JSON.stringify(cursor)).toString('base64url');
}
