import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import type { Page, Store, Stored } from '../ports/store.ts';
import type { Yielder } from '../rulebook/yielder.ts';

/** A page is read in one piece, so it is kept short. */
const PAGE = 50;

/**
 * Goes over every known finding, the oldest first, page by page, and yields between pages. Findings that come meanwhile are at the end.
 * @param from the cursor to begin at; null: at the beginning
 * @param each gets a page, and the cursor after it
 */
export async function walkFindings(
  { store, yielder }: { readonly store: Store; readonly yielder: Yielder },
  from: string | null,
  each: (records: readonly Stored<FindingRecord>[], cursor: string | null) => Promise<void>,
): Promise<void> {
  let cursor = from;
  do {
    const page: Page<FindingRecord> = await store.page(FINDINGS, {
      terms: [],
      limit: PAGE,
      order: 'oldest',
      ...(cursor === null ? {} : { cursor }),
    });
    cursor = page.nextCursor;
    await each(page.items, cursor);
    await yielder.yieldIfDue();
  } while (cursor !== null);
}
