import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/issues/due-date.ts';
import { createDurations, rounded } from '../../../src/pipeline/reports/durations.ts';

const HOUR_MS = 3_600_000;

const anyDuration = fc.oneof(
  fc.integer({ min: 0, max: 40 * DAY_MS }),
  fc.integer({ min: 0, max: 4_000 * DAY_MS }),
  fc.integer({ min: -DAY_MS, max: DAY_MS }),
);

function spreadOf(list: readonly number[]) {
  const durations = createDurations();
  for (const ms of list) durations.add(ms);
  return durations.spread();
}

test.each([
  ['one', [3 * DAY_MS], { of: 1, median: 3 * DAY_MS, p90: 3 * DAY_MS, longest: 3 * DAY_MS }],
  ['two, whose median lies between them', [DAY_MS, 3 * DAY_MS], { of: 2, median: 2 * DAY_MS, p90: 3 * DAY_MS, longest: 3 * DAY_MS }],
  [
    'ten, of which the ninth is the p90',
    [10, 9, 8, 7, 6, 5, 4, 3, 2, 1].map((hours) => hours * HOUR_MS),
    { of: 10, median: 5.5 * HOUR_MS, p90: 9 * HOUR_MS, longest: 10 * HOUR_MS },
  ],
  ['some minutes', [20 * 60_000, 40 * 60_000], { of: 2, median: HOUR_MS / 2, p90: HOUR_MS, longest: HOUR_MS }],
])('the spread of %s', (_case, list, spread) => {
  expect(spreadOf(list)).toEqual(spread);
});

test('the spread of none is unknown', () => {
  expect(spreadOf([])).toBeNull();
});

test('a duration counts to the hour or the day, and never becomes the shorter of two', () => {
  fc.assert(
    fc.property(anyDuration, anyDuration, (a, b) => {
      const error = Math.abs(rounded(a) - Math.min(Math.max(0, a), 3_650 * DAY_MS));
      expect(error).toBeLessThanOrEqual(a < 30 * DAY_MS ? HOUR_MS / 2 : DAY_MS / 2);
      expect(rounded(Math.min(a, b))).toBeLessThanOrEqual(rounded(Math.max(a, b)));
    }),
  );
});

test('the spread is that of all durations as they count, in whatever order they come', () => {
  fc.assert(
    fc.property(fc.array(anyDuration, { minLength: 1, maxLength: 60 }), (list) => {
      const spread = spreadOf(list);
      expect(spreadOf(list.toReversed())).toEqual(spread);
      const sorted = list.map(rounded).toSorted((a, b) => a - b);
      const within = (ms: number): number => sorted.filter((one) => one <= ms).length;
      const beyond = (ms: number): number => sorted.filter((one) => one >= ms).length;
      if (spread === null) throw new Error('there is none');
      expect([spread.of, spread.longest]).toEqual([list.length, sorted.at(-1)]);
      // Half are no longer and half no shorter; nine in ten are no longer than the p90, and fewer than that are shorter.
      expect(within(spread.median) * 2).toBeGreaterThanOrEqual(list.length);
      expect(beyond(spread.median) * 2).toBeGreaterThanOrEqual(list.length);
      expect(sorted).toContain(spread.p90);
      expect(within(spread.p90) * 10).toBeGreaterThanOrEqual(list.length * 9);
      expect((list.length - beyond(spread.p90)) * 10).toBeLessThan(list.length * 9);
      expect(spread.median).toBeLessThanOrEqual(spread.p90);
    }),
  );
});
