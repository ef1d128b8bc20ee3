/**
 * A part of a long list, as one request gave it. Only parts near what is seen keep their rows: 100,000 rows would make the browser's
 * collection of garbage stop the page for longer than a person overlooks.
 * @typedef {{ cursor: string | null, first: string, count: number, rows: readonly any[] | null }} ListPage
 * `cursor`: where it is read from. `first`: the key of its first row. `rows` null: let go of, to be read again.
 */

/** Rows that are kept above and below what is seen. */
const NEAR = 800;

/** @param {readonly ListPage[]} pages */
export function countOf(pages) {
  return pages.reduce((sum, { count }) => sum + count, 0);
}

/** Rows by their place; null: it was let go of. @param {readonly ListPage[]} pages @param {number} from @param {number} to the place after the last one @returns {readonly any[]} */
export function rowsIn(pages, from, to) {
  return withPlaces(pages).flatMap(({ page: { rows, count }, at }) => {
    const [first, end] = [Math.max(0, from - at), Math.min(count, to - at)];
    if (first >= end) return [];
    return rows === null ? Array.from({ length: end - first }, () => null) : rows.slice(first, end);
  });
}

/** The pages without the rows that are far from what is seen; the same array if there are none. @param {readonly ListPage[]} pages @param {number} from @param {number} to */
export function keptNear(pages, from, to) {
  const isFar = (/** @type {number} */ at, /** @type {number} */ count) => at >= to + NEAR || at + count <= from - NEAR;
  const placed = withPlaces(pages);
  if (!placed.some(({ page: { rows, count }, at }) => rows !== null && isFar(at, count))) return pages;
  return placed.map(({ page, at }) => (isFar(at, page.count) ? { ...page, rows: null } : page));
}

/** The first page in sight that has to be read again; null: all are there. @param {readonly ListPage[]} pages @param {number} from @param {number} to */
export function gapIn(pages, from, to) {
  return withPlaces(pages).find(({ page: { rows, count }, at }) => rows === null && at < to && at + count > from)?.page ?? null;
}

/**
 * The pages with the rows of one of them, which end where the next page begins: meanwhile others may match.
 * @param {readonly ListPage[]} pages @param {string | null} cursor of the page @param {readonly any[]} rows @param {(row: any) => string} keyOf
 */
export function withRows(pages, cursor, rows, keyOf) {
  return pages.flatMap((page, at) => {
    if (page.cursor !== cursor) return [page];
    const next = pages[at + 1];
    const end = next === undefined ? -1 : rows.findIndex((row) => keyOf(row) === next.first);
    const own = end === -1 ? rows : rows.slice(0, end);
    const [first] = own;
    return first === undefined ? [] : [{ cursor, first: keyOf(first), count: own.length, rows: own }];
  });
}

/** Adds a page; one without rows adds nothing. @param {readonly ListPage[]} pages @param {string | null} cursor @param {readonly any[]} rows @param {(row: any) => string} keyOf */
export function withPage(pages, cursor, rows, keyOf) {
  const [first] = rows;
  return first === undefined ? pages : [...pages, { cursor, first: keyOf(first), count: rows.length, rows }];
}

/** @param {readonly ListPage[]} pages */
function withPlaces(pages) {
  let at = 0;
  return pages.map((page) => {
    const place = { page, at };
    at += page.count;
    return place;
  });
}
