import type { DatabaseSync } from 'node:sqlite';
import { indexChanges } from './index-changes.ts';
import type { Indexed } from './packed-document.ts';
import type { PageWalk } from './page-cursor.ts';
import { bytesOf, termPlace } from './places.ts';

/** An entry of the index: a document's time and number. */
export interface IndexEntry {
  readonly at: number;
  readonly n: number;
}

/** By how much counters are to change, by term. Documents that are changed together have most of their terms in common. */
export type Tally = Map<bigint, number>;

/** The tables `terms` and `counters`; each call throws SQLite's own error. */
export interface EmbeddedIndex {
  /** Corrects `terms` for a changed document, and the tally. @param was null: it was absent @param becomes null: it is removed */
  change(collection: string, n: number, was: Indexed | null, becomes: Indexed | null, tally: Tally): void;
  /** Corrects `counters` by a tally, each once. */
  writeCounters(tally: Tally): void;
  count(collection: string, term: string): number;
  /** The entries that a page may have, of each time all, and the time up to which they were examined; null: to the end. */
  walk(collection: string, walk: PageWalk): { readonly entries: readonly IndexEntry[]; readonly last: number | null };
}

export function prepareIndex(db: DatabaseSync): EmbeddedIndex {
  const add = db.prepare('INSERT INTO terms (term, at, n) VALUES (?, ?, ?)');
  const remove = db.prepare('DELETE FROM terms WHERE term = ? AND at = ? AND n = ?');
  const has = db.prepare('SELECT 1 FROM terms WHERE term = ? AND at = ? AND n = ?');
  const countUp = db.prepare(
    'INSERT INTO counters (term, documents) VALUES (?, ?) ON CONFLICT DO UPDATE SET documents = documents + excluded.documents',
  );
  const countDown = db.prepare('UPDATE counters SET documents = documents + ? WHERE term = ? RETURNING documents');
  const dropEmpty = db.prepare('DELETE FROM counters WHERE term = ?');
  const counter = db.prepare('SELECT documents FROM counters WHERE term = ?');
  const ofTime = db.prepare('SELECT at, n FROM terms WHERE term = ? AND at = ?');
  const beyond = {
    newest: db.prepare('SELECT at, n FROM terms WHERE term = ? AND at < ? ORDER BY at DESC LIMIT ?'),
    oldest: db.prepare('SELECT at, n FROM terms WHERE term = ? AND at > ? ORDER BY at LIMIT ?'),
  };

  const count = (term: bigint): number => Number(counter.get(term)?.['documents'] ?? 0);

  function walk(collection: string, { terms, limit, window, order, after }: PageWalk): ReturnType<EmbeddedIndex['walk']> {
    const [rarest = 0n, ...others] = terms
      .map((term) => termNumber(collection, term))
      .map((term) => ({ term, size: count(term) }))
      .toSorted((a, b) => a.size - b.size)
      .map(({ term }) => term);
    const from = after?.at ?? (order === 'newest' ? Number.MAX_SAFE_INTEGER + 1 : -1);
    const again = after === null || after.id === null ? [] : ofTime.all(rarest, after.at).map(entryOf);
    const next = beyond[order].all(rarest, from, window).map(entryOf);
    const isWhole = next.length < window;
    const end = next.at(-1);
    // All of the last time, however many more there are.
    const examined =
      isWhole || end === undefined ? next : [...next.filter(({ at }) => at !== end.at), ...ofTime.all(rarest, end.at).map(entryOf)];
    const isWanted = ({ at, n }: IndexEntry): boolean => others.every((term) => has.get(term, at, n) !== undefined);
    const entries: IndexEntry[] = [];
    let time: number | null = null;
    for (const entry of examined) {
      if (entries.length >= limit && entry.at !== time) return { entries: [...again.filter(isWanted), ...entries], last: time };
      time = entry.at;
      if (isWanted(entry)) entries.push(entry);
    }
    return { entries: [...again.filter(isWanted), ...entries], last: isWhole ? null : time };
  }

  return {
    change(collection, n, was, becomes, tally) {
      const { gone, came } = indexChanges(was, becomes);
      for (const term of gone.map((one) => termNumber(collection, one))) {
        remove.run(term, was?.at ?? 0, n);
        tally.set(term, (tally.get(term) ?? 0) - 1);
      }
      for (const term of came.map((one) => termNumber(collection, one))) {
        add.run(term, becomes?.at ?? 0, n);
        tally.set(term, (tally.get(term) ?? 0) + 1);
      }
    },
    writeCounters(tally) {
      for (const [term, by] of tally) {
        if (by > 0) countUp.run(term, by);
        if (by < 0 && countDown.get(by, term)?.['documents'] === 0) dropEmpty.run(term);
      }
    },
    count: (collection, term) => count(termNumber(collection, term)),
    walk,
  };
}

function termNumber(collection: string, term: string): bigint {
  return bytesOf(termPlace(collection, term)).readBigInt64BE();
}

function entryOf(row: Readonly<Record<string, unknown>>): IndexEntry {
  const { at, n } = row;
  if (typeof at !== 'number' || typeof n !== 'number') throw new Error('a column is not a number');
  return { at, n };
}
