/** A document that stands in the store and can't be read. */
export interface UnreadableDocument {
  readonly collection: string;
  readonly id: string;
  /** The version that a write over it must name; null: the write must name none. */
  readonly version: string | null;
  /**
   * `not-json`: its text is broken. `wrong-shape`: it is JSON, but not a document of its collection. `broken-index`: it can be read, but not
   * written, since what the store notes of its terms is broken.
   */
  readonly because: 'not-json' | 'wrong-shape' | 'broken-index';
}

/** More characters of an id are not shown: ids of findings may be long. */
const MAX_ID = 300;

/**
 * A document that was asked for can't be read. It is there all the same: nothing may be decided as if it were absent.
 * The store has reported it already, once.
 */
export class DocumentUnreadable extends Error {
  readonly code = 'document-unreadable';
  readonly document: UnreadableDocument;
  constructor(document: UnreadableDocument) {
    const { collection, id, because } = document;
    super(`The document ${collection}/${id.slice(0, MAX_ID)} can't be read: ${because}`);
    this.document = document;
  }
}
