import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** What the pictures show: where one of these files has changed, they are out of date. */
const SHOWN = ['src/parts/page/assets', 'src/sandbox/board'];

/** Keeps the hash of what the pictures show. */
export const HASH_FILE = 'docs/pictures/sources.sha256';

/** A hash over the sources of the admin page and of the sandbox's board. @param root the folder of the repository */
export function hashOfShown(root: string): string {
  const hash = createHash('sha256');
  const files = SHOWN.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name)),
  );
  for (const file of files.toSorted()) hash.update(file.slice(root.length)).update('\0').update(readFileSync(file)).update('\0');
  return hash.digest('hex');
}
