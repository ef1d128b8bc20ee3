import type { Collection, Page, Stored } from '../pipeline/ports/store.ts';
import { parseDocument } from './parse-document.ts';
import { DocumentUnreadable, type UnreadableDocument } from '../pipeline/ports/unreadable-document.ts';

/** A document as the database has it; null: that part of it is missing. */
export interface RawDocument {
  readonly id: string;
  readonly version: string | null;
  readonly json: string | null;
}

/** The documents that this process could not read. While its backoff runs, such a document is not due. Reading one that can be read again ends it. */
export interface SetAside {
  /** Reads documents by id; null where there is none. @throws DocumentUnreadable for the first that can't be read: it is set aside */
  readAll<T>(from: Collection<T>, ids: readonly string[], rows: readonly (RawDocument | null)[]): readonly (Stored<T> | null)[];
  /** Reads a page's documents; those that can't be read are set aside, and left out. */
  readPage<T>(from: Collection<T>, rows: readonly RawDocument[]): Pick<Page<T>, 'items' | 'unreadable'>;
  /** A document that a commit would have changed, and whose index can't be read. */
  refused(document: UnreadableDocument): DocumentUnreadable;
  /** Ids of a collection's documents whose backoff runs. */
  waiting(collection: string): ReadonlySet<string>;
  /** Those that can't be read even now, after another look at the first of them. @param readAgain reads one by id */
  stillUnreadable(readAgain: ReadAgain): Promise<readonly UnreadableDocument[]>;
}

type ReadAgain = (from: Collection<unknown>, ids: readonly string[]) => Promise<unknown>;

/** How many are looked at again: more than an operator repairs one by one. */
const MAX_LOOKED_AT = 100;

/** Gets each unreadable document once. */
export type OnUnreadable = (document: UnreadableDocument) => void;

interface Entry {
  /** Null: a read does not show whether it is still unreadable. */
  readonly from: Collection<unknown> | null;
  readonly document: UnreadableDocument;
  readonly times: number;
  /** Monotonic ms. */
  readonly until: number;
}

const FIRST_MS = 60_000;
const MAX_MS = 3_600_000;

/** Further ones fail like these, but are neither reported nor set aside: by then the store itself is broken. */
const MAX_ENTRIES = 10_000;

/** @param monotonic ms */
export function createSetAside(monotonic: () => number, onUnreadable: OnUnreadable = () => undefined): SetAside {
  const entries = new Map<string, Map<string, Entry>>();
  let size = 0;

  function add(document: UnreadableDocument, from: Entry['from']): void {
    const { collection, id } = document;
    const known = entries.get(collection)?.get(id);
    const now = monotonic();
    // Found again before it was due, such as by a list: its backoff goes on.
    if (known !== undefined && known.until > now) return;
    if (known === undefined && size >= MAX_ENTRIES) return;
    const times = (known?.times ?? 0) + 1;
    const ofCollection = entries.get(collection) ?? new Map<string, Entry>();
    entries.set(collection, ofCollection.set(id, { from, document, times, until: now + Math.min(MAX_MS, FIRST_MS * 2 ** (times - 1)) }));
    if (known !== undefined) return;
    size += 1;
    onUnreadable(document);
  }

  function gone(collection: string, id: string): void {
    if (entries.get(collection)?.delete(id) === true) size -= 1;
  }

  function read<T>(from: Collection<T>, { id, version, json }: RawDocument): Stored<T> | UnreadableDocument {
    const parsed = parseDocument(from, json);
    if ('doc' in parsed && version !== null) {
      if (entries.get(from.name)?.get(id)?.document.because !== 'broken-index') gone(from.name, id);
      return { id, doc: parsed.doc, version };
    }
    const document = { collection: from.name, id, version, because: 'because' in parsed ? parsed.because : 'wrong-shape' } as const;
    add(document, from);
    return document;
  }

  return {
    readAll: (from, ids, rows) =>
      ids.map((id, at) => {
        const row = rows[at] ?? null;
        if (row === null) gone(from.name, id);
        const one = row === null ? null : read(from, row);
        if (one !== null && 'because' in one) throw new DocumentUnreadable(one);
        return one;
      }),
    readPage<T>(from: Collection<T>, rows: readonly RawDocument[]) {
      const [items, unreadable]: [Stored<T>[], UnreadableDocument[]] = [[], []];
      for (const row of rows) {
        const one = read(from, row);
        if ('because' in one) unreadable.push(one);
        else items.push(one);
      }
      return unreadable.length === 0 ? { items } : { items, unreadable };
    },
    refused(document) {
      add(document, null);
      return new DocumentUnreadable(document);
    },
    waiting(collection) {
      const now = monotonic();
      return new Set([...(entries.get(collection)?.values() ?? [])].flatMap(({ document, until }) => (until > now ? [document.id] : [])));
    },
    async stillUnreadable(readAgain) {
      const all = (): readonly Entry[] => [...entries.values()].flatMap((some) => [...some.values()]);
      for (const { from, document } of all().slice(0, MAX_LOOKED_AT)) {
        if (from !== null) await readAgain(from, [document.id]).catch(throwOthers);
      }
      return all().map(({ document }) => document);
    },
  };
}

function throwOthers(error: unknown): void {
  if (!(error instanceof DocumentUnreadable)) throw error;
}
