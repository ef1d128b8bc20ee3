import { readFileSync } from 'node:fs';
import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parse } from 'yaml';
import type { JsonObject } from '../../src/findings/json.ts';
import { finish } from '../../src/rules/chunked-work.ts';
import { decide, decideInChunks, explainInChunks } from '../../src/rules/decide.ts';
import { parseRules, type CompiledRules } from '../../src/rules/parse-rules.ts';
import { runRuleTests } from '../../src/rules/run-rule-tests.ts';
import { eventOfManyObjects, MANY_ALTERNATIVES } from '../support/findings/costly-events.ts';
import { range } from '../support/findings/findings-by-number.ts';

function rulesFrom(path: string): CompiledRules {
  return compiledRules(parse(readFileSync(new URL(path, import.meta.url), 'utf8')));
}

function compiledRules(input: unknown): CompiledRules {
  const parsed = parseRules(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

function finding(detail: JsonObject, envelope: JsonObject = {}): JsonObject {
  return {
    source: 'aws.access-analyzer',
    'detail-type': 'Access Analyzer Finding',
    account: '444455556666',
    region: 'us-west-2',
    detail,
    ...envelope,
  };
}

const publicBucket = finding({ accountId: '444455556666', isPublic: true, resourceType: 'AWS::S3::Bucket' });
const role = finding({ accountId: '444455556666', isPublic: false, resourceType: 'AWS::IAM::Role' });
const unusedRole = finding({ resourceType: 'AWS::IAM::Role' }, { 'detail-type': 'Unused Access Finding for IAM entities' });

describe('the rules of the documentation', () => {
  const rules = rulesFrom('./fixtures/contract-rules.yaml');

  test.each([
    [
      'an account that is ignored, although public',
      finding({ accountId: '111122223333', isPublic: true, resourceType: 'AWS::S3::Bucket' }),
      'sandbox-accounts',
      'rule-ignores',
    ],
    ['a public bucket', publicBucket, 'public-buckets', 'rule-matched'],
    [
      'a bucket that is shared, not public',
      finding({ isPublic: false, resourceType: 'AWS::S3::Bucket' }),
      'everything-else',
      'rule-matched',
    ],
    ['a role that others may assume', role, 'roles', 'rule-matched'],
    ['an unused role', unusedRole, 'everything-else', 'rule-matched'],
    ['an event of another source', { ...role, source: 'aws.iam', 'detail-type': 'x' }, null, 'no-rule-matches'],
  ])('%s', (_, event, ruleId, because) => {
    expect(decide(rules, event)).toMatchObject({ ruleId, because, action: because === 'rule-matched' ? 'issue' : 'ignore' });
  });

  test('a decision for Jira carries its rule', () => {
    expect(decide(rules, publicBucket)).toEqual({
      action: 'issue',
      because: 'rule-matched',
      ruleId: 'public-buckets',
      rule: {
        id: 'public-buckets',
        match: { detail: { isPublic: [true], resourceType: ['AWS::S3::Bucket'] } },
        action: 'issue',
        issue: { project: 'PLAT', issueType: 'Bug', priority: 'Highest', labels: ['security'], dueInDays: 3 },
      },
    });
    expect(decide(rules, role)).toMatchObject({ rule: { groupBy: 'access' } });
  });

  test('an explanation goes rule by rule up to the one that decided', () => {
    expect(finish(explainInChunks(rules, role))).toEqual({
      decision: decide(rules, role),
      trace: [
        {
          ruleId: 'sandbox-accounts',
          matched: false,
          mismatches: [{ path: 'detail.accountId', wanted: '"111122223333"', found: '"444455556666"' }],
        },
        {
          ruleId: 'public-buckets',
          matched: false,
          mismatches: [
            { path: 'detail.isPublic', wanted: 'true', found: 'false' },
            { path: 'detail.resourceType', wanted: '"AWS::S3::Bucket"', found: '"AWS::IAM::Role"' },
          ],
        },
        { ruleId: 'roles', matched: true, mismatches: [] },
      ],
    });
  });
});

describe('the rules that are shipped', () => {
  const rules = rulesFrom('../../config/routing-rules.yaml');

  test.each([
    ['a role that others may assume', role, 'access'],
    ['an unused role', unusedRole, undefined],
    ['a public bucket', publicBucket, undefined],
    ['a finding whose publicity is not known', finding({ resourceType: 'AWS::KMS::Key' }), undefined],
  ])('send %s to SEC', (_, event, groupBy) => {
    const decision = decide(rules, event);
    expect(decision).toMatchObject({ action: 'issue', rule: { issue: { project: 'SEC', issueType: 'Task' } } });
    expect(decision.action === 'issue' && decision.rule.groupBy).toBe(groupBy);
  });

  test('ignore nothing', () => {
    expect(rules.ruleSet.rules.filter(({ action }) => action === 'ignore')).toEqual([]);
  });
});

test('without rules nothing matches', () => {
  expect(finish(explainInChunks(compiledRules({ version: 1, rules: [] }), role))).toEqual({
    decision: { action: 'ignore', because: 'no-rule-matches', ruleId: null },
    trace: [],
  });
});

test('the first rule that matches decides, and the explanation says the same as the decision', () => {
  const value = fc.constantFrom('a', 'b', 'c');
  const rule = fc.record({ f: fc.array(value, { minLength: 1 }), action: fc.constantFrom('issue', 'ignore') });
  fc.assert(
    fc.property(fc.array(rule, { maxLength: 8 }), value, (drafts, found) => {
      const rules = compiledRules({
        version: 1,
        rules: drafts.map(({ f, action }, index) => ({
          id: `r${index}`,
          match: { f },
          action,
          ...(action === 'issue' && { issue: { project: 'SEC', issueType: 'Task' } }),
        })),
      });
      const first = drafts.findIndex(({ f }) => f.includes(found));
      const { decision, trace } = finish(explainInChunks(rules, { f: found }));
      expect(decision).toEqual(decide(rules, { f: found }));
      expect(decision.ruleId).toBe(first < 0 ? null : `r${first}`);
      expect(trace.map(({ matched }) => matched)).toEqual(
        first < 0 ? drafts.map(() => false) : [...drafts.slice(0, first).map(() => false), true],
      );
    }),
  );
});

describe('a rule that takes too many steps to compare', () => {
  const costly = { id: 'costly', match: MANY_ALTERNATIVES, action: 'ignore' };
  const after = { id: 'after', match: { source: ['aws.access-analyzer'] }, action: 'ignore' };
  const event = { ...eventOfManyObjects() };
  const undecided = { action: 'undecided', because: 'rule-too-costly', ruleId: 'costly' };

  test('decides nothing, and neither does a rule below it', () => {
    const rules = compiledRules({ version: 1, rules: [costly, after] });
    expect(finish(decideInChunks(rules, event))).toEqual(undecided);
    expect(() => decide(rules, event)).toThrow(/^The rule costly takes more than 200000 steps/);
    expect(finish(explainInChunks(rules, event))).toEqual({
      decision: undecided,
      trace: [{ ruleId: 'costly', matched: false, mismatches: [] }],
    });
    expect(finish(decideInChunks(rules, publicBucket))).toMatchObject({ ruleId: 'after' });
  });

  test('is not asked where a rule above it decides', () => {
    expect(decide(compiledRules({ version: 1, rules: [after, costly] }), event)).toMatchObject({ ruleId: 'after' });
  });

  test('fails a test of the rules that reaches it', () => {
    const tests = [{ event, expect: { action: 'ignore' } }];
    const { failures } = finish(runRuleTests(compiledRules({ version: 1, rules: [costly, after], tests })));
    expect(failures).toEqual([{ path: 'tests[0]', message: 'expected action ignore, but costly decides: undecided' }]);
  });
});

test('thousands of rules are tried in chunks of a bounded number of steps', () => {
  const rules = compiledRules({
    version: 1,
    rules: range(10_000).map((n) => ({ id: `r${n}`, match: { detail: { accountId: [`${n}`] } }, action: 'ignore' })),
  });
  const chunks = (work: ReturnType<typeof decideInChunks>): number => [...work].length;
  expect(chunks(decideInChunks(rules, role))).toBeGreaterThanOrEqual(5);
  expect(chunks(decideInChunks(compiledRules({ version: 1, rules: [] }), role))).toBe(0);
});
