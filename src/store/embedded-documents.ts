import type { DatabaseSync } from 'node:sqlite';
import { EPOCH, type CommitResult, type Write } from '../pipeline/ports/store.ts';
import { DocumentUnreadable } from '../pipeline/ports/unreadable-document.ts';
import { indexTerms } from './check-writes.ts';
import { renderCursor, type PageWalk } from './page-cursor.ts';
import type { RawDocument } from './set-aside.ts';

/** The result of one of several commits: its answer, or SQLite's own error, which concerns it alone. */
export type Committed = { readonly answer: CommitResult } | { readonly error: unknown };

/** The results of several commits and, when something was written, the sequence number that the database reached. */
export interface CommittedAll {
  readonly each: readonly Committed[];
  readonly sequence: number | null;
}

/** A page whose documents are yet to be read. */
export interface RawPage {
  readonly rows: readonly RawDocument[];
  readonly nextCursor: string | null;
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
  const select = db.prepare('SELECT version, at, terms, json FROM documents WHERE collection = ? AND id = ?');
  const upsert = db.prepare(
    `INSERT INTO documents (collection, id, version, at, due, terms, json) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT DO UPDATE SET version = excluded.version, at = excluded.at, due = excluded.due, terms = excluded.terms, json = excluded.json`,
  );
  const remove = db.prepare('DELETE FROM documents WHERE collection = ? AND id = ?');
  const addTerm = db.prepare('INSERT INTO terms (collection, term, at, id) VALUES (?, ?, ?, ?)');
  const removeTerm = db.prepare('DELETE FROM terms WHERE collection = ? AND term = ? AND at = ? AND id = ?');
  const hasTerm = db.prepare('SELECT 1 FROM terms WHERE collection = ? AND term = ? AND at = ? AND id = ?');
  const countUp = db.prepare(
    'INSERT INTO counters (collection, term, documents) VALUES (?, ?, ?) ON CONFLICT DO UPDATE SET documents = documents + excluded.documents',
  );
  const countDown = db.prepare('UPDATE counters SET documents = documents - ? WHERE collection = ? AND term = ?');
  const dropEmpty = db.prepare('DELETE FROM counters WHERE collection = ? AND term = ? AND documents = 0');
  const counter = db.prepare('SELECT documents FROM counters WHERE collection = ? AND term = ?');
  const advance = db.prepare('UPDATE store SET sequence = sequence + 1 RETURNING sequence');
  const dueFirst = db.prepare('SELECT id FROM documents WHERE collection = ? AND due <= ? ORDER BY due, id LIMIT ?');
  const walks = {
    newest: db.prepare(
      'SELECT at, id FROM terms WHERE collection = ? AND term = ? AND (at, id) < (?, ?) ORDER BY at DESC, id DESC LIMIT ?',
    ),
    oldest: db.prepare('SELECT at, id FROM terms WHERE collection = ? AND term = ? AND (at, id) > (?, ?) ORDER BY at, id LIMIT ?'),
  };

  function read(collection: string, id: string): RawDocument | null {
    const row = select.get(collection, id);
    return row === undefined ? null : { id, version: String(row['version']), json: text(row['json']) };
  }

  function count(collection: string, term: string): number {
    return integer(counter.get(collection, term)?.['documents'] ?? 0);
  }

  /** Updates `terms` for a changed document, and notes what that means for `counters`; null: absent before or after. */
  function index(collection: string, id: string, was: Indexed | null, becomes: Indexed | null, tally: Tally): void {
    const moved = was?.at !== becomes?.at;
    const gone = was?.terms.filter((term) => moved || !becomes?.terms.includes(term)) ?? [];
    const came = becomes?.terms.filter((term) => moved || !was?.terms.includes(term)) ?? [];
    for (const term of gone) {
      removeTerm.run(collection, term, was?.at ?? 0, id);
      tally.add(collection, term, -1);
    }
    for (const term of came) {
      addTerm.run(collection, term, becomes?.at ?? 0, id);
      tally.add(collection, term, 1);
    }
  }

  /** Updates `counters` once for each term, however many documents of a commit gained or lost it. */
  function countAll(tally: Tally): void {
    for (const [collection, term, change] of tally.changes()) {
      if (change > 0) countUp.run(collection, term, change);
      else if (change < 0) {
        countDown.run(-change, collection, term);
        dropEmpty.run(collection, term);
      }
    }
  }

