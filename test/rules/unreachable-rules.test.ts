import { expect, test } from 'vitest';
import type { CompiledRules } from '../../src/rules/parse-rules.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import { finish } from '../../src/rules/chunked-work.ts';
import { unreachableRules } from '../../src/rules/unreachable-rules.ts';
import { range } from '../support/findings/findings-by-number.ts';

function rulesOf(matches: readonly unknown[]): CompiledRules {
  const parsed = parseRules({ version: 1, rules: matches.map((match, n) => ({ id: `r-${n}`, match, action: 'ignore' })) });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

const of = (detail: unknown) => ({ detail });
const ALL = { source: ['aws.access-analyzer'] };

test.each<[string, readonly unknown[], readonly number[]]>([
  ['each for itself', [of({ accountId: ['1'] }), of({ accountId: ['2'] }), ALL], []],
  ['everything first', [ALL, of({ accountId: ['1'] }), { account: ['1'] }], [1, 2]],
  ['every kind of finding first', [{ 'detail-type': [{ exists: true }] }, of({ accountId: ['1'] })], [1]],
  ['one kind of finding first', [{ 'detail-type': ['Access Analyzer Finding'] }, of({ accountId: ['1'] })], []],
  ['a list of accounts, and one of them', [of({ accountId: ['1', '2'] }), of({ accountId: ['2'] })], [1]],
  ['one account, and a list with it', [of({ accountId: ['2'] }), of({ accountId: ['1', '2'] })], []],
  [
    'the second value of a list',
    [of({ isPublic: [true], accountId: ['2'] }), of({ accountId: ['2'], isPublic: [true], action: ['x'] })],
    [1],
  ],
  ['an operator, and a value that it takes', [of({ resource: [{ prefix: 'arn:aws:s3' }] }), of({ resource: ['arn:aws:s3:::a'] })], [1]],
  ['a value, and an operator', [of({ resource: ['x'] }), of({ resource: [{ prefix: 'x' }] })], []],
  ['an operator beside a value', [of({ a: ['x', { prefix: 'y' }] }), of({ a: [{ prefix: 'yy' }] })], [1]],
  ['two that only cover it together', [of({ isPublic: [true] }), of({ isPublic: [{ 'anything-but': 'x' }, { exists: false }] }), ALL], []],
])('%s', (_what, matches, expected) => {
  const found = finish(unreachableRules(rulesOf(matches)));
  expect(found.map(({ path }) => path)).toEqual(expected.map((at) => `rules[${at}]`));
});

test('names the rule that matches everything', () => {
  expect(finish(unreachableRules(rulesOf([ALL, of({ accountId: ['1'] })])))).toEqual([
    { path: 'rules[1]', message: 'r-1 never decides: r-0 above it matches whatever it matches' },
  ]);
});

test('does not compare each of ten thousand with each', () => {
  const many = Array.from({ length: 10_000 }, (_, n) => of({ accountId: [String(n % 9_999)], isPublic: [true] }));
  expect(finish(unreachableRules(rulesOf(many)))).toMatchObject([{ path: 'rules[9999]' }]);
});

test('thousands of costly patterns are compared as far as the steps suffice, in chunks', () => {
  const wide = range(40).map((n) => ({ detail: { resource: range(300).map((m) => ({ wildcard: `*${n}x${m}*` })) } }));
  const work = unreachableRules(rulesOf([...wide, { detail: { resource: range(3_000).map((m) => `no ${m}`) } }]));
  let chunks = 0;
  for (let step = work.next(); step.done !== true; step = work.next()) chunks += 1;
  expect(chunks).toBeGreaterThan(100);
});
