import type { UnreadableDocument } from './unreadable-document.ts';

/**
 * The store port: everything that lasts is a document in a named collection, with a version.
 * It is a port and not a database: there are no other queries.
 */

/** A kind of document. `terms`, `at` and `due` are pure functions of the document; `at` never changes, so that cursors stay stable. */
export interface Collection<T> {
  readonly name: string;
  /** Exact terms by which a document can be found and counted, such as `state:open`. */
  terms(doc: T): readonly string[];
  /** Epoch ms by which pages are ordered. */
  at(doc: T): number;
  /** Epoch ms from which the document is due; null: never. */
  due(doc: T): number | null;
  /**
   * The fields that every document has, not those that an earlier version of the service did not write yet. A document that lacks any of them,
   * or has another kind of value there, is unreadable. Absent: none is needed.
   */
  readonly fields?: { readonly [K in keyof T & string]?: FieldKind };
}

/** The kind of a field's value in JSON. */
export type FieldKind = 'string' | 'number' | 'boolean' | 'list' | 'object' | 'object or null' | 'number or null';

/** A document as it was read. `version` changes with every write. */
export interface Stored<T> {
  readonly id: string;
  readonly doc: T;
  readonly version: string;
}

/** One document's change, ready for `commit`. Made by `put` only. */
export interface Write {
  readonly collection: string;
  readonly id: string;
  /** The version that the document must have; null: it must be absent. */
  readonly expected: string | null;
  /** The new content; null: the document is removed. */
  readonly becomes: { readonly json: string; readonly terms: readonly string[]; readonly at: number; readonly due: number | null } | null;
}

/**
 * Why a commit did not happen: `conflict`, another writer was first (read again, decide again);
 * `suspect`, the store is not the one that the epoch document names, so forgotten issues must be read back first.
 */
export type CommitResult =
  | { readonly ok: true; readonly versions: readonly (string | null)[] }
  | { readonly ok: false; readonly because: 'conflict' | 'suspect'; readonly id: string };

/** A part of a collection. `nextCursor` null: the end. A page may be shorter than asked and still have a cursor. */
export interface Page<T> {
  readonly items: readonly Stored<T>[];
  /** Documents of this part that can't be read, which `items` lacks; absent: none. */
  readonly unreadable?: readonly UnreadableDocument[];
  readonly nextCursor: string | null;
}

/** A query for `page`: documents that carry every one of `terms`. */
export interface PageQuery {
  readonly terms: readonly string[];
  /** 1 to 500. */
  readonly limit: number;
  readonly cursor?: string;
  /** By `at`; newest first by default. */
  readonly order?: 'newest' | 'oldest';
}

export interface Store {
  /** Documents by id, in the order asked; null where there is none. @throws DocumentUnreadable for the first that can't be read */
  read<T>(from: Collection<T>, ids: readonly string[]): Promise<readonly (Stored<T> | null)[]>;
  /**
   * All or nothing over at most 32 documents: their terms, due times, counters and the epoch check included.
   * The epoch check: unless a write is to the collection `epoch`, the document `epoch/epoch` must exist and its
   * `identity` must be what `identity()` answers at that moment; else nothing is written and the result is `suspect`.
   */
  commit(writes: readonly Write[]): Promise<CommitResult>;
  /** Scans the rarest term, at most 1,000 entries a call. @throws InvalidCursor */
  page<T>(from: Collection<T>, query: PageQuery): Promise<Page<T>>;
  /** Ids of due documents, the longest waiting first; without those that were found unreadable shortly before. */
  due<T>(from: Collection<T>, now: number, limit: number): Promise<readonly string[]>;
  /** How many documents carry each term; the empty term counts all. */
  counts<T>(of: Collection<T>, terms: readonly string[]): Promise<readonly number[]>;
  /** Epoch ms by the store's own clock, the one clock that all replicas share. */
  now(): Promise<number>;
  /** The store's identity: another run, an emptied or a restored store has another one. */
  identity(): Promise<string>;
  close(): Promise<void>;
}

/** A cursor that does not come from a page of this collection. */
export class InvalidCursor extends Error {
  readonly code = 'invalid-cursor';
  constructor() {
    super('The cursor was not given out by this list; start again without one');
  }
}

/** The store can't be reached or can't write: nothing was acknowledged, the same call may be made again later. */
export class StoreUnavailable extends Error {
  readonly code = 'store-unavailable';
  constructor(reason: string, options?: ErrorOptions) {
    super(`The store does not answer: ${reason}`, options);
  }
}

/** Documents that one commit may hold. */
export const MAX_WRITES = 32;

/**
 * A change for `commit`.
 * @param expected the version that was read; null: must be absent
 * @param doc null: remove
 */
export function put<T>(to: Collection<T>, id: string, expected: string | null, doc: T | null): Write {
  const becomes = doc === null ? null : { json: JSON.stringify(doc), terms: [...new Set(to.terms(doc))], at: to.at(doc), due: to.due(doc) };
  return { collection: to.name, id, expected, becomes };
}

/** The document that names the trusted store. Every commit is checked against it. */
export const EPOCH = { collection: 'epoch', id: 'epoch' } as const;
