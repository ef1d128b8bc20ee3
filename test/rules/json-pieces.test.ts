import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../src/rules/chunked-work.ts';
import { cutJson, joinJson, type JsonPieces } from '../../src/rules/json-pieces.ts';
import { range } from '../support/findings/findings-by-number.ts';

/** The longest text among the pieces. */
function longest(pieces: JsonPieces): number {
  if (pieces.kind === 'whole') return pieces.json.length;
  const lengths = pieces.slices.map((slice) => {
    if ('items' in slice) return slice.items.length;
    if ('members' in slice) return slice.members.length;
    return longest('item' in slice ? slice.item : slice.value);
  });
  return Math.max(...lengths);
}

const NAMES = range(20_000).map((n) => `name-${n}`);

test.each<[string, unknown]>([
  ['a short value', { a: [1, null, 'x'] }],
  ['a long list', range(100_000)],
  ['an object of many members', Object.fromEntries(NAMES.map((name) => [name, 1]))],
  ['a list of long lists', [range(50_000), 'x', range(10), range(50_000)]],
  ['a long member among others', { first: 1, rules: NAMES, last: { names: NAMES } }],
  ['members with strange names', JSON.parse(`{"__proto__": ${JSON.stringify(NAMES)}, "": 1, "2": 2, "1": 1}`)],
])('%s is cut into short texts and put together again', (_, value) => {
  const pieces = cutJson(value);
  expect(longest(pieces)).toBeLessThan(50_000);
  expect(JSON.stringify(finish(joinJson(pieces)))).toBe(JSON.stringify(value));
});

test('any JSON survives', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      expect(JSON.stringify(finish(joinJson(cutJson(value))))).toBe(JSON.stringify(value));
    }),
  );
});

test('putting it together is interrupted between the pieces', () => {
  expect([...joinJson(cutJson(range(100_000)))].length).toBeGreaterThan(10);
});
