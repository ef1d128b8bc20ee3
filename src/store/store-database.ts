import { existsSync, renameSync, rmSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import { takeClosedNote } from './closed-note.ts';
import { TABLES, TABLES_SQL } from './embedded-tables.ts';
import { raiseDatabase } from './embedded-upgrade.ts';
import { SCHEMA, SchemaMismatch, type OnUpgrade } from './schema-version.ts';
import { isSqliteError, SQLITE_CORRUPT, SQLITE_NOTADB } from './sqlite-error.ts';

/** `setAside`: the path that an unreadable file was moved to; null: there was none. */
export interface OpenedDatabase {
  readonly db: DatabaseSync;
  readonly setAside: string | null;
}

/**
 * Opens the store's file, creates it when there is none, and checks all of it unless it is as it was closed. A file that SQLite can't read
 * as ours is moved away, never overwritten, and an empty one takes its place.
 * @param now epoch ms, for the name of a file that is set aside
 * @throws StoreUnavailable, SchemaMismatch
 */
export function openDatabase(path: string, now: number, onUpgrade?: OnUpgrade): OpenedDatabase {
  try {
    const db = openReadable(path, takeClosedNote(path) ? 'as-closed' : 'unknown', onUpgrade);
    if (db !== null) return { db, setAside: null };
    const setAside = moveAway(path, now);
    const fresh = openReadable(path, 'unknown');
    if (fresh === null) throw new Error('A new file could not be read back');
    return { db: fresh, setAside };
  } catch (error) {
    if (error instanceof StoreUnavailable || error instanceof SchemaMismatch) throw error;
    throw new StoreUnavailable(`the file ${path} can't be opened`, { cause: error });
  }
}

/** `as-closed`: the note beside the file fits it, so it was checked before. */
type FileState = 'as-closed' | 'unknown';

/** @returns null when the file exists and is no store, or a damaged one */
function openReadable(path: string, state: FileState, onUpgrade?: OnUpgrade): DatabaseSync | null {
  // One second, for a backup tool that holds the file for a moment.
  const db = new DatabaseSync(path, { timeout: 1_000 });
  try {
    if (!isSound(db, state)) {
      db.close();
      return null;
    }
    // Only now, since the journal mode is written into the file.
    db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA journal_size_limit = 67108864;');
    // Else SQLite writes each page that a savepoint changes into a temporary file, too. It is the pages of one commit.
    db.exec('PRAGMA temp_store = MEMORY;');
    raiseDatabase(db, onUpgrade);
    return db;
  } catch (error) {
    db.close();
    if (isSqliteError(error, SQLITE_CORRUPT) || isSqliteError(error, SQLITE_NOTADB)) return null;
    throw error;
  }
}

function isSound(db: DatabaseSync, state: FileState): boolean {
  const version = db.prepare('PRAGMA user_version').get()?.['user_version'];
  if (typeof version === 'number' && version > SCHEMA.current) throw new SchemaMismatch('DATA_DIR', version);
  if (state === 'unknown' && db.prepare('PRAGMA quick_check(1)').get()?.['quick_check'] !== 'ok') return false;
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
    .all()
    .map(({ name }) => name);
  const isWhole = TABLES.every((table) => tables.includes(table));
  if (version === SCHEMA.current || (isWhole && typeof version === 'number' && SCHEMA.upgradable.includes(version))) return isWhole;
  if (isWhole && typeof version === 'number') throw new SchemaMismatch('DATA_DIR', version);
  if (tables.length > 0) return false;
  db.exec(`BEGIN; ${TABLES_SQL} COMMIT;`);
  return true;
}

function moveAway(path: string, now: number): string {
  const name = `${path}.unreadable-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  let setAside = name;
  for (let n = 2; existsSync(setAside); n += 1) setAside = `${name}-${n}`;
  renameSync(path, setAside);
  if (existsSync(`${path}-wal`)) renameSync(`${path}-wal`, `${setAside}-wal`);
  rmSync(`${path}-shm`, { force: true });
  return setAside;
}
