/** A page of a list that has its own kind of tokens. */
export interface AnalyzerPage<T> {
  readonly items: readonly T[];
  readonly nextToken: string | null;
}

/**
 * @param list names the list: a token of another one is refused
 * @param endless the page after this one is the first again, for ever
 * @returns null when the token was not given out by this list
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