  function refusal(writes: readonly Write[], identity: string): CommitResult | null {
    const exempt = writes.some(({ collection }) => collection === EPOCH.collection);
    if (!exempt && identityIn(read(EPOCH.collection, EPOCH.id)) !== identity) {
      return { ok: false, because: 'suspect', id: EPOCH.id };
    }
    for (const { collection, id, expected } of writes) {
      const row = select.get(collection, id);
      if ((row === undefined ? null : String(row['version'])) !== expected) return { ok: false, because: 'conflict', id };
    }
    return null;
  }

  function write({ collection, id, expected, becomes }: Write, sequence: number, tally: Tally): string | null {
    const row = select.get(collection, id);
    const terms = row === undefined ? [] : termsOf(row['terms']);
    if (terms === null) throw new DocumentUnreadable({ collection, id, version: expected, because: 'broken-index' });
    const was = row === undefined ? null : { at: integer(row['at']), terms };
    if (becomes === null) {
      remove.run(collection, id);
      index(collection, id, was, null, tally);
      return null;
    }
    const next = { at: becomes.at, terms: indexTerms(becomes.terms.map((term) => term.toWellFormed())) };
    upsert.run(collection, id, sequence, becomes.at, becomes.due, JSON.stringify(next.terms), becomes.json);
    index(collection, id, was, next, tally);
    return String(sequence);
  }

  /** @returns the answer, and the sequence number of the commit; null: nothing was written */
  function commit(writes: readonly Write[], identity: string): { readonly answer: CommitResult; readonly sequence: number | null } {
    const refused = refusal(writes, identity);
    if (refused !== null) return { answer: refused, sequence: null };
    // Never given twice, so that a document that was removed and made again can't pass for the old one.
    const sequence = integer(advance.get()?.['sequence']);
    const tally = createTally();
    const versions = writes.map((one) => write(one, sequence, tally));
    countAll(tally);
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

  function page(collection: string, { terms, limit, window, order, after }: PageWalk): RawPage {
    const [rarest = '', ...others] = terms.toSorted((a, b) => count(collection, a) - count(collection, b));
    const from = after ?? (order === 'newest' ? { at: Number.MAX_SAFE_INTEGER, id: '' } : { at: -1, id: '' });
    const entries = walks[order].all(collection, rarest, from.at, from.id, window);
    const rows: RawDocument[] = [];
    let diagnosed = 0;
    let last = from;
    for (const entry of entries) {
      if (rows.length === limit) break;
      diagnosed += 1;
      last = { at: integer(entry['at']), id: text(entry['id']) };
      if (!others.every((term) => hasTerm.get(collection, term, last.at, last.id) !== undefined)) continue;
      const row = read(collection, last.id);
      if (row !== null) rows.push(row);
    }
    const ended = diagnosed === entries.length && entries.length < window;
    return { rows, nextCursor: ended ? null : renderCursor(collection, order, last.at, last.id) };
  }

  return { read, commitAll, page, count, due: (collection, now, limit) => dueFirst.all(collection, now, limit).map(({ id }) => text(id)) };
}

/** By how much the counters of one commit change. */
interface Tally {
  add(collection: string, term: string, change: number): void;
  changes(): readonly (readonly [collection: string, term: string, change: number])[];
}

function createTally(): Tally {
  const byCollection = new Map<string, Map<string, number>>();
  return {
    add(collection, term, change) {
      const terms = byCollection.get(collection) ?? new Map<string, number>();
      byCollection.set(collection, terms.set(term, (terms.get(term) ?? 0) + change));
    },
    changes: () =>
      [...byCollection].flatMap(([collection, terms]) => [...terms].map(([term, change]) => [collection, term, change] as const)),
  };
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

/** The indexed part of a document. */
interface Indexed {
  readonly at: number;
  readonly terms: readonly string[];
}

function text(value: unknown): string {
  if (typeof value !== 'string') throw new Error('a column is not text');
  return value;
}

function integer(value: unknown): number {
  if (typeof value !== 'number') throw new Error('a column is not a number');
  return value;
}

/** @returns null when it is no list of terms */
function termsOf(column: unknown): readonly string[] | null {
  try {
    const list: unknown = JSON.parse(text(column));
    return Array.isArray(list) ? list.map(text) : null;
  } catch {
    return null;
  }
}
