import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/** Puts a text in place of a document's own, or of its terms, in the SQLite file of a store that may be open. */
export function spoilDocument(folder: string, collection: string, id: string, text: string, column: 'json' | 'terms' = 'json'): void {
  const db = new DatabaseSync(join(folder, 'store.sqlite'), { timeout: 1_000 });
  const { changes } = db.prepare(`UPDATE documents SET ${column} = ? WHERE collection = ? AND id = ?`).run(text, collection, id);
  db.close();
  if (changes !== 1) throw new Error(`There is no document ${collection}/${id}`);
}
