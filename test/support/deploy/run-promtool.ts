import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { findProgram } from '../find-program.ts';

/** Prometheus' tool, from `PROMTOOL` or the PATH; null: the suites that need it are skipped. */
export function promtoolPath(): string | null {
  return findProgram('PROMTOOL', 'promtool');
}

export interface PromtoolRun {
  readonly exitCode: number | null;
  readonly output: string;
}

/**
 * Runs promtool on files of a temporary folder, which a container can see as well.
 * @param args names of the files, and what to do with them
 */
export function runPromtool(args: readonly string[], files: Readonly<Record<string, string>>): PromtoolRun {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-promtool-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const paths = args.map((arg) => (Object.hasOwn(files, arg) ? join(folder, arg) : arg));
    const run = spawnSync(promtoolPath() ?? 'promtool', paths, { encoding: 'utf8', cwd: folder });
    return { exitCode: run.status, output: `${run.stdout}${run.stderr}` };
  } finally {
    rmSync(folder, { recursive: true });
  }
}
