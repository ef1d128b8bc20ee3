import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { indexOf, packDocument, unpackDocument } from '../../src/store/packed-document.ts';
import { findingRecord } from '../support/findings/finding-records.ts';

describe('a packed document', () => {
  test('gives back its id, its index and its text, whatever they are', () => {
    const texts = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom('', '\n', '"\n[', '{"finding":', '{"finding":{}}\n'));
    fc.assert(
      fc.property(texts, fc.nat(), fc.array(texts, { maxLength: 5 }), texts, fc.boolean(), (id, at, terms, json, isPlain) => {
        const unpacked = unpackDocument(packDocument(id, { at, terms }, json, { isPlain }));
        expect(unpacked).toMatchObject({ id, json });
        expect(indexOf(unpacked?.index ?? '')).toEqual({ at, terms });
      }),
      { numRuns: 40 },
    );
  });

  test('is much smaller than its text where the dictionary knows it', () => {
    const json = JSON.stringify(findingRecord());
    expect(packDocument('id', { at: 1, terms: ['state:open'] }, json).length).toBeLessThan(json.length / 4);
  });

  test('that is long stays as it is, so that a trial of the store needs the room that it asks for', () => {
    const json = JSON.stringify({ filling: 'x'.repeat(65_536) });
    expect(packDocument('id', { at: 1, terms: [] }, json).length).toBeGreaterThan(json.length);
  });

  test.each([
    ['nothing', Buffer.alloc(0)],
    ['a dictionary that is not known', Buffer.from([9, 1, 2, 3])],
    ['bytes that no one has compressed', Buffer.from([1, 255, 255, 255])],
    ['text without an index', Buffer.from('\0"id"\n{}')],
    ['an id that is none', Buffer.from('\0{}\n[1]\n{}')],
  ])('is none: %s', (_, bytes) => {
    expect(unpackDocument(bytes)).toBeNull();
  });

  test.each(['', 'null', '{}', '[]', '["a"]', '[1,2]', '[1'])('has no index that is %s', (index) => {
    expect(indexOf(index)).toBeNull();
  });
});
