import type { DatabaseSync } from 'node:sqlite';
import { EPOCH, type CommitResult, type Write } from '../pipeline/ports/store.ts';
import { DocumentUnreadable } from '../pipeline/ports/unreadable-document.ts';
import { indexTerms } from './check-writes.ts';
import { prepareIndex, type Tally } from './embedded-index.ts';
import { indexOf, packDocument, unpackDocument } from './packed-document.ts';
import type { PageWalk } from './page-cursor.ts';
import { bytesOf, placeOf } from './places.ts';
import type { RawDocument } from './set-aside.ts';
import { orderPage, type PlacedDocument, type RawPage } from './order-page.ts';

/** The result of one of several commits: its answer, or SQLite's own error, which concerns it alone. */
export type Committed = { readonly answer: CommitResult } | { readonly error: unknown };

/** The results of several commits and, when something was written, the sequence number that the database reached. */
export interface CommittedAll {
  readonly each: readonly Committed[];
  readonly sequence: number | null;
}

/** The store's operations on SQLite. They are synchronous, so no two commits ever interleave; each throws SQLite's own error. */
export interface EmbeddedDocuments {
  read(collection: string, id: string): RawDocument | null;
  /**
   * Commits one after the other, each whole or not at all, and all on the disk when it returns. An error concerns all: nothing is kept.
   * @param identity the one that the epoch document must name
   */
  commitAll(commits: readonly (readonly Write[])[], identity: string): CommittedAll;
  page(collection: string, walk: PageWalk): RawPage;
  due(collection: string, now: number, limit: number): readonly string[];
  count(collection: string, term: string): number;
}

/** Prepares the statements of an opened store, for the tables of `store-database.ts`. */
export function prepareDocuments(db: DatabaseSync): EmbeddedDocuments {
  const select = db.prepare('SELECT n, version, content FROM documents WHERE place = ?');
  const selectByNumber = db.prepare('SELECT version, id, content FROM documents WHERE n = ?');
  const insert = db.prepare('INSERT INTO documents (place, collection, id, version, due, content) VALUES (?, ?, ?, ?, ?, ?)');
  const update = db.prepare('UPDATE documents SET version = ?, due = ?, content = ? WHERE n = ?');
  const remove = db.prepare('DELETE FROM documents WHERE n = ?');
  const advance = db.prepare('UPDATE store SET sequence = sequence + 1 RETURNING sequence');
  const dueFirst = db.prepare('SELECT id FROM documents WHERE collection = ? AND due <= ? ORDER BY due, id LIMIT ?');
  const index = prepareIndex(db);

  function find(place: Buffer): Row | null {
    const row = select.get(place);
    return row === undefined ? null : { n: integer(row['n']), version: String(row['version']), content: bytes(row['content']) };
  }

  function read(collection: string, id: string): RawDocument | null {
    const row = find(bytesOf(placeOf(collection, id)));
    return row === null ? null : { id, version: row.version, json: unpackDocument(row.content)?.json ?? null };
  }

  function isOfAnother(writes: readonly Write[], identity: string): boolean {
    return writes.every(({ collection }) => collection !== EPOCH.collection) && identityIn(read(EPOCH.collection, EPOCH.id)) !== identity;
  }

  function write({ write: { collection, id, expected, becomes }, place, row }: Found, sequence: number, tally: Tally): string | null {
    const was = row === null ? null : indexOf(unpackDocument(row.content)?.index ?? '');
    if (row !== null && was === null) throw new DocumentUnreadable({ collection, id, version: expected, because: 'broken-index' });
    const next = becomes === null ? null : { at: becomes.at, terms: indexTerms(becomes.terms) };
    if (becomes === null) {
      if (row === null) return null;
      remove.run(row.n);
      index.change(collection, row.n, was, null, tally);
      return null;
    }
    const content = packDocument(id, next, becomes.json);
    if (row !== null) update.run(sequence, becomes.due, content, row.n);
    const n = row?.n ?? Number(insert.run(place, collection, id, sequence, becomes.due, content).lastInsertRowid);
    index.change(collection, n, was, next, tally);
    return String(sequence);
  }

  /** @returns the answer, and the sequence number of the commit; null: nothing was written */
  function commit(writes: readonly Write[], identity: string): { readonly answer: CommitResult; readonly sequence: number | null } {
    const refused = (because: 'suspect' | 'conflict', id: string) => ({ answer: { ok: false, because, id }, sequence: null }) as const;
    if (isOfAnother(writes, identity)) return refused('suspect', EPOCH.id);
    const found: Found[] = [];
    for (const one of writes) {
      const place = bytesOf(placeOf(one.collection, one.id));
      const row = find(place);
      if ((row?.version ?? null) !== one.expected) return refused('conflict', one.id);
      found.push({ write: one, place, row });
    }
    // Never given twice, so that a document that was removed and made again can't pass for the old one.
    const sequence = integer(advance.get()?.['sequence']);
    const tally: Tally = new Map();
    const versions = found.map((one) => write(one, sequence, tally));
    index.writeCounters(tally);
    return { answer: { ok: true, versions }, sequence };
  }

  function commitAll(commits: readonly (readonly Write[])[], identity: string): CommittedAll {
    db.exec('BEGIN IMMEDIATE');
    try {
      let reached: number | null = null;
      const each = commits.map((writes): Committed => {
        db.exec('SAVEPOINT one');
        try {
          const { answer, sequence } = commit(writes, identity);
          reached = sequence ?? reached;
          db.exec('RELEASE one');
          return { answer };
        } catch (error) {
          // Some errors, such as a full disk, end the whole transaction; then the earlier commits are not kept either.
          if (!db.isTransaction) throw error;
          db.exec('ROLLBACK TO one; RELEASE one;');
          return { error };
        }
      });
      db.exec('COMMIT');
      return { each, sequence: reached };
    } catch (error) {
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  }

  function page(collection: string, walk: PageWalk): RawPage {
    const { entries, last } = index.walk(collection, walk);
    const found = entries.map(({ at, n }): PlacedDocument => {
      const row = selectByNumber.get(n);
      return { at, id: text(row?.['id']), version: String(row?.['version']), json: unpackDocument(bytes(row?.['content']))?.json ?? null };
    });
    return orderPage(collection, walk, found, last);
  }

  return {
    read,
    commitAll,
    page,
    count: index.count,
    due: (collection, now, limit) => dueFirst.all(collection, now, limit).map(({ id }) => text(id)),
  };
}

interface Row {
  readonly n: number;
  readonly version: string;
  readonly content: Buffer;
}

/** A write, and what stands in its place; null: nothing. */
interface Found {
  readonly write: Write;
  readonly place: Buffer;
  readonly row: Row | null;
}

/** An epoch document that can't be read names no store. */
function identityIn(epoch: RawDocument | null): unknown {
  try {
    const raw: unknown = JSON.parse(epoch?.json ?? 'null');
    return typeof raw === 'object' && raw !== null && 'identity' in raw ? raw.identity : null;
  } catch {
    return null;
  }
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a column is not text');
  return value;
}

function integer(value: unknown): number {
  if (typeof value !== 'number') throw new Error('a column is not a number');
  return value;
}

function bytes(value: unknown): Buffer {
  if (!(value instanceof Uint8Array)) throw new Error('a column is not bytes');
  return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
}
