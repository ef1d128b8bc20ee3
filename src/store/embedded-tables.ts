import { SCHEMA } from './schema-version.ts';

/**
 * The tables of documents and of their index. `place` stands for collection and id, `term` for collection and term: see `places.ts`. `content`
 * is a packed document.
 */
export const DOCUMENT_TABLES_SQL = `
  CREATE TABLE documents (
    n INTEGER PRIMARY KEY, place BLOB NOT NULL UNIQUE, collection TEXT NOT NULL, id TEXT NOT NULL, version INTEGER NOT NULL, due REAL,
    content BLOB NOT NULL
  ) STRICT;
  CREATE INDEX documents_due ON documents (collection, due, id) WHERE due IS NOT NULL;
  CREATE TABLE terms (term INTEGER NOT NULL, at INTEGER NOT NULL, n INTEGER NOT NULL, PRIMARY KEY (term, at, n)) STRICT, WITHOUT ROWID;
  CREATE TABLE counters (term INTEGER PRIMARY KEY, documents INTEGER NOT NULL) STRICT;
  PRAGMA user_version = ${SCHEMA.current};
`;

/** All tables of an empty store. */
export const TABLES_SQL = `
  ${DOCUMENT_TABLES_SQL}
  CREATE TABLE store (identity TEXT NOT NULL, sequence INTEGER NOT NULL) STRICT;
  INSERT INTO store (identity, sequence) VALUES ('', 0);
`;

export const TABLES = ['documents', 'terms', 'counters', 'store'];
