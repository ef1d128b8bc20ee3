import { existsSync, globSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Type, type Static } from 'typebox';
import { Value } from 'typebox/value';
import { runTool } from './run-tool.ts';

/**
 * Changes the code of pure decisions in small ways, one at a time, and runs the file's own tests against each change: one that no test notices is a
 * missing test. `npm run mutation` takes all of the files, `--only src/issues/claim.ts` one of them. Prints the share of changes that were noticed,
 * and the others. Exit code 1: fewer than `stryker.config.json` asks for were noticed in a file, or its tests did not run.
 */

const ROOT = join(import.meta.dirname, '..');

/** As in `stryker.config.json`. */
const REPORT = join(ROOT, 'node_modules/.cache/mutation.json');

/** Decisions of which a wrong one makes, closes or loses an issue. Tables of texts are left out: a test of theirs would say them again. */
const MUTATED = [
  ...filesIn('src/issues', 'plan-step claim retry-policy admission unproven taken-away missing-issue group-key step-delay pending-work'),
  ...filesIn(
    'src/issues',
    'known-of-create close-outcome issue-times due-date mapping-state neighbours counterpart opening-window pause written',
  ),
  ...filesIn('src/findings', 'merge-finding lifecycle details-need severity timestamp'),
  ...filesIn('src/rules', 'decide limits transition-aim rule-changes'),
  ...filesIn('src/jira/http', 'outcome-table'),
];

const Mutant = Type.Object({
  status: Type.String(),
  mutatorName: Type.String(),
  replacement: Type.Optional(Type.String()),
  testsCompleted: Type.Optional(Type.Integer()),
  location: Type.Object({ start: Type.Object({ line: Type.Integer(), column: Type.Integer() }) }),
});
type Mutant = Static<typeof Mutant>;

const Report = Type.Object({ files: Type.Record(Type.String(), Type.Object({ mutants: Type.Array(Mutant) })) });

const { values } = parseArgs({ options: { only: { type: 'string' }, concurrency: { type: 'string', default: '2' } } });
const chosen = MUTATED.filter((file) => values.only === undefined || values.only === file);
if (chosen.length === 0) endWith(`--only: expected one of ${MUTATED.join(', ')}`);
let weak = 0;
for (const file of chosen) if (!(await mutate(file))) weak += 1;
process.exitCode = weak === 0 ? 0 : 1;

/** @returns false: too few changes were noticed */
async function mutate(file: string): Promise<boolean> {
  const tests = testsOf(file);
  if (tests.length === 0) endWith(`${file} has no tests of its own`);
  rmSync(REPORT, { force: true });
  process.env['MUTATION_TESTS'] = tests.join(' ');
  const run = await runTool('stryker', ['run', '--mutate', file, '--concurrency', values.concurrency], ROOT);
  if (!existsSync(REPORT)) endWith(`Stryker made no report of ${file}:\n${run.output}`);
  const { files } = Value.Parse(Report, JSON.parse(readFileSync(REPORT, 'utf8')));
  const mutants = files[file]?.mutants ?? [];
  const [noticed, missed] = [mutants.filter(isNoticed), mutants.filter(isMissed)];
  // Where the tests do not reach the code that was changed, Stryker may say that all is well.
  if (noticed.every(({ testsCompleted = 0 }) => testsCompleted === 0)) endWith(`No test ran against a change of ${file}:\n${run.output}`);
  const share = (100 * noticed.length) / (noticed.length + missed.length);
  say(`${share.toFixed(1).padStart(5)} %  ${String(noticed.length + missed.length).padStart(4)} changes  ${file}`);
  for (const mutant of missed) say(`    ${wordsOf(mutant)}`);
  return run.exitCode === 0;
}

/** The tests that have the file's name, perhaps followed by what they are about. */
function testsOf(file: string): readonly string[] {
  const name = file.replace(/^src\//, 'test/').replace(/\.ts$/, '');
  return globSync([`${name}.test.ts`, `${name}-*.test.ts`], { cwd: ROOT }).toSorted();
}

function isNoticed({ status }: Mutant): boolean {
  return status === 'Killed' || status === 'Timeout';
}

function isMissed({ status }: Mutant): boolean {
  return status === 'Survived' || status === 'NoCoverage';
}

function wordsOf({ status, mutatorName, replacement = '', location: { start } }: Mutant): string {
  const why = status === 'NoCoverage' ? ', which no test reaches' : '';
  return `${start.line}:${start.column} ${mutatorName}: ${replacement.replaceAll(/\s+/g, ' ').slice(0, 100)}${why}`;
}

/** @param names space-separated */
function filesIn(folder: string, names: string): readonly string[] {
  return names.split(' ').map((name) => `${folder}/${name}.ts`);
}

function endWith(problem: string): never {
  process.stderr.write(`${problem}\n`);
  process.exit(2);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}
