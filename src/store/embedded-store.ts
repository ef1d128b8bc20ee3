import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../pipeline/ports/clock.ts';
import { StoreUnavailable, type Collection, type Store, type Stored } from '../pipeline/ports/store.ts';
import { DocumentUnreadable, type UnreadableDocument } from '../pipeline/ports/unreadable-document.ts';
import { checkWrites } from './check-writes.ts';
import { trackFile, type TrackedFile } from './closed-note.ts';
import { lockDataDir, type DataDirLock } from './data-dir-lock.ts';
import { prepareDocuments, type EmbeddedDocuments } from './embedded-documents.ts';
import { pageWalk } from './page-cursor.ts';
import { createSharedFlush } from './shared-flush.ts';
import { openDatabase } from './store-database.ts';
import type { OnUpgrade } from './schema-version.ts';
import { createSetAside, type OnUnreadable } from './set-aside.ts';
import { openStoreIdentity, type StoreIdentity } from './store-identity.ts';

/** The store in one SQLite file, for one process. */
export interface EmbeddedStore extends Store {
  /** Where an unreadable file was moved before an empty one was created; null: there was none. */
  readonly setAside: string | null;
  /** One line for each setting that may lose records. */
  settings(): Promise<readonly string[]>;
  /** Null: it is on the disk. */
  memory(): Promise<null>;
  /** Documents that this process could not read, and still can't. @throws StoreUnavailable */
  unreadable(): Promise<readonly UnreadableDocument[]>;
}

/**
 * Opens the store `store.sqlite` in a folder, which is created when it does not exist.
 * An answered commit is on the disk: the write-ahead log is flushed before each answer, once for all commits made together.
 * @throws DataDirInUse, StoreUnavailable
 */
export function openEmbeddedStore(dataDir: string, clock: Clock, onUnreadable?: OnUnreadable, onUpgrade?: OnUpgrade): EmbeddedStore {
  const path = join(dataDir, 'store.sqlite');
  guarded(() => mkdirSync(dataDir, { recursive: true, mode: 0o700 }));
  const { lock, db, setAside, identity, documents, file } = openParts(dataDir, path, clock.now(), onUpgrade);

  const setAsides = createSetAside(clock.monotonic, onUnreadable);

  function noteProgress(sequence: number): void {
    try {
      identity.progressed(sequence);
    } catch {
      // The commit is valid; a progress file that lags behind the database never counts as a loss.
    }
  }

  const shared = createSharedFlush((commits) => {
    // Commits to a file without a path would be lost with this process.
    if (!identity.isInPlace()) throw new StoreUnavailable(`its file ${path} was removed or replaced; start again`);
    const { each, sequence } = file.writes(() => documents.commitAll(commits, identity.token));
    if (sequence !== null) noteProgress(sequence);
    return each;
  });

  async function read<T>(from: Collection<T>, ids: readonly string[]): Promise<readonly (Stored<T> | null)[]> {
    const rows = reads(() => ids.map((id) => documents.read(from.name, id)));
    return setAsides.readAll(from, ids, rows);
  }

  function reads<R>(work: () => R): R {
    return guarded(() => file.reads(work));
  }

  return {
    setAside,
    read,
    async commit(writes) {
      checkWrites(writes);
      return shared.commit(writes).catch((error: unknown) => {
        throw error instanceof DocumentUnreadable ? setAsides.refused(error.document) : unavailable(error);
      });
    },
    async page(from, query) {
      const walk = pageWalk(from.name, query);
      const { rows, nextCursor } = reads(() => documents.page(from.name, walk));
      return { ...setAsides.readPage(from, rows), nextCursor };
    },
    async due(from, now, limit) {
      const waiting = setAsides.waiting(from.name);
      const ids = reads(() => documents.due(from.name, now, limit + waiting.size));
      return ids.filter((id) => !waiting.has(id)).slice(0, limit);
    },
    async counts(of, terms) {
      return reads(() => terms.map((term) => documents.count(of.name, term)));
    },
    async now() {
      return clock.now();
    },
    async identity() {
      return identity.token;
    },
    async settings() {
      const pragmaValue = (pragma: string): unknown => Object.values(db.prepare(`PRAGMA ${pragma}`).get() ?? {})[0];
      return reads(() => [
        ...(pragmaValue('journal_mode') === 'wal' ? [] : ['journal_mode is not wal']),
        // 2 is FULL: every commit is flushed to the disk. https://sqlite.org/pragma.html#pragma_synchronous
        ...(pragmaValue('synchronous') === 2 ? [] : ['synchronous is not FULL']),
      ]);
    },
    memory: async () => null,
    unreadable: () => setAsides.stillUnreadable(read),
    async close() {
      if (!db.isOpen) return;
      shared.flush();
      file.closes(() => db.close());
      identity.close();
      lock.release();
    },
  };
}

interface Parts {
  readonly lock: DataDirLock;
  readonly db: DatabaseSync;
  readonly setAside: string | null;
  readonly documents: EmbeddedDocuments;
  readonly identity: StoreIdentity;
  readonly file: TrackedFile;
}

/** All or nothing: the opened parts are closed again when a later one can't be opened. */
function openParts(dataDir: string, path: string, now: number, onUpgrade?: OnUpgrade): Parts {
  const lock = lockDataDir(dataDir);
  let db: DatabaseSync | null = null;
  try {
    const opened = openDatabase(path, now, onUpgrade);
    db = opened.db;
    return guarded(() => {
      const [documents, identity] = [prepareDocuments(opened.db), openStoreIdentity(opened.db, path)];
      return { lock, ...opened, documents, identity, file: trackFile(path) };
    });
  } catch (error) {
    db?.close();
    lock.release();
    throw error;
  }
}

/** After any error of SQLite or the file system, nothing was acknowledged. */
function guarded<R>(work: () => R): R {
  try {
    return work();
  } catch (error) {
    return unavailable(error);
  }
}

function unavailable(error: unknown): never {
  if (error instanceof StoreUnavailable) throw error;
  throw new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
