import { Type, type TSchema } from 'typebox';
import type { PageQuery as StorePageQuery } from '../pipeline/ports/store.ts';

/** The longest ARN or id. */
export const MAX_FILTER_LENGTH = 4_096;

/** A cursor holds an encoded finding key. */
const MAX_CURSOR_LENGTH = 4 * MAX_FILTER_LENGTH;

/** The size of a page when the request gives none. */
const DEFAULT_LIMIT = 100;

/** A filter by a whole value. */
export const Exact = (what: string) => Type.Optional(Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH, description: what }));

/** The parameters of every list. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_CURSOR_LENGTH, description: '`nextCursor` of the previous page' })),
};

/** The answer of a list. */
export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object(
    { items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) },
    { description: 'A page of the list. `nextCursor` null: the end. A page that is shorter than `limit` may still have one' },
  );

/** The store's query. @param terms a document must have all of them */
export function pageQuery(
  { limit = DEFAULT_LIMIT, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  terms: readonly string[],
): StorePageQuery {
  return { terms, limit, ...(cursor === undefined ? {} : { cursor }) };
}
