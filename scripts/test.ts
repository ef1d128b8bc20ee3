import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm, statfs } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { Type } from 'typebox';
import { Value } from 'typebox/value';
import { findPart, TEST_PARTS, thisMachine } from './test-parts.ts';

/** Finds or installs the programs that the tests need, runs the tests, and ends with one line of counts. Arguments go to vitest. */
const root = join(import.meta.dirname, '..');

/** The fields of Vitest's JSON report that are read here. */
const Report = Type.Object({
  testResults: Type.Array(
    Type.Object({
      name: Type.String(),
      status: Type.String(),
      assertionResults: Type.Array(Type.Object({ status: Type.String() })),
    }),
  ),
});

/** More than all tests together write. */
const MEMORY_BYTES = 2 * 1_024 ** 3;

const env: Record<string, string | undefined> = { ...process.env };
const missing: string[] = [];
for (const part of TEST_PARTS) {
  const found = findPart(part, thisMachine());
  if (found.path === null) missing.push(`${part.command}: ${found.because}`);
  else env[part.variable] = found.path;
  say(found.path === null ? `${part.command}: missing` : `${part.command}: ${found.path} (${found.by})`);
}

env['TMPDIR'] ??= await folderInMemory();

const folder = await mkdtemp(join(tmpdir(), 'test-report-'));
const reportFile = join(folder, 'report.json');
const exitCode = await runVitest(process.argv.slice(2));
const counts = await countTests();
await rm(folder, { recursive: true, force: true });

for (const [file, skipped] of counts.skippedIn) say(`skipped: ${skipped} in ${file}`);
for (const part of missing) say(`missing (suites that need it were skipped): ${part}`);
// A fault outside any test, such as a file that can't be loaded, counts as one failure.
const failed = exitCode === 0 ? counts.failed : Math.max(counts.failed, 1);
say(`${counts.passed} passed, ${failed} failed, ${counts.skipped} skipped`);
process.exitCode = failed > 0 || counts.passed === 0 || (missing.length > 0 && process.env['CI']) ? 1 : 0;

/**
 * Where Linux keeps a folder in memory with room to spare, the stores of the tests are there: they commit many thousand times, and each commit
 * waits for the disk. A killed process leaves the same files behind in either place. @returns undefined: there is none
 */
async function folderInMemory(): Promise<string | undefined> {
  const memory = '/dev/shm';
  const { bavail, bsize } = await statfs(memory).catch(() => ({ bavail: 0, bsize: 0 }));
  return bavail * bsize > MEMORY_BYTES ? memory : undefined;
}

function runVitest(args: readonly string[]): Promise<number | null> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs');
  const all = [vitest, 'run', '--reporter=default', '--reporter=json', `--outputFile.json=${reportFile}`, ...args];
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, all, { cwd: root, env, stdio: 'inherit' });
    child.once('error', reject);
    child.once('close', resolve);
  });
}

async function countTests() {
  const counted = { passed: 0, failed: 0, skipped: 0, skippedIn: new Map<string, number>() };
  const text = await readFile(reportFile, 'utf8').catch(() => '{"testResults":[]}');
  for (const file of Value.Parse(Report, JSON.parse(text)).testResults) {
    const statuses = file.assertionResults.map((test) => test.status);
    const passed = statuses.filter((status) => status === 'passed').length;
    const failures = statuses.filter((status) => status === 'failed').length;
    const skipped = statuses.length - passed - failures;
    counted.passed += passed;
    counted.failed += file.status === 'failed' ? Math.max(failures, 1) : failures;
    counted.skipped += skipped;
    if (skipped > 0) counted.skippedIn.set(relative(root, file.name), skipped);
  }
  return counted;
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
