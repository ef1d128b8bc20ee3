import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { inRulesFile, readRulesFile } from '../src/config/rules-file.ts';
import type { Finding } from '../src/findings/finding.ts';
import { readMessage } from '../src/intake/read-message.ts';
import { decide } from '../src/rules/decide.ts';
import { itemPath } from '../src/rules/json-path.ts';
import { parseRules, type CompiledRules } from '../src/rules/parse-rules.ts';
import type { Problem } from '../src/rules/problem.ts';
import { repeatedRoles } from '../src/rules/repeated-roles.ts';
import { runRuleTests } from '../src/rules/run-rule-tests.ts';
import { finish } from '../src/rules/chunked-work.ts';
import { unreachableRules } from '../src/rules/unreachable-rules.ts';

/**
 * Runs the tests of a rules file: `npm run rules:test -- rules.yaml`; `--events DIR` also evaluates the findings in the folder's `*.json`
 * files, `--json` writes one JSON document. Exit code 0: all tests pass; 1: a test fails; 2: wrong usage, or a file can't be read.
 */
const { file, eventsDir, asJson } = readArguments();
const rules = readRules(file);
const { ruleSet } = rules;
const findings = eventsDir === null ? [] : readFindings(eventsDir);

const { failures, decided } = finish(runRuleTests(rules));
const unreachable = finish(unreachableRules(rules));
const repeated = repeatedRoles(rules).map(({ path, message }): Problem => ({ path, message }));
const reached = new Set(decided);
for (const { event } of findings) reached.add(decide(rules, { ...event }).ruleId ?? '');
const tests = ruleSet.tests?.length ?? 0;
const unused = tests + findings.length === 0 ? [] : unusedRules();

if (asJson) {
  say(
    JSON.stringify(
      { ok: failures.length === 0, rules: ruleSet.rules.length, tests, findings: findings.length, failures, unreachable, unused, repeated },
      null,
      2,
    ),
  );
} else {
  for (const line of inRulesFile(file, failures)) say(line);
  for (const line of inRulesFile(file, [...unreachable, ...unused, ...repeated])) say(`warning: ${line}`);
  const asked = findings.length === 0 ? '' : `, ${findings.length} findings asked about`;
  say(`${ruleSet.rules.length} rules, ${tests} tests, ${failures.length} failed${asked}`);
}
process.exitCode = failures.length === 0 ? 0 : 1;

/** Rules that decide no test and no finding, without the unreachable ones, which are reported already. */
function unusedRules(): readonly Problem[] {
  const told = new Set(unreachable.map(({ path }) => path));
  return ruleSet.rules.flatMap(({ id }, index) => {
    const path = itemPath('rules', index);
    return reached.has(id) || told.has(path)
      ? []
      : [{ path, message: `${id} decides no test${eventsDir === null ? '' : ' and no finding'}` }];
  });
}

function readArguments(): { readonly file: string; readonly eventsDir: string | null; readonly asJson: boolean } {
  try {
    const options = { json: { type: 'boolean', default: false }, events: { type: 'string' } } as const;
    const { values, positionals } = parseArgs({ options, allowPositionals: true });
    const [named] = positionals;
    if (named === undefined || positionals.length > 1)
      return endWith(['expected one rules file: npm run rules:test -- FILE [--events DIR] [--json]']);
    return { file: named, eventsDir: values.events ?? null, asJson: values.json };
  } catch (error) {
    return endWith([wordsOf(error)]);
  }
}

function readRules(path: string): CompiledRules {
  const read = readRulesFile(path, textOf(path));
  if (!read.ok) return endWith(read.problems);
  const parsed = parseRules(read.input);
  return parsed.ok ? parsed.rules : endWith(inRulesFile(path, parsed.problems));
}

/** Every finding in the folder's files. Each file is one message, as in the queue. */
function readFindings(folder: string): readonly Finding[] {
  return jsonFilesIn(folder).flatMap((path) =>
    readMessage(textOf(path), Date.now(), null).map((part) => {
      if (part.kind === 'finding') return part.finding;
      return endWith([part.kind === 'ignored' ? `${path}: is no finding (${part.because})` : inRulesFile(path, [part]).join('')]);
    }),
  );
}

function jsonFilesIn(folder: string): readonly string[] {
  try {
    const names = readdirSync(folder).filter((name) => name.endsWith('.json'));
    return names.length === 0
      ? endWith([`${folder}: expected files that end in .json`])
      : names.toSorted().map((name) => join(folder, name));
  } catch (error) {
    return endWith([wordsOf(error)]);
  }
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch (error) {
    return endWith([wordsOf(error)]);
  }
}

function wordsOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}

function say(line: string): void {
  process.stdout.write(`${line}\n`);
}

function endWith(problems: readonly string[]): never {
  for (const problem of problems) process.stderr.write(`${problem}\n`);
  process.exit(2);
}
