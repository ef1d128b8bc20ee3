import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { inRulesFile } from '../../config/rules-file.ts';
import type { Finding } from '../../findings/finding.ts';
import { readMessage } from '../../intake/read-message.ts';
import { finish } from '../../rules/chunked-work.ts';
import { decide } from '../../rules/decide.ts';
import { itemPath } from '../../rules/json-path.ts';
import type { CompiledRules } from '../../rules/parse-rules.ts';
import type { Problem } from '../../rules/problem.ts';
import { repeatedRoles } from '../../rules/repeated-roles.ts';
import { runRuleTests } from '../../rules/run-rule-tests.ts';
import { unreachableRules } from '../../rules/unreachable-rules.ts';
import { showValue, type OutputOptions } from '../command-context.ts';
import { CommandFailed, EXIT } from '../exit-code.ts';
import { readFile } from '../read-file.ts';
import { safeText } from '../safe-text.ts';
import type { Terminal } from '../terminal.ts';
import { counted } from '../time-words.ts';
import { rulesFrom } from './rules-from.ts';

export interface TestRulesOptions extends OutputOptions {
  /** A folder of `*.json` files, each with a message as in the queue. */
  readonly events?: string;
}

/** Runs the tests of a rules file, and names rules that decide nothing. Needs no service. @throws CommandFailed when a test fails */
export async function testRules(terminal: Terminal, file: string, { events, output }: TestRulesOptions): Promise<void> {
  const rules = rulesFrom(file);
  const findings = events === undefined ? [] : readFindings(events, terminal.now());
  const { failures, decided } = finish(runRuleTests(rules));
  const unreachable = finish(unreachableRules(rules));
  const repeated = repeatedRoles(rules).map(({ path, message }): Problem => ({ path, message }));
  const reached = new Set(decided);
  for (const { event } of findings) reached.add(decide(rules, { ...event }).ruleId ?? '');
  const tests = rules.ruleSet.tests?.length ?? 0;
  const unused = tests + findings.length === 0 ? [] : unusedRules(rules, reached, unreachable, events !== undefined);

  const result = { rules: rules.ruleSet.rules.length, tests, findings: findings.length, failures, unreachable, unused, repeated };
  if (output === 'table')
    terminal.out.write(
      resultLines(file, result)
        .map((line) => `${safeText(line)}\n`)
        .join(''),
    );
  else await showValue(terminal, output, { ok: failures.length === 0, ...result });
  if (failures.length > 0) throw new CommandFailed(EXIT.failed, `${counted(failures.length, 'test')} of ${tests} failed`);
}

interface TestResult {
  readonly rules: number;
  readonly tests: number;
  readonly findings: number;
  readonly failures: readonly Problem[];
  readonly unreachable: readonly Problem[];
  readonly unused: readonly Problem[];
  readonly repeated: readonly Problem[];
}

function resultLines(file: string, { rules, tests, findings, failures, unreachable, unused, repeated }: TestResult): readonly string[] {
  const asked = findings === 0 ? '' : `, ${counted(findings, 'finding')} asked about`;
  return [
    ...inRulesFile(file, failures),
    ...inRulesFile(file, [...unreachable, ...unused, ...repeated]).map((line) => `warning: ${line}`),
    `${counted(rules, 'rule')}, ${counted(tests, 'test')}, ${failures.length} failed${asked}`,
  ];
}

/** Rules that decide no test and no finding, without the unreachable ones, which are reported already. */
function unusedRules(
  { ruleSet }: CompiledRules,
  reached: ReadonlySet<string>,
  unreachable: readonly Problem[],
  hasFindings: boolean,
): readonly Problem[] {
  const told = new Set(unreachable.map(({ path }) => path));
  return ruleSet.rules.flatMap(({ id }, index) => {
    const path = itemPath('rules', index);
    return reached.has(id) || told.has(path) ? [] : [{ path, message: `${id} decides no test${hasFindings ? ' and no finding' : ''}` }];
  });
}

/** Every finding in the folder's files. @throws CommandFailed */
function readFindings(folder: string, now: number): readonly Finding[] {
  return jsonFilesIn(folder).flatMap((path) =>
    readMessage(readFile(path), now, null).map((part) => {
      if (part.kind === 'finding') return part.finding;
      const why = part.kind === 'ignored' ? `${path}: is no finding (${part.because})` : inRulesFile(path, [part]).join('');
      throw new CommandFailed(EXIT.usage, why);
    }),
  );
}

function jsonFilesIn(folder: string): readonly string[] {
  const names = namesIn(folder).filter((name) => name.endsWith('.json'));
  if (names.length === 0) throw new CommandFailed(EXIT.usage, `${folder}: expected files that end in .json`);
  return names.toSorted().map((name) => join(folder, name));
}

function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    throw new CommandFailed(EXIT.usage, error instanceof Error ? error.message : String(error), error);
  }
}
