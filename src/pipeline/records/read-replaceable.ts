import type { Collection, Store } from '../ports/store.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';

/** A document whose loss costs nothing but a little time; `doc` null: there is none, or it can't be read. `version` is what a write over it must name. */
export interface Replaceable<T> {
  readonly doc: T | null;
  readonly version: string | null;
}

/** Reads a document that is written anew when it can't be read. Never for one that says what stands in Jira. */
export async function readReplaceable<T>(store: Store, from: Collection<T>, id: string): Promise<Replaceable<T>> {
  try {
    const [stored] = await store.read(from, [id]);
    return { doc: stored?.doc ?? null, version: stored?.version ?? null };
  } catch (error) {
    if (error instanceof DocumentUnreadable) return { doc: null, version: error.document.version };
    throw error;
  }
}
