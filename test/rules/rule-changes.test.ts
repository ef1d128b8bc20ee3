import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isUnchanged, ruleChanges, ruleDifferences, type RuleIds } from '../../src/rules/rule-changes.ts';
import type { RuleSet } from '../../src/rules/routing-rule.ts';

const rule = (id: string, description = '') => ({ id, description, match: { a: ['b'] }, action: 'ignore' as const });
const set = (rules: RuleSet['rules'], besides: Partial<RuleSet> = {}): RuleSet => ({ version: 1, rules, ...besides });

test.each([
  ['nothing', ['a', 'b', 'c'], ['a', 'b', 'c'], []],
  ['one moved up', ['a', 'b', 'c', 'd'], ['d', 'a', 'b', 'c'], ['d moved']],
  ['one moved down', ['a', 'b', 'c', 'd'], ['b', 'c', 'd', 'a'], ['a moved']],
  ['added in the middle', ['a', 'b'], ['a', 'x', 'b'], ['x added']],
  ['removed', ['a', 'b', 'c'], ['a', 'c'], ['b removed']],
  ['all reversed', ['a', 'b', 'c'], ['c', 'b', 'a'], ['c moved', 'b moved']],
  ['all other ones', ['a', 'b'], ['x', 'y'], ['x added', 'y added', 'a removed', 'b removed']],
])('%s', (_what, from, to, expected) => {
  const differences = ruleDifferences(set(from.map((id) => rule(id))), set(to.map((id) => rule(id))));
  expect(differences.map(({ id, change }) => `${id} ${change}`)).toEqual(expected);
});

test('a changed rule, before and after; the order of its properties is no change', () => {
  const turned = { action: 'ignore' as const, match: { a: ['b'] }, id: 'b', description: '' };
  expect(ruleDifferences(set([rule('a'), rule('b')]), set([rule('a', 'x'), turned]))).toEqual([
    { id: 'a', change: 'changed', before: rule('a'), after: rule('a', 'x') },
  ]);
});

test('each kind of change by itself', () => {
  const [from, to] = [set(['a', 'b', 'c', 'd'].map((id) => rule(id))), set([rule('x'), rule('c'), rule('a', 'other'), rule('b')])];
  const one = (id: string): RuleIds => ({ count: 1, ids: [id] });
  expect(ruleChanges(from, to)).toEqual({ added: one('x'), removed: one('d'), changed: one('a'), moved: one('c'), besides: [] });
});

test('without an earlier set, all rules are added and none is removed', () => {
  expect(ruleDifferences(null, set([rule('a')]))).toEqual([{ id: 'a', change: 'added', before: null, after: rule('a') }]);
});

test.each<readonly [string, RuleSet, boolean]>([
  ['the same', set([rule('a'), rule('b')]), true],
  ['a rule more', set([rule('a'), rule('b'), rule('c')]), false],
  ['a rule fewer', set([rule('a')]), false],
  ['another rule', set([rule('a'), rule('b', 'x')]), false],
  ['another order', set([rule('b'), rule('a')]), false],
  ['a part beside the rules', set([rule('a'), rule('b')], { tests: [] }), false],
])('%s', (_what, to, unchanged) => {
  expect(isUnchanged(ruleChanges(set([rule('a'), rule('b')]), to))).toBe(unchanged);
});

test('the parts beside the rules', () => {
  const accounts = { '111122223333': { project: 'OPS' } };
  expect(ruleChanges(set([], { accounts, tests: [] }), set([], { tests: [] }))).toMatchObject({ besides: ['accounts'] });
  expect(ruleChanges(null, set([rule('a')], { tests: [] }))).toMatchObject({ added: { count: 1, ids: ['a'] }, besides: ['tests'] });
});

test('names a hundred of many', () => {
  const many = Array.from({ length: 250 }, (_, n) => rule(`r-${n}`));
  const { added } = ruleChanges(null, set(many));
  expect([added.count, added.ids.length, added.ids[99]]).toEqual([250, 100, 'r-99']);
});

test('rules that are not reported have the same order in both sets, and the rest is reported truly', () => {
  const ids = fc.uniqueArray(fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f', 'g').map((id): string => id));
  fc.assert(
    fc.property(ids, ids, (from, to) => {
      const differences = ruleDifferences(set(from.map((id) => rule(id))), set(to.map((id) => rule(id))));
      const told = new Set(differences.map(({ id }) => id));
      expect(from.filter((id) => !told.has(id))).toEqual(to.filter((id) => !told.has(id)));
      for (const { id, change } of differences) {
        expect([from.includes(id), to.includes(id)]).toEqual([change !== 'added', change !== 'removed']);
      }
    }),
  );
});
