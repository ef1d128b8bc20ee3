import { expect, test } from 'vitest';
import { compilePattern, MAX_PATTERN_DEPTH, MAX_PATTERN_SIZE } from '../../../src/rules/pattern/pattern.ts';
import { compiled, problemsOf } from '../../support/findings/patterns.ts';

test.each([
  ['no object', 5, 'match', 'an object of fields'],
  ['a list', [], 'match', 'an object of fields'],
  ['null', null, 'match', 'an object of fields'],
  ['nothing', undefined, 'match', 'an object of fields'],
  ['an empty object', {}, 'match', 'at least one field'],
  ['an empty object inside', { detail: {} }, 'match.detail', 'at least one field'],
  ['an empty list', { source: [] }, 'match.source', 'at least one value'],
  ['a bare string', { source: 'aws.access-analyzer' }, 'match.source', 'a list of values'],
  ['a bare boolean', { detail: { isPublic: true } }, 'match.detail.isPublic', 'a list of values'],
  ['a bare null', { detail: null }, 'match.detail', 'a list of values'],
  ['an operator without its list', { region: { prefix: 'us-' } }, 'match.region.prefix', '[{ "prefix": ... }]'],
  ['a list in a list', { a: [['b']] }, 'match.a[0]', 'an operator'],
  ['a $or of one', { $or: [{ a: [1] }] }, 'match.$or', 'at least two patterns'],
  ['a $or that is no list', { $or: { a: [1] } }, 'match.$or', 'at least two patterns'],
  ['a $or of values', { $or: ['a', { a: [1] }] }, 'match.$or[0]', 'an object of fields'],
  ['an empty $or branch', { detail: { $or: [{ a: [1] }, {}] } }, 'match.detail.$or[1]', 'at least one field'],
  [
    'an operator as a field in $or',
    { $or: [{ numeric: [1] }, { a: { prefix: ['x'] } }] },
    'match.$or[0].numeric',
    'not the name of an operator',
  ],
  ['the same further down', { $or: [{ a: [1] }, { a: { prefix: ['x'] } }] }, 'match.$or[1].a.prefix', 'not the name of an operator'],
  ['a name that reads as two', { 'a.b': {} }, 'match["a.b"]', 'at least one field'],
  ['an empty name', { '': {} }, 'match[""]', 'at least one field'],
])('%s is refused', (_, pattern, path, message) => {
  expect(problemsOf(pattern)).toContainEqual({ path, message: expect.stringContaining(message) });
});

test('every problem is reported, with a path that begins with the given one', () => {
  const pattern = { detail: { isPublic: ['x', { exist: true }], status: 'ACTIVE' }, $or: [{ a: [] }, 5] };
  expect(problemsOf(pattern, 'rules[2].match').map(({ path }) => path)).toEqual([
    'rules[2].match.detail.isPublic[1]',
    'rules[2].match.detail.status',
    'rules[2].match.$or[0].a',
    'rules[2].match.$or[1]',
  ]);
});

test('operators are names of fields outside $or', () => {
  expect(compilePattern({ prefix: ['a'], detail: { exists: [true] } }).ok).toBe(true);
});

test('own fields with the names of inherited ones are fields', () => {
  expect(problemsOf(JSON.parse('{"__proto__":{"a":[]},"constructor":5}')).map(({ path }) => path)).toEqual([
    'match.__proto__.a',
    'match.constructor',
  ]);
});

function nested(depth: number): unknown {
  let pattern: unknown = { a: [1] };
  for (let level = 1; level < depth; level += 1) pattern = level % 2 === 0 ? { a: pattern } : { $or: [{ b: [1] }, pattern] };
  return pattern;
}

test('patterns are as deep as the limit and no deeper', () => {
  expect(compilePattern(nested(MAX_PATTERN_DEPTH)).ok).toBe(true);
  for (const { message } of problemsOf(nested(MAX_PATTERN_DEPTH + 1))) expect(message).toContain('64 objects');
});

test('patterns are as large as the limit and no larger', () => {
  const padding = MAX_PATTERN_SIZE - JSON.stringify({ a: [''] }).length;
  expect(compilePattern({ a: ['x'.repeat(padding)] }).ok).toBe(true);
  expect(problemsOf({ a: ['x'.repeat(padding + 1)] })).toEqual([{ path: 'match', message: expect.stringContaining('65536') }]);
});

test.each([
  ['nested 100,000 deep', JSON.parse(`{"a":${'['.repeat(100_000)}${']'.repeat(100_000)}}`)],
  ['objects nested 20,000 deep', JSON.parse(`${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
  ['a million values', { a: Array.from({ length: 1_000_000 }, () => 1) }],
  ['a cycle', cycle()],
])('%s: one clear problem', (_, pattern) => {
  expect(problemsOf(pattern)).toEqual([{ path: 'match', message: expect.stringContaining('at most 65536 characters') }]);
});

function cycle(): unknown {
  const pattern: Record<string, unknown> = {};
  pattern['a'] = pattern;
  pattern['b'] = [pattern, pattern];
  return pattern;
}

test('a long name is cut in the path', () => {
  const [problem] = problemsOf({ ['n'.repeat(5000)]: 1 });
  expect(problem?.path.length).toBeLessThan(100);
});

test('a compiled pattern does not change with its source', () => {
  const source = { a: ['x'] };
  const pattern = compiled(source);
  source.a = [];
  expect(pattern.fields).toMatchObject([{ name: 'a', pattern: { alternatives: ['x'] } }]);
});
