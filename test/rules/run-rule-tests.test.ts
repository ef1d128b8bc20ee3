import { expect, test } from 'vitest';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { runRuleTests } from '../../src/rules/run-rule-tests.ts';
import { finish } from '../../src/rules/chunked-work.ts';

const RULES = [
  { id: 'sandbox', match: { detail: { accountId: ['1'] } }, action: 'ignore' },
  {
    id: 'unused',
    match: { 'detail-type': ['Unused Access Finding for IAM entities'] },
    action: 'issue',
    issue: { project: 'IAM', issueType: 'Task' },
  },
  {
    id: 'rest',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', useAccountMap: true },
  },
];
const BESIDES = {
  accounts: { '111122223333': { project: 'OPS' }, '444455556666': { organizationalUnit: 'data' } },
  organizationalUnits: { data: { project: 'DATA' } },
};

function failuresOf(tests: readonly unknown[]) {
  const parsed = parseRules({ version: 1, rules: RULES, tests, ...BESIDES });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return finish(runRuleTests(parsed.rules));
}

const UNUSED = {
  source: 'aws.access-analyzer',
  'detail-type': 'Unused Access Finding for IAM entities',
  detail: { accountId: '444455556666' },
};

test.each<[string, object, object, string | null]>([
  ['the action', { finding: { accountId: '1' } }, { action: 'ignore' }, null],
  ['the rule', { finding: { accountId: '1' } }, { action: 'ignore', ruleId: 'sandbox' }, null],
  ['a finding is one of external access', { finding: {} }, { action: 'issue', ruleId: 'rest', project: 'SEC' }, null],
  ['a whole event', { event: UNUSED }, { action: 'issue', ruleId: 'unused', project: 'IAM' }, null],
  ['the project of an account', { finding: { accountId: '111122223333' } }, { action: 'issue', project: 'OPS' }, null],
  ['the project of its unit', { finding: { accountId: '444455556666' } }, { action: 'issue', project: 'DATA' }, null],
  ['no rule', { event: { source: 'aws.iam' } }, { action: 'ignore', ruleId: null }, null],
  ['another action', { finding: { accountId: '1' } }, { action: 'issue' }, 'expected action issue, but sandbox decides: ignore'],
  ['another rule', { finding: {} }, { action: 'issue', ruleId: 'unused' }, 'expected rule unused, but rest decides'],
  ['no rule, but one', { finding: { accountId: '1' } }, { action: 'ignore', ruleId: null }, 'expected rule none, but sandbox decides'],
  [
    'another project',
    { finding: { accountId: '111122223333' } },
    { action: 'issue', project: 'SEC' },
    'expected project SEC, but rest decides: OPS',
  ],
  [
    'a project of an ignored finding',
    { finding: { accountId: '1' } },
    { action: 'ignore', project: 'SEC' },
    'expected project SEC, but sandbox decides: no project',
  ],
  ['an event that no rule matches', { event: {} }, { action: 'issue' }, 'expected action issue, but no rule matches: ignore'],
])('%s', (_what, given, expected, message) => {
  expect(failuresOf([{ ...given, expect: expected }]).failures).toEqual(message === null ? [] : [{ path: 'tests[0]', message }]);
});

test('reports the tests that failed, by path and name, and the rules that decided any', () => {
  const tests = [
    { finding: { accountId: '1' }, expect: { action: 'ignore' } },
    { name: 'the rest', finding: {}, expect: { action: 'ignore' } },
  ];
  expect(failuresOf(tests)).toEqual({
    failures: [{ path: 'tests[1]', message: 'the rest: expected action ignore, but rest decides: issue' }],
    decided: new Set(['sandbox', 'rest']),
  });
});
