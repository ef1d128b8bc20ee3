import { entriesToFind, findsPart } from '../../findings/name-search.ts';
import type { Page, Store, Stored } from '../ports/store.ts';
import { FINDINGS } from './finding-collections.ts';
import type { FindingRecord } from './finding-record.ts';
import { namesOf } from './finding-terms.ts';

/** The term of a search in names. This and the next are no terms of the store. */
const SEARCH = 'q:';

/** Most findings are not overdue, so the store has no entries for them. */
const NOT_OVERDUE = 'overdue:false';

/** Findings that one read of a search examines, and the reads of one page. */
const STRIDE = 200;
const MAX_READS = 10;

/**
 * A page of the findings that carry all terms; `q:` and a text stands for the names that have a part beginning with it, and `overdue:false` for
 * all that are not overdue. The page of such a search may be shorter than `limit` and still have a cursor, since each finding is looked at.
 */
export async function pageOfFindings(
  store: Store,
  { terms, limit, cursor }: { readonly terms: readonly string[]; readonly limit: number; readonly cursor?: string },
): Promise<Page<FindingRecord>> {
  const { indexed, keeps } = searchIn(terms);
  const read = (from: string | undefined, size: number): Promise<Page<FindingRecord>> =>
    store.page(FINDINGS, { terms: indexed, limit: size, ...(from === undefined ? {} : { cursor: from }) });
  if (keeps === null) return read(cursor, limit);
  const items: Stored<FindingRecord>[] = [];
  let from = cursor;
  for (let reads = 0; reads < MAX_READS && items.length < limit; reads += 1) {
    let page = await read(from, STRIDE);
    const wanted = limit - items.length;
    const places = page.items.flatMap((item, at) => (keeps(item) ? [at] : []));
    const last = places[wanted - 1];
    // The cursor must stand behind the last finding that is shown.
    if (last !== undefined && last + 1 < page.items.length) page = await read(from, last + 1);
    items.push(...page.items.filter(keeps));
    if (page.nextCursor === null) return { items, nextCursor: null };
    from = page.nextCursor;
  }
  return { items, nextCursor: from ?? null };
}

/** All of these findings, page by page, the newest first. @param from the cursor of an earlier run; null: at the beginning */
export async function* eachPageOfFindings(
  store: Store,
  terms: readonly string[],
  from: string | null = null,
): AsyncGenerator<Page<FindingRecord>, void> {
  let cursor = from;
  do {
    const page: Page<FindingRecord> = await pageOfFindings(store, { terms, limit: STRIDE, ...(cursor === null ? {} : { cursor }) });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** How many findings carry all terms. */
export async function countFindings(store: Store, terms: readonly string[]): Promise<number> {
  const { indexed, keeps } = searchIn(terms);
  if (keeps === null && indexed.length < 2) return (await store.counts(FINDINGS, [indexed[0] ?? '']))[0] ?? 0;
  let count = 0;
  for await (const { items } of eachPageOfFindings(store, terms)) count += items.length;
  return count;
}

/** The terms that the store knows, and the check of what it finds; null: none is needed. */
function searchIn(terms: readonly string[]): {
  readonly indexed: readonly string[];
  readonly keeps: ((found: Stored<FindingRecord>) => boolean) | null;
} {
  const texts = terms.flatMap((term) => (term.startsWith(SEARCH) ? [term.slice(SEARCH.length)] : []));
  const others = terms.filter((term) => term !== NOT_OVERDUE);
  const indexed = others.flatMap((term) =>
    term.startsWith(SEARCH) ? entriesToFind(term.slice(SEARCH.length)).map((entry) => `${SEARCH}${entry}`) : [term],
  );
  const checks = [
    ...(texts.length === 0 ? [] : [(doc: FindingRecord) => texts.every((text) => findsPart(namesOf(doc), text))]),
    ...(others.length === terms.length ? [] : [(doc: FindingRecord) => doc.mapping.due?.passed !== true]),
  ];
  return { indexed, keeps: checks.length === 0 ? null : ({ doc }) => checks.every((check) => check(doc)) };
}
