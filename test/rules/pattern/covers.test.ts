import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { covers } from '../../../src/rules/pattern/covers.ts';
import { compilePattern } from '../../../src/rules/pattern/pattern.ts';
import { compiled, matches } from '../../support/findings/patterns.ts';

describe('a wider pattern', () => {
  test.each<[string, unknown, unknown]>([
    ['the same', { detail: { a: ['x'] } }, { detail: { a: ['x'] } }],
    ['the same with its fields in another order', { a: ['x'], b: ['y'] }, { b: ['y'], a: ['x'] }],
    ['fewer fields', { a: ['x'] }, { a: ['x'], detail: { b: ['y'] } }],
    ['more values', { a: ['x', 'y', null, 1] }, { a: [1, 'y'] }],
    ['a prefix of the value', { a: [{ prefix: 'x' }] }, { a: ['xy', 'xz'] }],
    ['a shorter prefix', { a: [{ prefix: 'x' }] }, { a: [{ prefix: 'xy' }] }],
    ['a shorter suffix', { a: [{ suffix: 'z' }] }, { a: [{ suffix: 'yz' }] }],
    ['the same operator', { a: [{ wildcard: 'x*z' }, 'y'] }, { a: [{ wildcard: 'x*z' }] }],
    ['anything that is there', { a: [{ exists: true }] }, { a: [{ numeric: ['>', 1] }, 'x'] }],
    ['another value than the one', { a: [{ 'anything-but': 'x' }] }, { a: ['y'] }],
    ['absence, too', { detail: { a: [true, { exists: false }] } }, { detail: { a: [true] } }],
    ['absence where both allow it', { detail: { a: [true, { exists: false }] } }, { detail: { a: [{ exists: false }], b: [1] } }],
    ['an alternative that is there', { $or: [{ a: ['x'] }, { b: ['y'] }] }, { b: ['y'], c: ['z'] }],
    ['all alternatives', { $or: [{ a: ['x', 'w'] }, { b: ['y'] }] }, { $or: [{ b: ['y'] }, { a: ['x'] }] }],
    ['a list deeper down', { resources: ['x', 'y'], detail: { p: { AWS: ['*'] } } }, { resources: ['x'], detail: { p: { AWS: ['*'] } } }],
  ])('%s', (_what, wide, narrow) => {
    expect(covers(compiled(wide), compiled(narrow))).toBe(true);
  });
});

describe('no wider pattern, or none that can be proven', () => {
  test.each<[string, unknown, unknown]>([
    ['a field more', { a: ['x'], b: ['y'] }, { a: ['x'] }],
    ['a field of another name', { a: ['x'] }, { b: ['x'] }],
    ['fewer values', { a: ['x'] }, { a: ['x', 'y'] }],
    ['a value for an object', { a: ['x'] }, { a: { b: ['x'] } }],
    ['an object for a value', { a: { b: ['x'] } }, { a: ['x'] }],
    ['no absence', { a: ['x'] }, { a: ['x', { exists: false }] }],
    ['a longer prefix', { a: [{ prefix: 'xy' }] }, { a: [{ prefix: 'x' }] }],
    ['a prefix for a suffix', { a: [{ prefix: 'x' }] }, { a: [{ suffix: 'x' }] }],
    ['anything there for something absent', { a: [{ exists: true }] }, { a: [{ exists: false }] }],
    ['one alternative', { $or: [{ a: ['x'] }, { c: ['z'] }] }, { $or: [{ a: ['x'] }, { b: ['y'] }] }],
    [
      'absence within lists, where it is judged beside another field',
      { detail: { p: { a: [{ exists: false }] } } },
      { detail: { p: { a: [{ exists: false }], b: ['x'] } } },
    ],
  ])('%s', (_what, wide, narrow) => {
    expect(covers(compiled(wide), compiled(narrow))).toBe(false);
  });
});

const name = fc.constantFrom('a', 'b', 'detail');
const leaf = fc.array(
  fc.constantFrom<unknown>(
    'x',
    'xy',
    1,
    null,
    { exists: true },
    { exists: false },
    { prefix: 'x' },
    { prefix: 'xy' },
    { suffix: 'y' },
    { 'anything-but': 'x' },
    { numeric: ['>', 0] },
    { 'equals-ignore-case': 'X' },
  ),
  { minLength: 1, maxLength: 3 },
);
const { pattern } = fc.letrec<{ pattern: unknown; field: unknown }>((tie) => ({
  field: fc.oneof({ depthSize: 'small' }, leaf, tie('pattern')),
  pattern: fc
    .tuple(
      fc.dictionary(name, tie('field'), { minKeys: 1, maxKeys: 2 }),
      fc.option(fc.array(fc.dictionary(name, tie('field'), { minKeys: 1, maxKeys: 2 }), { minLength: 2, maxLength: 2 }), { freq: 4 }),
    )
    .map(([fields, or]) => (or === null ? fields : { ...fields, $or: or })),
}));
const scalar = fc.constantFrom<unknown>('x', 'xy', 'y', 'X', 1, 0, null, true);
const { value } = fc.letrec<{ value: unknown; object: unknown }>((tie) => ({
  value: fc.oneof(
    { depthSize: 'small' },
    scalar,
    tie('object'),
    fc.array(fc.oneof({ depthSize: 'small' }, scalar, tie('object')), { maxLength: 3 }),
  ),
  object: fc.dictionary(name, tie('value'), { maxKeys: 3 }),
}));
/** A finding's event and its detail are objects; any value in them may be a list. */
const event = fc
  .record({ a: value, b: value, detail: fc.dictionary(name, value, { maxKeys: 3 }) }, { requiredKeys: ['detail'] })
  .map((fields): JsonObject => JSON.parse(JSON.stringify(fields)));

/** The narrower one is often made from the wider one, else nothing would ever be covered. */
const pair = fc.oneof(
  fc.tuple(pattern, pattern),
  fc.tuple(pattern, fc.dictionary(fc.constantFrom('a', 'b'), leaf)).map(([wide, more]) => [wide, { ...more, ...Object(wide) }]),
);

test('a pattern that covers another one matches every finding that the other one matches', () => {
  let covered = 0;
  let met = 0;
  fc.assert(
    fc.property(pair, fc.array(event, { minLength: 5, maxLength: 20 }), ([wide, narrow], events) => {
      const [w, n] = [compilePattern(wide), compilePattern(narrow)];
      if (!w.ok || !n.ok || !covers(w.pattern, n.pattern)) return;
      covered += 1;
      for (const one of events) {
        if (!matches(n.pattern, one)) continue;
        met += 1;
        expect(matches(w.pattern, one)).toBe(true);
      }
    }),
    { numRuns: 5_000 },
  );
  expect(covered).toBeGreaterThan(500);
  expect(met).toBeGreaterThan(200);
});
