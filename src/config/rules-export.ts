import { mkdir, open, rename, stat, type FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import type { RuleSet } from '../rules/routing-rule.ts';
import { renderRulesText } from './rules-text.ts';

/** The facts about a revision at the head of its file. */
export interface ExportedRevision {
  readonly revision: number;
  /** Epoch ms. */
  readonly savedAt: number;
  readonly savedBy: string;
  readonly comment: string | null;
}

/** Writes each revision of the rules to `DATA_DIR/rules/<revision>.yaml`, from where it can be restored when the store is lost. */
export function createRulesExport(dataDir: string, yieldIfDue: () => Promise<void>) {
  const folder = join(dataDir, 'rules');
  const pathOf = (revision: number): string => join(folder, `${revision}.yaml`);

  return {
    async has(revision: number): Promise<boolean> {
      try {
        return (await stat(pathOf(revision))).isFile();
      } catch {
        return false;
      }
    },
    /** Written under another name, flushed and renamed: the file is whole or absent. @throws the file system's own error */
    async write(exported: ExportedRevision, rules: RuleSet): Promise<void> {
      await mkdir(folder, { recursive: true, mode: 0o700 });
      const path = pathOf(exported.revision);
      const text = `${headOf(exported)}${await renderRulesText(rules, yieldIfDue)}`;
      await flushed(await open(`${path}.new`, 'w', 0o600), (file) => file.writeFile(text));
      await rename(`${path}.new`, path);
      await flushed(await open(folder, 'r'), async () => undefined);
    },
  };
}

function headOf({ revision, savedAt, savedBy, comment }: ExportedRevision): string {
  const why = comment === null ? '' : `, ${JSON.stringify(comment)}`;
  return `# Revision ${revision}, saved at ${new Date(savedAt).toISOString()} by ${JSON.stringify(savedBy)}${why}\n`;
}

async function flushed(file: FileHandle, work: (file: FileHandle) => Promise<void>): Promise<void> {
  try {
    await work(file);
    await file.sync();
  } finally {
    await file.close();
  }
}
