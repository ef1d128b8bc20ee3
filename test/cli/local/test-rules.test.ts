import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { f2j } from '../../support/cli/f2j.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { testFolder } from '../../support/service/service-process.ts';

const issue = { project: 'SEC', issueType: 'Task' };
const RULES = [
  { id: 'sandbox', match: { detail: { accountId: ['111122223333'] } }, action: 'ignore' },
  { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy: 'access', issue },
  { id: 'late', match: { source: ['aws.access-analyzer'], region: ['eu-west-1'] }, action: 'ignore' },
];
const SANDBOX = { name: 'sandbox is left out', finding: { accountId: '111122223333' }, expect: { action: 'ignore', ruleId: 'sandbox' } };
const REST = { finding: { accountId: '222233334444' }, expect: { action: 'issue', ruleId: 'rest', project: 'SEC' } };

function write(content: object | string): { readonly folder: string; readonly file: string } {
  const folder = testFolder();
  const file = join(folder, 'rules.yaml');
  writeFileSync(file, typeof content === 'string' ? content : JSON.stringify(content));
  return { folder, file };
}

const run = (...args: readonly string[]) => f2j(['rules', 'test', ...args]);

describe('f2j rules test', () => {
  test('tests that pass end with 0, and rules that can never decide are reported', async () => {
    const { file } = write({ version: 1, rules: RULES, tests: [SANDBOX, REST] });
    const { exitCode, out } = await run(file);
    expect(out).toBe(
      `warning: ${file}: rules[2]: late never decides: rest above it matches whatever it matches\n3 rules, 2 tests, 0 failed\n`,
    );
    expect(exitCode).toBe(0);
  });

  test('a test that fails ends with 1 and reports its place, its expectation and the result', async () => {
    const { file } = write({ version: 1, rules: RULES.slice(0, 2), tests: [REST, { ...SANDBOX, expect: { action: 'issue' } }] });
    const { exitCode, out } = await run(file);
    expect(out).toBe(
      `${file}: tests[1]: sandbox is left out: expected action issue, but sandbox decides: ignore\n2 rules, 2 tests, 1 failed\n`,
    );
    expect(exitCode).toBe(1);
  });

  test('a rule that no test and no finding needs is reported; without tests and findings, use is not checked', async () => {
    const { file, folder } = write({ version: 1, rules: RULES.slice(0, 2), tests: [SANDBOX] });
    expect((await run(file)).out).toContain('warning: ' + file + ': rules[1]: rest decides no test\n');
    const events = join(folder, 'events');
    mkdirSync(events);
    writeFileSync(join(events, 'one.json'), JSON.stringify(numberedEvent(1, 0)));
    writeFileSync(join(events, 'notes.txt'), 'no finding');
    expect((await run(file, '--events', events)).out).toBe('2 rules, 1 test, 0 failed, 1 finding asked about\n');
    expect((await run(write({ version: 1, rules: RULES.slice(0, 2) }).file)).out).toBe('2 rules, 0 tests, 0 failed\n');
  });

  test('a rule that opens an issue for the same role in every Region is reported', async () => {
    const rules = RULES.slice(0, 2).map((rule) => (rule.id === 'rest' ? { ...rule, groupBy: 'finding' } : rule));
    const { exitCode, out } = await run(write({ version: 1, rules }).file);
    expect(out).toMatch(/^warning: .*: rules\[1\]: rest opens an issue for each finding, .*groupBy to "access".*\n2 rules/);
    expect(exitCode).toBe(0);
  });

  test('-o json writes one document with the same', async () => {
    const { file } = write({ version: 1, rules: RULES, tests: [{ ...SANDBOX, expect: { action: 'issue' } }] });
    const { exitCode, out } = await run(file, '-o', 'json');
    expect(JSON.parse(out)).toEqual({
      ok: false,
      rules: 3,
      tests: 1,
      findings: 0,
      failures: [{ path: 'tests[0]', message: 'sandbox is left out: expected action issue, but sandbox decides: ignore' }],
      unreachable: [{ path: 'rules[2]', message: 'late never decides: rest above it matches whatever it matches' }],
      unused: [{ path: 'rules[1]', message: 'rest decides no test' }],
      repeated: [],
    });
    expect(exitCode).toBe(1);
  });

  test.each<[string, () => readonly string[], string]>([
    ['no file', () => [], "missing required argument 'file'"],
    ['two files', () => ['one.yaml', 'two.yaml'], 'too many arguments'],
    ['an unknown option', () => ['rules.yaml', '--verbose'], '--verbose'],
    ['a file that is not there', () => [join(testFolder(), 'none.yaml')], 'no such file'],
    ['no YAML', () => [write('rules: [').file], 'rules.yaml:1:'],
    ['no rules', () => [write({ version: 1, rules: [{ id: 'one' }] }).file], 'rules[0].match: missing, expected'],
    [
      'a folder without findings',
      () => [write({ version: 1, rules: RULES }).file, '--events', testFolder()],
      'expected files that end in .json',
    ],
    ['findings that cannot be read', () => withEvent('{"source":"aws.access-analyzer","detail":{}}'), 'one.json: '],
    ['something else than a finding', () => withEvent('{"source":"aws.s3","detail":{}}'), 'one.json: source: expected'],
  ])('%s ends with 2 and says why', async (_, args, words) => {
    expect(await run(...args())).toEqual({ exitCode: 2, out: '', err: expect.stringContaining(words) });
  });
});

function withEvent(text: string): readonly string[] {
  const events = testFolder();
  writeFileSync(join(events, 'one.json'), text);
  return [write({ version: 1, rules: RULES }).file, '--events', events];
}
