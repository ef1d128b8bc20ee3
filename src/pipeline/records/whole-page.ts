import type { Collection, PageQuery, Store, Stored } from '../ports/store.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';

/** The first page, for a decision that rests on every document of it. @throws DocumentUnreadable when one of them can't be read */
export async function wholePage<T>(store: Store, from: Collection<T>, query: PageQuery): Promise<readonly Stored<T>[]> {
  const { items, unreadable: [first] = [] } = await store.page(from, query);
  if (first !== undefined) throw new DocumentUnreadable(first);
  return items;
}
