import { Type, type TSchema } from 'typebox';
import type { PageQuery as StorePageQuery } from '../pipeline/ports/store.ts';

/** What an ARN or an id can be long. */
export const MAX_FILTER_LENGTH = 4_096;

/** A cursor holds a finding key, encoded. */
const MAX_CURSOR_LENGTH = 4 * MAX_FILTER_LENGTH;

/** Items of a page that does not say how many it wants. */
const DEFAULT_LIMIT = 100;

/** A filter by a whole value. */
export const Exact = (what: string) => Type.Optional(Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH, description: what }));

/** What every list takes. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_CURSOR_LENGTH, description: '`nextCursor` of the page before' })),
};

/** What a list answers. */
export const PageOf = <T extends TSchema>(item: T) =>
  Type.Object(
    { items: Type.Array(item), nextCursor: Type.Union([Type.String(), Type.Null()]) },
    { description: 'A page of the list. `nextCursor` null is the end; a page may be shorter than `limit` and still have one' },
  );

/** What the store is asked for. @param terms that the documents must carry, every one */
export function pageQuery(
  { limit = DEFAULT_LIMIT, cursor }: { readonly limit?: number | undefined; readonly cursor?: string | undefined },
  terms: readonly string[],
): StorePageQuery {
  return { terms, limit, ...(cursor === undefined ? {} : { cursor }) };
}
