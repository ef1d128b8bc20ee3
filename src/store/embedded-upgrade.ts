import type { DatabaseSync } from 'node:sqlite';
import { DOCUMENT_TABLES_SQL } from './embedded-tables.ts';
import { prepareIndex, type Tally } from './embedded-index.ts';
import { packDocument, type Indexed } from './packed-document.ts';
import { bytesOf, placeOf } from './places.ts';
import { SCHEMA, upgradeSentence, type OnUpgrade } from './schema-version.ts';

/** The table of documents of schema version 2, under its name while it is rewritten. */
const OLD = 'documents_2';

/** Documents of one transaction: what a kill undoes takes less than a second to do again. */
const BATCH = 500;

/** Takes the tables of version 2 out of the way. What follows is made from its documents, which have their terms in themselves. */
const SET_OLD_ASIDE_SQL = `
  DROP INDEX documents_due; DROP TABLE terms; DROP TABLE counters; ALTER TABLE documents RENAME TO ${OLD};
`;

/** Rewrites the documents of version 2, and finishes what a process that was stopped has begun. @throws SQLite's own error */
export function raiseDatabase(db: DatabaseSync, onUpgrade?: OnUpgrade): void {
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  // All at once: from here on an earlier version of the service refuses the file.
  if (version !== SCHEMA.current) db.exec(`BEGIN IMMEDIATE; ${SET_OLD_ASIDE_SQL} ${DOCUMENT_TABLES_SQL} COMMIT;`);
  if (db.prepare("SELECT 1 FROM sqlite_schema WHERE type = 'table' AND name = ?").get(OLD) === undefined) return;
  onUpgrade?.(upgradeSentence('DATA_DIR'));
  rewriteDocuments(db);
}

/** It may be broken off at any moment and begun again. */
function rewriteDocuments(db: DatabaseSync): void {
  const some = db.prepare(`SELECT rowid, collection, id, version, at, due, terms, json FROM ${OLD} ORDER BY rowid LIMIT ${BATCH}`);
  const done = db.prepare(`DELETE FROM ${OLD} WHERE rowid <= ?`);
  const insert = db.prepare('INSERT INTO documents (place, collection, id, version, due, content) VALUES (?, ?, ?, ?, ?, ?)');
  const index = prepareIndex(db);
  for (let rows = some.all(); rows.length > 0; rows = some.all()) {
    db.exec('BEGIN IMMEDIATE');
    const tally: Tally = new Map();
    for (const { collection, id, version = 0, at, due = null, terms, json } of rows) {
      const [inside, name] = [String(collection), String(id)];
      const indexed = indexedOf(at, terms);
      const content = packDocument(name, indexed, String(json));
      const { lastInsertRowid } = insert.run(bytesOf(placeOf(inside, name)), inside, name, version, due, content);
      index.change(inside, Number(lastInsertRowid), null, indexed, tally);
    }
    index.writeCounters(tally);
    done.run(rows.at(-1)?.['rowid'] ?? 0);
    db.exec('COMMIT');
  }
  db.exec(`DROP TABLE ${OLD}`);
}

/** @returns null when it can't be read, which then stays so */
function indexedOf(at: unknown, column: unknown): Indexed | null {
  try {
    const terms: unknown = JSON.parse(String(column));
    return typeof at === 'number' && Array.isArray(terms) ? { at, terms: terms.map(String) } : null;
  } catch {
    return null;
  }
}
