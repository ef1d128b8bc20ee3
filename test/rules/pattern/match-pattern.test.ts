import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { MAX_MISMATCH_TEXT, MAX_MISMATCHES } from '../../../src/rules/pattern/mismatch.ts';
import { match } from '../../support/findings/patterns.ts';

type Row = readonly [what: string, pattern: unknown, event: JsonObject, matched: boolean];

const people = {
  people: [{ first: 'John', last: 'Doe', tags: ['a', 'b'] }, { first: 'Anna', last: 'Smith' }, [{ first: 'Peter', last: 'Jones' }]],
};

const rows: readonly Row[] = [
  ['all fields must match', { a: [1], b: [2] }, { a: 1, b: 3 }, false],
  ['other fields of the event do not matter', { a: [1] }, { a: 1, b: 3 }, true],
  ['arrays match when they share a value', { resources: ['x', 'y'] }, { resources: ['y', 'z'] }, true],
  ['arrays match not when they share none', { resources: ['x'] }, { resources: ['y', 'z'] }, false],
  // Otherwise than in AWS: docs/rules.md, "Different from AWS".
  ['a field inside and beside a $or must match both', { r: ['a'], $or: [{ r: ['b'] }, { c: ['1'] }] }, { r: 'a', c: '1' }, true],
  ['and no other way', { r: ['a'], $or: [{ r: ['b'] }, { c: ['1'] }] }, { r: 'b', c: '2' }, false],
  ['with two values, too', { r: ['a'], $or: [{ r: ['b'] }, { c: ['1'] }] }, { r: ['a', 'b'] }, true],
  ['whichever is written first', { $or: [{ r: ['b'] }, { c: ['1'] }], r: ['a'] }, { r: 'b', c: '2' }, false],
  ['absence is judged in the element beside it', { l: { a: [{ exists: false }], b: ['x'] } }, { l: [{ a: 'y' }, { b: 'x' }] }, true],
  ['whatever the names', { l: { c: [{ exists: false }], b: ['x'] } }, { l: [{ c: 'y' }, { b: 'x' }] }, true],
  ['and not met by another element', { l: { a: [{ exists: false }], b: ['x'] } }, { l: [{ a: 'y', b: 'x' }, {}] }, false],
  ['arrays in arrays count as one', { a: ['x'] }, { a: [[['x']], 'y'] }, true],
  ['a scalar has no fields', { detail: { a: [1] } }, { detail: 1 }, false],
  ['a field with a dot is one field', { 'a.b': [1] }, { a: { b: 1 } }, false],
  ['and matches as one', { 'a.b': [1] }, { 'a.b': 1 }, true],

  ['elements: both fields in one', { people: { first: ['Anna'], last: ['Smith'] } }, people, true],
  ['elements: fields of two', { people: { first: ['Anna'], last: ['Doe'] } }, people, false],
  ['elements: of an array in the array', { people: { first: ['Peter'], last: ['Jones'] } }, people, true],
  ['elements: a list inside one', { people: { tags: ['b'], last: ['Doe'] } }, people, true],
  ['elements: absent in the one that matches', { people: { first: ['Anna'], tags: [{ exists: false }] } }, people, true],
  ['elements: present in the one that matches', { people: { first: ['John'], tags: [{ exists: false }] } }, people, false],
  ['elements: absent in only some', { people: { tags: [{ exists: false }] } }, people, false],
  ['elements: absent in all', { people: { age: [{ exists: false }] } }, people, true],
  ['elements: scalars have no fields', { a: { b: [{ exists: false }] } }, { a: [1, 2] }, true],
  ['elements: none', { a: { b: [{ exists: false }] } }, { a: [] }, true],
  ['elements: none, and a value is wanted', { a: { b: [{ exists: true }] } }, { a: [] }, false],

  ['absent field', { a: [{ exists: false }] }, {}, true],
  ['absent parent', { a: { b: { c: [{ exists: false }] } } }, {}, true],
  ['scalar parent', { a: { b: [{ exists: false }] } }, { a: 1 }, true],
  ['null parent', { a: { b: [{ exists: false }] } }, { a: null }, true],
  ['null is there', { a: [{ exists: true }] }, { a: null }, true],
  ['an absent field is not anything but', { a: [{ 'anything-but': 'x' }] }, {}, false],
  ['an absent field is not null', { a: [null] }, {}, false],
  ['public or absent', { detail: { isPublic: [true, { exists: false }] } }, { detail: {} }, true],
  ['public or absent, but false', { detail: { isPublic: [true, { exists: false }] } }, { detail: { isPublic: false } }, false],

  ['$or: the first', { $or: [{ a: [1] }, { b: [2] }] }, { a: 1 }, true],
  ['$or: the second', { $or: [{ a: [1] }, { b: [2] }] }, { b: 2 }, true],
  ['$or: none', { $or: [{ a: [1] }, { b: [2] }] }, { a: 2, b: 1 }, false],
  ['$or and a field beside it', { c: [3], $or: [{ a: [1] }, { b: [2] }] }, { a: 1 }, false],
  ['$or inside a field', { detail: { $or: [{ a: [1] }, { b: { c: [2] } }] } }, { detail: { b: { c: 2 } } }, true],
  ['$or in $or', { $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { d: [4] }] }] }, { b: 2, d: 4 }, true],
  ['$or in $or, half', { $or: [{ a: [1] }, { b: [2], $or: [{ c: [3] }, { d: [4] }] }] }, { d: 4 }, false],
  ['$or of an absence', { $or: [{ a: [1] }, { b: [{ exists: false }] }] }, { a: 2 }, true],
  ['$or within an element', { people: { first: ['Anna'], $or: [{ last: ['Doe'] }, { last: ['Smith'] }] } }, people, true],
  ['$or of two elements', { people: { first: ['Anna'], $or: [{ last: ['Doe'] }, { last: ['Jones'] }] } }, people, false],
  ['a field $or of the event is no alternative', { $or: [{ a: [1] }, { b: [1] }] }, { $or: [{ a: 1 }] }, false],
];

