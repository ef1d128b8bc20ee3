import { join } from 'node:path';
import { overlookedFaults } from './planted-faults.ts';
import { runTool, type ToolRun } from './run-tool.ts';

/** Runs every static check, prints what each found, and fails when one failed or had nothing to look at. */
const root = join(import.meta.dirname, '..');

interface Step {
  readonly name: string;
  readonly command: readonly [tool: string, ...args: string[]];
  /** How many files, or tests, the tool says it looked at; null: it does not say, and planted faults prove it alone. */
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
    seen: (output) => output.split('\n').filter((line) => line.startsWith(root) && !line.includes('/node_modules/')).length,
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
  if (run.exitCode === 0 && files !== 0) say(`${name}: ok${files === null ? '' : ` (${files} looked at)`}`);
  else fail(name, run.exitCode === 0 ? 'looked at nothing' : complaints(run));
}
const overlooked = await overlookedFaults(root);
if (overlooked.length === 0) say('planted faults: ok (every one seen)');
else fail('planted faults', overlooked.join('\n'));

say(failed === 0 ? 'All checks passed.' : `${failed} of ${STEPS.length + 1} checks failed.`);
process.exitCode = failed === 0 ? 0 : 1;

function numberIn(output: string, pattern: RegExp): number {
  return Number(pattern.exec(output)?.[1] ?? 0);
}

/** What a tool wrote, less the list of files that only served for counting. */
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
