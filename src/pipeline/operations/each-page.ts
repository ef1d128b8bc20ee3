import type { Collection, Page, Store } from '../ports/store.ts';

/** Documents per page. */
const PAGE = 200;

/**
 * Every document that carries the terms, page by page, the newest first.
 * @param from the cursor of an earlier run; null: at the beginning
 */
export async function* eachPage<T>(
  store: Store,
  collection: Collection<T>,
  terms: readonly string[],
  from: string | null = null,
): AsyncGenerator<Page<T>, void> {
  let cursor = from;
  do {
    const page: Page<T> = await store.page(collection, { terms, limit: PAGE, ...(cursor === null ? {} : { cursor }) });
    yield page;
    cursor = page.nextCursor;
  } while (cursor !== null);
}

/** How many documents carry all of the terms. */
export async function countAll<T>(store: Store, collection: Collection<T>, terms: readonly string[]): Promise<number> {
  if (terms.length < 2) return (await store.counts(collection, [terms[0] ?? '']))[0] ?? 0;
  let count = 0;
  for await (const { items } of eachPage(store, collection, terms)) count += items.length;
  return count;
}