test.each(rows)('%s', (_, pattern, event, matched) => {
  expect(match(pattern, event).matched).toBe(matched);
});

describe('hostile events', () => {
  test('inherited properties are not fields', () => {
    for (const name of ['constructor', 'toString', 'hasOwnProperty', '__proto__']) {
      const absent = match({ [name]: [{ exists: false }] }, {}).matched;
      const inherited = match(JSON.parse(`{"${name}":{"name":[{"exists":true}]}}`), {}).matched;
      const own = match(JSON.parse(`{"${name}":["x"]}`), JSON.parse(`{"${name}":"x"}`)).matched;
      expect({ name, absent, inherited, own }).toEqual({ name, absent: true, inherited: false, own: true });
    }
    expect(match({ resources: { length: [{ exists: true }] } }, { resources: ['a'] }).matched).toBe(false);
  });

  test('deep nesting does not exhaust the stack', () => {
    const arrays: JsonObject = JSON.parse(`{"a":${'['.repeat(100_000)}"x"${']'.repeat(100_000)}}`);
    expect(match({ a: ['x'] }, arrays).matched).toBe(true);
    expect(match({ a: { b: ['x'] } }, arrays)).toEqual({
      matched: false,
      mismatches: [{ path: 'a[0]', wanted: 'an object', found: '"x"' }],
    });
    const objects: JsonObject = JSON.parse(`${'{"a":'.repeat(5_000)}1${'}'.repeat(5_000)}`);
    expect(match({ a: { a: { b: [1] } } }, objects).matched).toBe(false);
    expect(match({ a: [1] }, objects)).toMatchObject({ mismatches: [{ found: 'an object' }] });
  });
});

describe('mismatches', () => {
  test('say field by field which value was wanted and which was found', () => {
    const pattern = {
      source: ['aws.access-analyzer'],
      detail: {
        isPublic: [true],
        resourceType: ['AWS::S3::Bucket', { prefix: 'AWS::KMS' }],
        principal: { AWS: ['*'] },
        action: ['a'],
        gone: [1],
        status: ['ACTIVE'],
      },
    };
    const event = {
      source: 'aws.access-analyzer',
      detail: { isPublic: false, resourceType: 'AWS::SQS::Queue', principal: 'x', action: ['b', 'c'], status: {} },
    };
    expect(match(pattern, event)).toEqual({
      matched: false,
      mismatches: [
        { path: 'detail.isPublic', wanted: 'true', found: 'false' },
        { path: 'detail.resourceType', wanted: '"AWS::S3::Bucket" or {"prefix":"AWS::KMS"}', found: '"AWS::SQS::Queue"' },
        { path: 'detail.principal', wanted: 'an object', found: '"x"' },
        { path: 'detail.action', wanted: '"a"', found: '"b", "c"' },
        { path: 'detail.gone', wanted: '1', found: 'nothing' },
        { path: 'detail.status', wanted: '"ACTIVE"', found: 'an object' },
      ],
    });
  });

  test('name the alternative of a $or and the element of an array', () => {
    expect(match({ $or: [{ a: [1] }, { b: { c: [2] } }] }, { b: [{ c: 3 }, { d: 1 }] })).toEqual({
      matched: false,
      mismatches: [
        { path: '$or[0].a', wanted: '1', found: 'nothing' },
        { path: '$or[1].b[0].c', wanted: '2', found: '3' },
        { path: '$or[1].b[1].c', wanted: '2', found: 'nothing' },
      ],
    });
  });

  test('leave out fields that matched', () => {
    expect(match({ a: [1], $or: [{ b: [1] }, { c: [1] }], d: [1] }, { a: 1, c: 1, d: 2 })).toMatchObject({ mismatches: [{ path: 'd' }] });
  });

  test('are few and short', () => {
    const name = 'n'.repeat(300);
    const long = { [name]: { [name]: { [name]: ['w'.repeat(1000)] } }, list: [{ a: 1 }] };
    const result = match(
      { ...long, list: { a: [2] } },
      { [name]: { [name]: { [name]: `${'f'.repeat(198)}😀😀` } }, list: Array.from({ length: 1000 }, () => ({ a: 1 })) },
    );
    if (result.matched) throw new Error('matched');
    expect(result.mismatches).toHaveLength(MAX_MISMATCHES);
    for (const text of result.mismatches.flatMap(({ path, wanted, found }) => [path, wanted, found])) {
      expect(text.length).toBeLessThanOrEqual(MAX_MISMATCH_TEXT);
      expect(text.isWellFormed()).toBe(true);
    }
  });

  test('of a long list show its beginning', () => {
    const result = match(
      { a: Array.from({ length: 1000 }, (_, index) => `wanted-${index}`) },
      { a: Array.from({ length: 100_000 }, (_, index) => index) },
    );
    expect(result).toMatchObject({
      mismatches: [{ wanted: expect.stringMatching(/^"wanted-0" or "wanted-1" .*…$/), found: expect.stringMatching(/^0, 1, 2, .*…$/) }],
    });
  });
});
