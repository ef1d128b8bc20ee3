import fc from 'fast-check';
import { expect, test } from 'vitest';
import { diffLines } from '../../src/cli/diff-lines.ts';

const lines = fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { maxLength: 12 });

test('a difference holds both texts, and nothing differs between equal ones', () => {
  fc.assert(
    fc.property(lines, lines, (before, after) => {
      const found = diffLines(before, after);
      expect(found.filter(({ mark }) => mark !== '+').map(({ line }) => line)).toEqual(before);
      expect(found.filter(({ mark }) => mark !== '-').map(({ line }) => line)).toEqual(after);
      expect(diffLines(before, before).every(({ mark }) => mark === ' ')).toBe(true);
    }),
  );
  expect(diffLines(['a', 'b', 'c'], ['a', 'x', 'c']).map(({ mark, line }) => mark + line)).toEqual([' a', '-b', '+x', ' c']);
});

test('texts too long to compare are shown as removed and added', () => {
  const [before, after] = ['o', 'n'].map((mark) => Array.from({ length: 2_001 }, (_, at) => `${mark}${at}`));
  expect(diffLines(before ?? [], after ?? [])).toHaveLength(4_002);
});
