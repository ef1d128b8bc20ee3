import { join } from 'node:path';
import { overlookedFaults } from './planted-faults.ts';
import { runTool, type ToolRun } from './run-tool.ts';
import { checkWithoutParts } from './without-parts.ts';

/** Runs every static check, and the lifecycle without parts, and prints its result. Fails when a check failed or had nothing to check. */
const root = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  readonly command: readonly [tool: string, ...args: string[]];
  /** The number of files, or tests, that the tool says it checked; null: it says none, and only the planted faults prove that it works. */
  readonly seen: ((output: string) => number) | null;
}

const STEPS: readonly Step[] = [
  { name: 'format', command: ['oxfmt', '--check', '.'], seen: (output) => numberIn(output, /on (\d+) files/) },
  {
    name: 'lint',
    command: ['oxlint', '--type-aware', '--deny-warnings', '--report-unused-disable-directives', '.'],
    seen: (output) => numberIn(output, /on (\d+) files with \d+ rules/),
  },
  {
    name: 'types',
    command: ['tsc', '--noEmit', '--pretty', 'false', '--listFiles', '-p', '.'],
    seen: ownFiles,
  },
  // With the types of a browser instead of those of Node.js.
  {
    name: 'types of the admin page',
    command: ['tsc', '--noEmit', '--pretty', 'false', '--listFiles', '-p', 'src/parts/page/assets'],
    seen: ownFiles,
  },
  {
    name: 'architecture',
    command: ['vitest', 'run', '--reporter=dot', 'test/architecture.test.ts'],
    seen: (output) => numberIn(output, /Tests .*?(\d+) passed/),
  },
  { name: 'unused code', command: ['knip', '--no-progress'], seen: null },
];

let failed = 0;
for (const { name, command, seen } of STEPS) {
  const [tool, ...args] = command;
  const run = await runTool(tool, args, root);
  const files = seen?.(run.output) ?? null;
  if (run.exitCode === 0 && files !== 0) say(`${name}: ok${files === null ? '' : ` (${files} checked)`}`);
  else fail(name, run.exitCode === 0 ? 'nothing was checked' : complaints(run));
}
const overlooked = await overlookedFaults(root);
if (overlooked.length === 0) say('planted faults: ok (all reported)');
else fail('planted faults', overlooked.join('\n'));

const { types, tests } = await checkWithoutParts(root);
const passed = numberIn(tests.output, /Tests .*?(\d+) passed/);
if (types.exitCode === 0 && tests.exitCode === 0 && passed > 0) say(`without parts: ok (${passed} tests)`);
else fail('without parts', [types, tests].map(({ exitCode, output }) => (exitCode === 0 ? '' : output)).join('\n'));

say(failed === 0 ? 'All checks passed.' : `${failed} of ${STEPS.length + 2} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

/** Files of ours that the compiler lists. */
function ownFiles(output: string): number {
  return output.split('\n').filter((line) => line.startsWith(root) && !line.includes('/node_modules/')).length;
}

function numberIn(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}

/** The output of a tool without the list of files, which is only for counting. */
function complaints(run: ToolRun): string {
  return run.output
    .split('\n')
    .filter((line) => !/^\/\S+\.(ts|mts|cts|json)$/.test(line))
    .join('\n');
}

function fail(name: string, why: string): void {
  failed += 1;
  say(`${name}: FAILED\n${why.trim()}\n`);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
