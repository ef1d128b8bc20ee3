import { closeSync, fsyncSync, openSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { bootId } from './store-identity.ts';

/**
 * Follows who writes to the database's file while it is open, so that a start knows whether it must read the whole file to check it, which
 * takes seconds for each gigabyte. All of the file was sound when it was opened. If nothing but our commits wrote to it since, and it is still
 * in the state in which we closed it, it is sound. A note beside it says which state that is. A killed process, an error, a write by another
 * program, a copy and a restart of the machine each leave no note, or one that does not fit: the time of a change can't be set back. Damage
 * that no write did, such as a failing disk's, is found by that check alone, and by what reads the damaged page.
 */
export interface TrackedFile {
  /** Does what may write to the file. */
  writes<R>(work: () => R): R;
  /** Does what only reads. */
  reads<R>(work: () => R): R;
  /** Closes it, and notes its state. */
  closes(close: () => void): void;
}

/** @param path of a file that was checked, and is locked */
export function trackFile(path: string): TrackedFile {
  /** After our last write; null: something else wrote, or an error came between. */
  let known: string | null = stateOf(path);

  function writes<R>(work: () => R): R {
    const isAsKnown = known === stateOf(path);
    known = null;
    const result = work();
    if (isAsKnown) known = stateOf(path);
    return result;
  }

  return {
    writes,
    reads(work) {
      try {
        return work();
      } catch (error) {
        known = null;
        throw error;
      }
    },
    closes(close) {
      writes(close);
      if (known === null || hasLog(path)) return;
      try {
        writeFileSync(noteBeside(path), noteOf(known), { mode: 0o600 });
      } catch {
        // The next start checks the file.
      }
    },
  };
}

/**
 * Takes the note away, since what follows changes the file. It is gone from the disk when this returns: one that came back after a loss of
 * power would stand for a file that was in use. @returns whether the file is in the state in which it was closed
 * @throws the file system's own error
 */
export function takeClosedNote(path: string): boolean {
  const noted = readNote(path);
  if (noted === null) return false;
  rmSync(noteBeside(path));
  const folder = openSync(dirname(path), 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
  return !hasLog(path) && noted === noteOf(stateOf(path));
}

function noteBeside(path: string): string {
  return `${path}.closed`;
}

function noteOf(state: string): string {
  return `${bootId()}:${state}`;
}

function readNote(path: string): string | null {
  try {
    return readFileSync(noteBeside(path), 'utf8');
  } catch {
    return null;
  }
}

/** Whether there are commits that are not in the file yet. */
function hasLog(path: string): boolean {
  return (statSync(`${path}-wal`, { throwIfNoEntry: false })?.size ?? 0) > 0;
}

/** @returns '' when there is no file */
function stateOf(path: string): string {
  const stat = statSync(path, { bigint: true, throwIfNoEntry: false });
  return stat === undefined ? '' : [stat.dev, stat.ino, stat.size, stat.mtimeNs, stat.ctimeNs].join(':');
}
