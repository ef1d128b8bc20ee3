import { Type } from 'typebox';

/** What an ARN or an id can be long. */
export const MAX_FILTER_LENGTH = 4_096;

/** A cursor holds a finding key, encoded. */
const MAX_CURSOR_LENGTH = 4 * MAX_FILTER_LENGTH;

/** Items of a page that does not say how many it wants. */
export const DEFAULT_LIMIT = 100;

/** A filter by a whole value. */
export const Exact = (what: string) => Type.Optional(Type.String({ minLength: 1, maxLength: MAX_FILTER_LENGTH, description: what }));

/** What every list takes. */
export const PageQuery = {
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 500, default: DEFAULT_LIMIT })),
  cursor: Type.Optional(Type.String({ minLength: 1, maxLength: MAX_CURSOR_LENGTH, description: '`nextCursor` of the page before' })),
};
