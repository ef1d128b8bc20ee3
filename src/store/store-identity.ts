import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { Type } from 'typebox';
import { Compile } from 'typebox/compile';

/**
 * Identifies an embedded store, so that a store that lost data never passes for the one that was trusted.
 *
 * A store keeps its identity only when all of these hold:
 * - `store.identity`, a file beside the database, and the database name the same random token: another database has another;
 * - device, inode and birth time of the database are those that `store.identity` noted: a file put in its place has others;
 * - the machine was not restarted since: this notices a restored machine and a lost disk cache;
 * - `store.progress`, a file that is written after every commit, is not ahead of the database's own sequence: a database
 *   that is behind it is an earlier copy, even when it was copied over the same file.
 * Anything else, an unreadable file too, gives a new identity. Then our issues are read back from Jira once; a wrong
 * "same" could cause duplicates. `store.progress` is not flushed to the disk each time: the kernel keeps it when the
 * process is killed, and a machine that lost its power is another boot anyway. Not noticed: a copy of the whole folder,
 * taken since the last start of the machine and copied back over the same files; delete `store.identity` after such a restore.
 */
export interface StoreIdentity {
  readonly token: string;
  /** Records the database's sequence number; called after every commit. */
  progressed(sequence: number): void;
  /** Whether the database's path still leads to the file that was opened. */
  isInPlace(): boolean;
  close(): void;
}

const IdentityFile = Type.Object({ token: Type.String({ minLength: 1 }), file: Type.String(), boot: Type.String() });
const identityFiles = Compile(IdentityFile);

/** @throws the file system's or SQLite's own error */
export function openStoreIdentity(db: DatabaseSync, path: string): StoreIdentity {
  const folder = dirname(path);
  const [identityPath, progressPath] = [join(folder, 'store.identity'), join(folder, 'store.progress')];
  const [file, boot] = [fileMark(path), bootId()];
  const { identity, sequence } = stateOf(db);

  const noted = readIdentity(identityPath);
  const progress = readProgress(progressPath);
  const same = noted?.token === identity && noted.file === file && noted.boot === boot && progress !== null && progress <= sequence;
  const token = same ? identity : randomUUID();
  // The database first: a crash in between leaves two tokens that differ, which is noticed at the next start.
  if (!same) db.prepare('UPDATE store SET identity = ?').run(token);
  const progressFile = openSync(progressPath, same ? 'r+' : 'w', 0o600);
  noteProgress(progressFile, sequence);
  if (!same) {
    fsyncSync(progressFile);
    writeWhole(identityPath, JSON.stringify({ token, file, boot }));
  }

  return {
    token,
    progressed: (to) => noteProgress(progressFile, to),
    isInPlace: () => fileMark(path) === file,
    close: () => closeSync(progressFile),
  };
}

function stateOf(db: DatabaseSync): { identity: string; sequence: number } {
  const row = db.prepare('SELECT identity, sequence FROM store').get();
  const [identity, sequence] = [row?.['identity'], row?.['sequence']];
  if (typeof identity !== 'string' || typeof sequence !== 'number') throw new Error('the store has no row of its own');
  return { identity, sequence };
}

function readIdentity(path: string): { token: string; file: string; boot: string } | null {
  try {
    const raw: unknown = JSON.parse(readFileSync(path, 'utf8'));
    return identityFiles.Check(raw) ? raw : null;
  } catch {
    return null;
  }
}

function readProgress(path: string): number | null {
  try {
    const text = readFileSync(path, 'utf8');
    return /^\d{16}$/.test(text) ? Number(text) : null;
  } catch {
    return null;
  }
}

function noteProgress(file: number, sequence: number): void {
  writeSync(file, String(sequence).padStart(16, '0'), 0);
}

/** Writes under another name, flushes and renames: after a crash the file has the old or the new content, never a part of one. */
function writeWhole(path: string, text: string): void {
  const file = openSync(`${path}.new`, 'w', 0o600);
  try {
    writeSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  renameSync(`${path}.new`, path);
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}

/** @returns '' when there is no file */
function fileMark(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : `${stat.dev}:${stat.ino}:${stat.birthtimeNs}`;
}

/** Identifies this boot of the machine; '' where the system has no boot id. */
export function bootId(): string {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return '';
  }
}
