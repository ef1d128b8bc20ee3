import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { createMatchBudget, MAX_MATCH_STEPS } from '../../../src/rules/pattern/match-budget.ts';
import { explainMatch, matchPattern } from '../../../src/rules/pattern/match-pattern.ts';
import { listMismatches } from '../../../src/rules/pattern/mismatch.ts';
import { eventOfManyObjects, eventOfManyStrings, MANY_ALTERNATIVES, MANY_WILDCARDS } from '../../support/findings/costly-events.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { compiled } from '../../support/findings/patterns.ts';

/** The steps of one comparison. */
function stepsOf(pattern: unknown, event: JsonObject): number {
  const budget = createMatchBudget();
  matchPattern(compiled(pattern), event, budget);
  return MAX_MATCH_STEPS - budget.left;
}

describe('a comparison that takes too many steps ends without an answer', () => {
  const texts = range(1_000).map((n) => `text ${n}`);
  const long = 'a'.repeat(100_000);

  test.each<[string, JsonObject, JsonObject]>([
    ['thousands of alternatives and objects', MANY_ALTERNATIVES, { ...eventOfManyObjects() }],
    ['thousands of wildcards and texts', MANY_WILDCARDS, { ...eventOfManyStrings() }],
    ['thousands of prefixes', { f: range(2_000).map((n) => ({ prefix: `no ${n}` })) }, { f: texts }],
    ['texts to exclude', { f: [{ 'anything-but': { prefix: [...range(2_000).map((n) => `no ${n}`), 'text'] } }] }, { f: texts }],
    ['blocks of addresses', { f: range(100).map((n) => ({ cidr: `10.0.${n}.0/24` })) }, { f: range(1_000).map(() => '10.1.0.1') }],
    ['long texts without regard to case', { f: range(100).map((n) => ({ 'equals-ignore-case': `no ${n}` })) }, { f: [long] }],
    [
      'alternatives inside alternatives',
      { $or: range(60).map((n) => ({ l: { a: [n], $or: range(60).map((m) => ({ b: [m] })) } })) },
      { l: range(10_000).map(() => ({ a: -1, c: 1 })) },
    ],
    ['lists inside lists', { $or: range(500).map((n) => ({ l: { a: [n] } })) }, { l: [range(1_000).map(() => [[{ a: -1 }]])] }],
  ])('%s', (_, pattern, event) => {
    const steps = stepsOf(pattern, event);
    expect(steps).toBeGreaterThan(MAX_MATCH_STEPS);
    // No further than the value at which the budget ran out.
    expect(steps).toBeLessThan(2 * MAX_MATCH_STEPS);
    expect(explainMatch(compiled(pattern), event)).toEqual({ match: 'too-costly' });
  });
});

test('the cost of a comparison is pattern times event, and plain values cost no more when there are many', () => {
  const steps = (operators: number, values: number): number =>
    stepsOf({ f: range(operators).map((n) => ({ prefix: `no ${n}` })) }, { f: range(values).map((n) => `text ${n}`) });
  for (const [operators, values] of [
    [10, 10],
    [100, 10],
    [100, 100],
  ] as const) {
    const least = operators * values;
    expect(steps(operators, values)).toBeGreaterThanOrEqual(least);
    expect(steps(operators, values)).toBeLessThanOrEqual(least + 2 + values);
  }
  const plain = (values: number): number => stepsOf({ f: range(values).map((n) => `no ${n}`) }, { f: 'text' });
  expect(plain(1_000)).toBe(plain(1));
  expect(stepsOf({ f: [{ prefix: 'no' }] }, { f: 'a'.repeat(3_200) })).toBe(stepsOf({ f: [{ prefix: 'no' }] }, { f: 'a' }) + 100);
});

test('the same pattern and event always take the same steps', () => {
  const event = { ...eventOfManyObjects() };
  expect(stepsOf({ detail: { condition: { list: { a: ['3', 'x'] } } } }, event)).toBe(
    stepsOf({ detail: { condition: { list: { a: ['3', 'x'] } } } }, event),
  );
});

test.each<[string, JsonObject, JsonObject, string]>([
  [
    'thousands of plain values are looked up',
    { f: range(5_000).map((n) => `value ${n}`) },
    { f: range(5_000).map((n) => `v${n}`) },
    'mismatched',
  ],
  [
    'so are plain values to exclude',
    { f: [{ 'anything-but': range(5_000).map(String) }] },
    { f: range(5_000).map(() => '7') },
    'mismatched',
  ],
  [
    'every object of a large event',
    { l: { a: [1], b: [{ exists: false }] } },
    { l: range(10_000).map((n) => ({ a: n + 2 })) },
    'mismatched',
  ],
  [
    'a hundred operators and a thousand texts',
    { f: range(100).map((n) => ({ prefix: `a${n}` })) },
    { f: range(1_000).map((n) => `b${n}`) },
    'mismatched',
  ],
  ['a match at the first element', MANY_WILDCARDS, { detail: { condition: { texts: 'x7 y' } } }, 'matched'],
])('what rules need is far from the limit: %s', (_, pattern, event, match) => {
  expect(matchPattern(compiled(pattern), event)).toBe(match);
});

test('mismatches are listed as far as the steps suffice', () => {
  const pattern = compiled({ first: ['x'], l: { $or: range(3_000).map((n) => ({ a: [n + 10] })) } });
  const first = { path: 'first', wanted: '"x"', found: '"y"' };
  expect(listMismatches(pattern, { first: 'y', l: range(10_000).map(() => ({ a: 1 })) })).toEqual([first]);
  expect(listMismatches(pattern, { first: 'y', l: [{ a: 1 }] })).toHaveLength(20);
});
