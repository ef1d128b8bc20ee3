import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';
import { explainMatch } from '../../../src/rules/pattern/match-pattern.ts';
import { compilePattern } from '../../../src/rules/pattern/pattern.ts';
import { compiled, match, matches } from '../../support/findings/patterns.ts';

const name = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor', '$or');
const scalar = fc.oneof(fc.constantFrom('x', 'y', '', 'true'), fc.constantFrom(0, 1, -5e9), fc.boolean(), fc.constant(null));

const { event } = fc.letrec<{ event: JsonObject; value: Json }>((tie) => ({
  event: fc.dictionary(name, tie('value'), { maxKeys: 4 }),
  value: fc.oneof({ maxDepth: 4 }, scalar, fc.array(tie('value'), { maxLength: 3 }), tie('event')),
}));

interface Leaf {
  readonly path: readonly string[];
  readonly value: Json;
}

/** Every leaf outside arrays. */
function leavesOf(found: JsonObject, path: readonly string[] = []): Leaf[] {
  return Object.entries(found).flatMap(([key, value]) => {
    if (isJsonObject(value)) return leavesOf(value, [...path, key]);
    return Array.isArray(value) ? [] : [{ path: [...path, key], value }];
  });
}

/** An object from entries, with `__proto__` as a field like any other. */
function toPattern(path: readonly string[], alternatives: readonly unknown[]): unknown {
  return path.reduceRight<unknown>((inner, key) => Object.fromEntries([[key, inner]]), alternatives);
}

/** A pattern of fields: alternatives at the leaves, some of them absences. */
const { fields: pattern } = fc.letrec<{ fields: JsonObject; child: Json }>((tie) => ({
  fields: fc.dictionary(fc.constantFrom('a', 'b', 'c', '__proto__'), tie('child'), { minKeys: 1, maxKeys: 3 }),
  child: fc.oneof(
    { maxDepth: 3 },
    fc.array(fc.oneof(scalar, fc.constantFrom<JsonObject[]>({ exists: false }, { exists: true }, { 'anything-but': 'x' })), {
      minLength: 1,
      maxLength: 2,
    }),
    tie('fields'),
  ),
}));

test('a pattern of any leaf of an event matches it, and one of another value never does', () => {
  fc.assert(
    fc.property(event, (found) => {
      for (const { path, value } of leavesOf(found).filter((leaf) => !leaf.path.includes('$or'))) {
        expect(matches(compiled(toPattern(path, [value])), found)).toBe(true);
        expect(matches(compiled(toPattern(path, ['another', { exists: false }])), found)).toBe(false);
        expect(matches(compiled(toPattern(path, [{ exists: true }])), found)).toBe(true);
        const isNegatable = typeof value === 'string' || typeof value === 'number';
        expect(matches(compiled(toPattern(path, [{ 'anything-but': isNegatable ? value : 'x' }])), found)).toBe(!isNegatable);
      }
    }),
  );
});

test('the order of keys does not matter', () => {
  const reversed = (value: Json): Json => {
    if (isJsonObject(value)) return reversedFields(value);
    return Array.isArray(value) ? value.map(reversed) : value;
  };
  const reversedFields = (value: JsonObject): JsonObject =>
    Object.fromEntries(
      Object.entries(value)
        .toReversed()
        .map(([key, child]) => [key, reversed(child)]),
    );
  fc.assert(
    fc.property(pattern, event, (wanted, found) => {
      expect(matches(compiled(reversedFields(wanted)), reversedFields(found))).toBe(matches(compiled(wanted), found));
    }),
    { numRuns: 500 },
  );
});

test('mismatches are reported exactly when there is no match', () => {
  fc.assert(
    fc.property(pattern, pattern, event, (left, right, found) => {
      for (const wanted of [left, { $or: [left, right] }, { a: ['x'], $or: [left, right] }]) {
        const result = match(wanted, found);
        expect(result.matched).toBe(matches(compiled(wanted), found));
        expect(result.matched ? 1 : result.mismatches.length).toBeGreaterThan(0);
      }
    }),
    { numRuns: 500 },
  );
});

test('$or is or', () => {
  fc.assert(
    fc.property(pattern, pattern, event, (left, right, found) => {
      const either = matches(compiled(left), found) || matches(compiled(right), found);
      expect(matches(compiled({ $or: [left, right] }), found)).toBe(either);
    }),
    { numRuns: 500 },
  );
});

/** Matches the alternatives that `pattern` generates, in the simplest code. */
function meets(value: Json, alternative: unknown): boolean {
  const text = JSON.stringify(alternative);
  return text === '{"exists":true}' || (text === '{"anything-but":"x"}' && value !== 'x') || alternative === value;
}

/**
 * The same match as AWS's matcher does it: the event as a flat list of leaves, each with its element in every array that contains
 * it; a match takes one leaf for each field of the pattern, no two from different elements of one array; a field is absent when no
 * leaf of it fits the elements taken.
 */
