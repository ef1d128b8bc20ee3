import { readFile, stat } from 'node:fs/promises';
import type { Problem } from '../rules/problem.ts';
import { inRulesFile, type ReadRulesFile } from './rules-file.ts';
import { readRulesText } from './rules-text.ts';

/** Several times the characters that a rules file may have; nothing longer is read into memory. */
const MAX_BYTES = 20_000_000;

/**
 * Watches the rules file for changes. Only its content is compared: a mounted volume sends no events, and the times and inodes of a file that
 * is linked into place may go backwards. A file that is being written may be read in part, so a content counts only when two reads in a row
 * have found it.
 */
export function createRulesFileSource(path: string) {
  let seen: string | null = null;
  let given: string | null = null;

  return {
    async read(): Promise<ReadRulesFile | null> {
      const now = await inspect(path);
      const key = JSON.stringify(now);
      const isStable = key === seen;
      seen = key;
      if (!isStable || key === given) return null;
      given = key;
      return now.ok ? parse(path, now.text) : { ok: false, problems: [now.problem] };
    },
    inFile: (problems: readonly Problem[]) => inRulesFile(path, problems),
  };
}

type Inspected = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly problem: string };

async function inspect(path: string): Promise<Inspected> {
  try {
    const { size } = await stat(path);
    if (size > MAX_BYTES) return { ok: false, problem: `${path}: expected at most ${MAX_BYTES} bytes` };
    return { ok: true, text: await readFile(path, 'utf8') };
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'unreadable';
    return { ok: false, problem: `${path}: expected a file that can be read (${code})` };
  }
}

async function parse(path: string, text: string): Promise<ReadRulesFile> {
  const read = await readRulesText(text);
  return read.ok ? read : { ok: false, problems: inRulesFile(path, read.problems) };
}
