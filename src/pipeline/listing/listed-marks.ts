import { MAX_WRITES, put, type Store, type Write } from '../ports/store.ts';
import { LISTED } from '../records/analyzer-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { packIds, unpackIds } from './listed-ids.ts';

/**
 * Which findings a listing has had so far: one small document for each page, so that a kill loses nothing and no finding is written only because it
 * was listed.
 */
export interface ListedMarks {
  /** The write for a page, for the commit that records the page as done. */
  mark(analyzerArn: string, page: number, ids: readonly string[]): Promise<readonly Write[]>;
  /** Every id of so many pages; null: a page is missing, so the listing is not complete. */
  load(analyzerArn: string, pages: number): Promise<ReadonlySet<string> | null>;
  /** Forgets so many pages. A page that stays is written over by the next listing. */
  forget(analyzerArn: string, pages: number): Promise<void>;
}

/** Pages that are read at once. */
const CHUNK = 100;

const idOf = (analyzerArn: string, page: number): string => `${analyzerArn}|${page}`;

export function createListedMarks(store: Store): ListedMarks {
  function pageIds(analyzerArn: string, from: number, to: number): readonly string[] {
    return Array.from({ length: Math.max(0, to - from) }, (_, at) => idOf(analyzerArn, from + at));
  }

  return {
    async mark(analyzerArn, page, ids) {
      const id = idOf(analyzerArn, page);
      const { version } = await readReplaceable(store, LISTED, id);
      return [put(LISTED, id, version, { ids: packIds(ids) })];
    },
    async load(analyzerArn, pages) {
      const all = new Set<string>();
      for (let from = 0; from < pages; from += CHUNK) {
        const stored = await store.read(LISTED, pageIds(analyzerArn, from, Math.min(pages, from + CHUNK)));
        for (const page of stored) {
          if (page === null) return null;
          for (const id of unpackIds(page.doc.ids)) all.add(id);
        }
      }
      return all;
    },
    async forget(analyzerArn, pages) {
      for (let from = 0; from < pages; from += MAX_WRITES) {
        const stored = await store.read(LISTED, pageIds(analyzerArn, from, Math.min(pages, from + MAX_WRITES)));
        const writes = stored.flatMap((page) => (page === null ? [] : [put(LISTED, page.id, page.version, null)]));
        if (writes.length > 0) await store.commit(writes);
      }
    },
  };
}

/** For a dry run: in memory, and nothing is written. */
export function createPassingMarks(): ListedMarks {
  const pages = new Map<string, readonly string[]>();

  return {
    async mark(analyzerArn, page, ids) {
      pages.set(idOf(analyzerArn, page), ids);
      return [];
    },
    load: async () => new Set([...pages.values()].flat()),
    forget: async () => pages.clear(),
  };
}
