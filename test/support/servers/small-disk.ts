import { spawnSync } from 'node:child_process';
import { closeSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A filesystem of a few megabytes in memory, which a test fills and frees. */
export interface SmallDisk {
  readonly folder: string;
  /** Takes all room that is left. */
  fill(): void;
  free(): void;
  remove(): void;
}

/** The last chunk that fits is smaller: a write takes what is left. */
const CHUNK = Buffer.alloc(1_048_576);

/** Whether this machine lets a test mount a filesystem: only root may. */
export function maySmallDisk(): boolean {
  return process.platform === 'linux' && process.getuid?.() === 0 && spawnSync('mount', ['--version']).status === 0 && mounts();
}

function mounts(): boolean {
  try {
    openSmallDisk(1).remove();
    return true;
  } catch {
    return false;
  }
}

export function openSmallDisk(megabytes: number): SmallDisk {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-disk-'));
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', `size=${megabytes}m`, 'tmpfs', folder], { encoding: 'utf8' });
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true });
    throw new Error(`mount ended with ${mounted.status}: ${mounted.stderr}`);
  }
  const filling = join(folder, 'filling');
  return {
    folder,
    fill() {
      const file = openSync(filling, 'a');
      try {
        for (;;) writeSync(file, CHUNK);
      } catch {
        // Full.
      } finally {
        closeSync(file);
      }
    },
    free: () => rmSync(filling, { force: true }),
    remove() {
      // Lazily, since a process may still be ending.
      spawnSync('umount', ['-l', folder]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
