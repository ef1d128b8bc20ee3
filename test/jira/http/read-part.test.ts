import fc from 'fast-check';
import { Type } from 'typebox';
import { expect, test } from 'vitest';
import { readEach, readPart } from '../../../src/jira/http/read-part.ts';

const Entry = Type.Object({
  id: Type.String(),
  name: Type.Optional(Type.String()),
  tags: Type.Optional(Type.Array(Type.String())),
  owner: Type.Optional(Type.Union([Type.Object({ accountId: Type.Optional(Type.String()) }), Type.Null()])),
});
const Page = Type.Object({
  entries: Type.Array(Entry),
  total: Type.Optional(Type.Integer()),
  more: Type.Optional(Type.Record(Type.String(), Entry)),
  raw: Type.Optional(Type.Array(Type.Unknown())),
});

test.each<readonly [string, unknown, unknown]>([
  ['nothing odd', { entries: [{ id: '1', name: 'a' }], total: 1 }, { entries: [{ id: '1', name: 'a' }], total: 1 }],
  ['an odd entry', { entries: [null, { id: 1 }, 'x', { id: '2' }, []] }, { entries: [{ id: '2' }] }],
  ['a null that may be absent', { entries: [{ id: '1', name: null, tags: null }], total: null }, { entries: [{ id: '1' }] }],
  ['an odd entry of an inner list', { entries: [{ id: '1', tags: ['a', 2, null, 'b'] }] }, { entries: [{ id: '1', tags: ['a', 'b'] }] }],
  ['an odd part within a union', { entries: [{ id: '1', owner: { accountId: 7 } }] }, { entries: [{ id: '1', owner: {} }] }],
  ['an odd union', { entries: [{ id: '1', owner: 'dana' }] }, { entries: [{ id: '1' }] }],
  ['a null in a union', { entries: [{ id: '1', owner: null }] }, { entries: [{ id: '1', owner: null }] }],
  ['an odd entry of a map', { entries: [], more: { a: { id: '1' }, b: 2 } }, { entries: [], more: { a: { id: '1' } } }],
  ['unknown entries stay', { entries: [], raw: [null, 1] }, { entries: [], raw: [null, 1] }],
  ['more than the schema has', { entries: [{ id: '1', x: 1 }], y: 2 }, { entries: [{ id: '1', x: 1 }], y: 2 }],
  ['a list that must be there', { entries: null }, undefined],
  ['no list', {}, undefined],
  ['a page of a proxy', '<html>', undefined],
  ['another shape', [], undefined],
])('%s', (_, raw, read) => {
  expect(readPart(Page, raw)).toEqual(read);
});

test('odd entries never change what is read of the others', () => {
  const entry = fc.record({ id: fc.string(), name: fc.string(), tags: fc.array(fc.string()) });
  const odd = fc.oneof(fc.constantFrom(null, 1, '', [], {}, { id: null }, { name: 'x' }), fc.array(fc.string()));
  const mixed = fc.array(
    fc.oneof(
      entry.map((good) => ({ good })),
      odd.map((bad) => ({ bad })),
    ),
  );
  fc.assert(
    fc.property(mixed, (some) => {
      const all = some.map((one) => ('good' in one ? one.good : one.bad));
      expect(readEach(Entry, all)).toEqual(some.flatMap((one) => ('good' in one ? [one.good] : [])));
    }),
  );
});
