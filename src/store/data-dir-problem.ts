import { accessSync, constants, existsSync, readdirSync, statSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { SettingRefused } from '../pipeline/ports/setting-refused.ts';
import type { StoreUnavailable } from '../pipeline/ports/store.ts';

/** Why the folder of the store can't be used at start, in one line: the path, its owner and our user, what to do. */
export function dataDirProblem(dataDir: string, error: StoreUnavailable): SettingRefused {
  const cause = error.cause instanceof Error ? error.cause : error;
  return new SettingRefused('DATA_DIR', meaningOf(resolve(dataDir)) ?? `the store in ${dataDir} can't be opened: ${cause.message}`, {
    cause,
  });
}

/** @returns null when the folder and its files may be written: then only the error itself says what is wrong */
function meaningOf(dataDir: string): string | null {
  const there = nearestExisting(dataDir);
  if (!statSync(there).isDirectory()) return `${there} is a file, expected a folder; set another path`;
  const barred = [there, ...(there === dataDir ? filesIn(there) : [])].find((path) => !mayWrite(path));
  if (barred === undefined) return null;
  const user = process.getuid?.() ?? 'unknown';
  return `${barred} can't be written: it belongs to uid ${statSync(barred).uid}, and the service runs as uid ${user}; run chown -R ${user} on it, mount it writable, or set another folder`;
}

function nearestExisting(path: string): string {
  return existsSync(path) || dirname(path) === path ? path : nearestExisting(dirname(path));
}

function filesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder).map((name) => join(folder, name));
  } catch {
    return [];
  }
}

function mayWrite(path: string): boolean {
  try {
    // A folder that can't be entered can't be written into either.
    accessSync(path, statSync(path).isDirectory() ? constants.W_OK | constants.X_OK : constants.W_OK);
    return true;
  } catch {
    return false;
  }
}
