import { cp, mkdtemp, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTool, type ToolRun } from './run-tool.ts';

/** What a copy of the project needs; the rest takes time to copy. */
const COPIED = ['package.json', 'tsconfig.json', 'vitest.config.ts', 'config', 'docs', 'scripts', 'src', 'test'];

/** The parts, and their tests. */
const PARTS = ['src/parts', 'test/parts'];

/** Opening, closing and reopening, by the pipeline and by a process. */
const LIFECYCLE = ['test/e2e/open-and-close.test.ts', 'test/pipeline/enrichment', 'test/load-parts.test.ts'];

/** Checks in a copy without the parts that the service needs none of them. */
export async function checkWithoutParts(root: string): Promise<{ readonly types: ToolRun; readonly tests: ToolRun }> {
  const copy = await mkdtemp(join(tmpdir(), 'without-parts-'));
  try {
    for (const name of COPIED) await cp(join(root, name), join(copy, name), { recursive: true });
    for (const name of PARTS) await rm(join(copy, name), { recursive: true });
    await symlink(join(root, 'node_modules'), join(copy, 'node_modules'));
    return {
      types: await runTool('tsc', ['--noEmit', '--pretty', 'false', '-p', '.'], copy),
      tests: await runTool('vitest', ['run', '--reporter=dot', ...LIFECYCLE], copy),
    };
  } finally {
    await rm(copy, { recursive: true, force: true });
  }
}
