import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { countOf, gapIn, keptNear, rowsIn, withPage, withRows } from '../../../src/parts/page/assets/views/findings/kept-pages.js';
import { range } from '../../support/findings/findings-by-number.ts';

const PAGE = 200;
const SEEN = 40;
const keyOf = ({ n }: { readonly n: number }): string => `key ${n}`;

/** As the API would answer. */
const rowsFrom = (cursor: string | null, limit = PAGE): readonly { readonly n: number }[] =>
  range(limit).map((at) => ({ n: Number(cursor ?? 0) + at }));

/** A list of which the end was reached while only what was in sight was kept. */
function scrolled(count: number): ReturnType<typeof withPage> {
  return range(count / PAGE).reduce<ReturnType<typeof withPage>>((pages, at) => {
    const cursor = at === 0 ? null : String(at * PAGE);
    return keptNear(withPage(pages, cursor, rowsFrom(cursor), keyOf), at * PAGE, at * PAGE + SEEN);
  }, []);
}

describe('the rows of a long list', () => {
  test('are few, however long it is and wherever a person goes in it, and those in sight are always the right ones', () => {
    const all = scrolled(20_000);
    expect(countOf(all)).toBe(20_000);
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 19_999 - SEEN }), { minLength: 1, maxLength: 20 }), (places) => {
        let pages = all;
        for (const from of places) {
          pages = keptNear(pages, from, from + SEEN);
          for (let gap = gapIn(pages, from, from + SEEN); gap !== null; gap = gapIn(pages, from, from + SEEN))
            pages = withRows(pages, gap.cursor, rowsFrom(gap.cursor), keyOf);
          expect(rowsIn(pages, from, from + SEEN)).toEqual(rowsFrom(String(from), SEEN));
          expect(pages.reduce((sum, { rows }) => sum + (rows?.length ?? 0), 0)).toBeLessThanOrEqual(2_400);
        }
        expect(countOf(pages)).toBe(20_000);
      }),
    );
  });

  test('that were let go of have a place, and none twice when others match by now', () => {
    const pages = scrolled(2_000);
    expect(rowsIn(pages, 199, 201)).toEqual([null, null]);
    expect(keptNear(pages, 1_800, 1_840)).toBe(pages);
    // A row of the second page has gone: the answer reaches into the third one.
    const moved = rowsFrom('200', PAGE + 1).filter(({ n }) => n !== 250);
    const read = withRows(pages, '200', moved, keyOf);
    expect(countOf(read)).toBe(1_999);
    expect(rowsIn(read, 200, 399).map((row) => row.n)).toEqual(moved.slice(0, 199).map(({ n }) => n));
    expect(rowsIn(read, 399, 400)).toEqual([null]);
    // All rows of a page have gone.
    expect(countOf(withRows(pages, '200', [], keyOf))).toBe(1_800);
    expect(withPage([], null, [], keyOf)).toEqual([]);
  });
});
