/** A page of a list with its own tokens. */
export interface AnalyzerPage<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/**
 * @param list name of the list: tokens of other lists are refused
 * @param endless true: every next page is the first one again
 * @returns null for a token of another list, or a size below 1
 */
export function nextPage<T>(list: string, all: readonly T[], token: string | null, size: number, endless: boolean): AnalyzerPage<T> | null {
  const from = token === null ? 0 : startOf(list, token);
  if (from === null || !Number.isInteger(size) || size < 1) return null;
  const end = from + size;
  if (endless) return { items: all.slice(0, size), nextToken: tokenFor(list, 0) };
  return { items: all.slice(from, end), nextToken: end < all.length ? tokenFor(list, end) : null };
}

function tokenFor(list: string, from: number): string {
  return Buffer.from(`${list} ${from}`).toString('base64');
}

function startOf(list: string, token: string): number | null {
  const [name, from] = Buffer.from(token, 'base64').toString().split(' ');
  return name === list && from !== undefined && /^\d+$/.test(from) ? Number(from) : null;
}