function flatMatch(wanted: object, found: JsonObject): boolean {
  interface FlatLeaf {
    readonly path: string;
    readonly value: Json;
    readonly elements: ReadonlyMap<unknown, number>;
  }
  const leaves: FlatLeaf[] = [];
  const flatten = (value: Json, path: readonly string[], elements: ReadonlyMap<unknown, number>): void => {
    if (Array.isArray(value)) {
      for (const [index, element] of value.entries()) {
        const isLeaf = typeof element !== 'object' || element === null;
        flatten(element, path, isLeaf ? elements : new Map([...elements, [value, index]]));
      }
    } else if (typeof value === 'object' && value !== null) {
      for (const [key, child] of Object.entries(value)) flatten(child, [...path, key], elements);
    } else leaves.push({ path: JSON.stringify(path), value, elements });
  };
  flatten(found, [], new Map());
  const asked: { path: string; alternatives: readonly unknown[] }[] = [];
  const ask = (part: object, path: readonly string[]): void => {
    for (const [key, child] of Object.entries(part)) {
      if (Array.isArray(child)) asked.push({ path: JSON.stringify([...path, key]), alternatives: child });
      else ask(child, [...path, key]);
    }
  };
  ask(wanted, []);
  const fits = (leaf: FlatLeaf, taken: ReadonlyMap<unknown, number>) =>
    [...leaf.elements].every(([array, at]) => (taken.get(array) ?? at) === at);
  const take = (rest: typeof asked, taken: ReadonlyMap<unknown, number>, absent: readonly string[]): boolean => {
    const [next, ...others] = rest;
    if (next === undefined) return absent.every((path) => leaves.every((leaf) => leaf.path !== path || !fits(leaf, taken)));
    if (next.alternatives.some((each) => JSON.stringify(each) === '{"exists":false}') && take(others, taken, [...absent, next.path]))
      return true;
    return leaves.some(
      (leaf) =>
        leaf.path === next.path &&
        fits(leaf, taken) &&
        next.alternatives.some((each) => meets(leaf.value, each)) &&
        take(others, new Map([...taken, ...leaf.elements]), absent),
    );
  };
  return take(asked, new Map(), []);
}

test('arrays are handled as in AWS', () => {
  const shallow = fc.letrec<{ event: JsonObject; value: Json }>((tie) => ({
    event: fc.dictionary(fc.constantFrom('a', 'b', 'c'), tie('value'), { maxKeys: 3 }),
    value: fc.oneof(
      { maxDepth: 4 },
      fc.constantFrom<Json>('x', 1, null),
      fc.array(tie('value'), { maxLength: 3 }),
      tie('event'),
      tie('event'),
    ),
  })).event;
  let matches = 0;
  fc.assert(
    fc.property(pattern, shallow, (wanted, found) => {
      const expected = flatMatch(wanted, found);
      matches += expected ? 1 : 0;
      expect(match(wanted, found).matched).toBe(expected);
    }),
    { numRuns: 3000 },
  );
  expect(matches).toBeGreaterThan(100);
});

/** Ruler's own way: a machine that takes the small or the capital form of each unit of the pattern, whichever way is left open. */
function ignoresCase(wanted: string, text: string): boolean {
  const [first, ...rest] = wanted.split('');
  if (first === undefined) return text === '';
  return [first.toLowerCase(), first.toUpperCase()].some(
    (form) => text.startsWith(form) && ignoresCase(rest.join(''), text.slice(form.length)),
  );
}

test('case is ignored one letter of the pattern at a time', () => {
  const letters = fc.string({
    unit: fc.constantFrom('s', 'S', 'ß', '\u1e9e', 'k', 'K', '\u212a', 'i', 'I', '\u0130', 'ı', '\u0307', 'ς', 'σ', 'Σ', 'ﬁ', 'F', 'ΐ'),
    maxLength: 6,
  });
  const changed = letters.chain((text) => fc.tuple(fc.constant(text), fc.constantFrom(text, text.toUpperCase(), text.toLowerCase())));
  fc.assert(
    fc.property(fc.oneof(fc.tuple(letters, letters), changed), letters, ([wanted, text], more) => {
      const fits = (operator: unknown, value: string): boolean => matches(compiled({ a: [operator] }), { a: value });
      const expected = ignoresCase(wanted, text);
      expect(fits({ 'equals-ignore-case': wanted }, text)).toBe(expected);
      const beginnings = Array.from({ length: text.length + 1 }, (_, at) => ignoresCase(wanted, text.slice(0, at)));
      const ends = Array.from({ length: text.length + 1 }, (_, at) => ignoresCase(wanted, text.slice(at)));
      expect(fits({ prefix: { 'equals-ignore-case': wanted } }, text)).toBe(beginnings.includes(true));
      expect(fits({ suffix: { 'equals-ignore-case': wanted } }, text)).toBe(ends.includes(true));
      if (!expected) return;
      expect(fits({ prefix: { 'equals-ignore-case': wanted } }, text + more)).toBe(true);
      expect(fits({ suffix: { 'equals-ignore-case': wanted } }, more + text)).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test('any JSON is compiled or refused, and matched against any event, without throwing', () => {
  const anyEvent = fc.letrec<{ event: JsonObject; value: Json }>((tie) => ({
    event: fc.dictionary(fc.oneof(name, fc.string()), tie('value')),
    value: fc.oneof({ maxDepth: 4 }, scalar, fc.string(), fc.double(), fc.array(tie('value')), tie('event')),
  })).event;
  const key = fc.constantFrom(
    'a',
    '$or',
    'prefix',
    'suffix',
    'anything-but',
    'numeric',
    'cidr',
    'wildcard',
    'exists',
    'equals-ignore-case',
    '__proto__',
  );
  const likely = fc.letrec<{ node: unknown }>((tie) => ({
    node: fc.oneof(
      { maxDepth: 5 },
      scalar,
      fc.constantFrom('>', '=', '10.0.0.0/8', 'a*'),
      fc.array(tie('node'), { maxLength: 3 }),
      fc.dictionary(key, tie('node'), { maxKeys: 3 }),
    ),
  })).node;
  fc.assert(
    fc.property(
      fc.oneof(fc.anything({ withBigInt: true, withDate: true, withMap: true, withNullPrototype: true, withSparseArray: true }), likely),
      anyEvent,
      (wanted, found) => {
        const result = compilePattern(wanted);
        const told = result.ok ? explainMatch(result.pattern, found) : result.problems;
        expect(told).not.toEqual([]);
      },
    ),
    { numRuns: 3000 },
  );
});
