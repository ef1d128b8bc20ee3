import type { Store } from '../../src/pipeline/ports/store.ts';
import type { UnreadableDocument } from '../../src/pipeline/ports/unreadable-document.ts';

/** A store of a test, and the means to damage what it holds behind its back. */
export interface OpenedForTest {
  readonly store: Store & { unreadable(): Promise<readonly UnreadableDocument[]> };
  /** What it reported as unreadable. */
  readonly reported: readonly UnreadableDocument[];
  /** Puts a text in place of a document's own. */
  spoil(collection: string, id: string, json: string): Promise<void>;
  /** Breaks what the store notes of a document's terms. */
  spoilIndex(collection: string, id: string): Promise<void>;
  /** Sets the store's monotonic clock forward. */
  forward(ms: number): void;
}
