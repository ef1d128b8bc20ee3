import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import { isSqliteError, SQLITE_BUSY } from './sqlite-error.ts';

/** Another process uses the folder: two processes on one store would both create issues. */
export class DataDirInUse extends Error {
  readonly code = 'data-dir-in-use';
  constructor(dataDir: string) {
    super(`DATA_DIR: another process already works in the folder ${dataDir}; stop it, or set another folder`);
  }
}

export interface DataDirLock {
  release(): void;
}

/**
 * Keeps a second process out of the folder.
 * It is SQLite's own exclusive lock (an fcntl lock of the kernel on the file `lock.sqlite`), held for as long as the process lives:
 * the kernel drops it however the process ends, it names no pid that another process could have by now, and it holds
 * between containers that share a volume, since the lock belongs to the file and not to a process table. The file is
 * separate, so that the store's file can be read for a backup meanwhile.
 * @throws DataDirInUse, StoreUnavailable
 */
export function lockDataDir(dataDir: string): DataDirLock {
  let lock: DatabaseSync | null = null;
  try {
    const path = join(dataDir, 'lock.sqlite');
    lock = new DatabaseSync(path, { timeout: 0 });
    // Of a file that may only be read, SQLite silently takes a read lock, which keeps no other process out.
    accessSync(path, constants.W_OK);
    lock.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    lock?.close();
    if (isSqliteError(error, SQLITE_BUSY)) throw new DataDirInUse(dataDir);
    throw new StoreUnavailable(`the folder ${dataDir} can't be locked`, { cause: error });
  }
  const held = lock;
  return { release: () => held.close() };
}
