import fc from 'fast-check';
import { expect, test } from 'vitest';
import { DAY_MS } from '../../../src/issues/due-date.ts';
import { createTally, DIMENSIONS, type Counted, type Figures, type Subject } from '../../../src/pipeline/reports/tally.ts';

const SUBJECT: Subject = { severity: 'high', accountId: '1', owner: null, projectKey: 'SEC' };

const anySubject: fc.Arbitrary<Subject> = fc.record({
  severity: fc.constantFrom('high', 'low', null),
  accountId: fc.constantFrom('1', '2', '3', '4', '5'),
  owner: fc.constantFrom('data', 'web', 'constructor', '__proto__', null),
  projectKey: fc.constantFrom('SEC', 'PLAT'),
});
const anyTime = fc.option(fc.integer({ min: 0, max: 100 * DAY_MS }));
const anyCounted: fc.Arbitrary<Counted> = fc.oneof(
  fc.record({ is: fc.constant('fixed' as const), timeToFix: anyTime }),
  fc.record({ is: fc.constant('open' as const), age: anyTime, overdue: fc.boolean() }),
);

test('counts fixes, open and overdue issues, with the most overdue value first', () => {
  const tally = createTally(10);
  tally.add(SUBJECT, { is: 'fixed', timeToFix: 2 * DAY_MS });
  tally.add(SUBJECT, { is: 'fixed', timeToFix: null });
  tally.add(SUBJECT, { is: 'open', age: 4 * DAY_MS, overdue: false });
  tally.add({ ...SUBJECT, severity: 'low', owner: 'web' }, { is: 'open', age: null, overdue: true });
  const twoDays = { of: 1, median: 2 * DAY_MS, p90: 2 * DAY_MS, longest: 2 * DAY_MS };
  const fourDays = { of: 1, median: 4 * DAY_MS, p90: 4 * DAY_MS, longest: 4 * DAY_MS };
  const [high, low] = [
    { fixed: 2, timeToFix: twoDays, open: 1, overdue: 0, age: fourDays },
    { fixed: 0, timeToFix: null, open: 1, overdue: 1, age: null },
  ];
  expect(tally.total()).toEqual({ fixed: 2, timeToFix: twoDays, open: 2, overdue: 1, age: fourDays });
  expect(tally.by('severity')).toEqual({
    items: [
      { value: 'low', ...low },
      { value: 'high', ...high },
    ],
    others: null,
  });
  expect(tally.by('owner').items.map(({ value }) => value)).toEqual(['web', null]);
  expect(tally.by('projectKey').items).toMatchObject([{ value: 'SEC', fixed: 2, open: 2, overdue: 1 }]);
});

test('the values of a dimension, and all further ones together, make up the total', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(anySubject, anyCounted), { maxLength: 40 }), fc.integer({ min: 1, max: 4 }), (all, maxValues) => {
      const tally = createTally(maxValues);
      for (const [subject, counted] of all) tally.add(subject, counted);
      const total = counts(tally.total());
      for (const dimension of DIMENSIONS) {
        const { items, others } = tally.by(dimension);
        expect(items.length).toBeLessThanOrEqual(maxValues);
        const parts = [...items, ...(others === null ? [] : [others])].map(counts);
        expect(
          parts.reduce(
            (sum, part) => sum.map((n, at) => n + (part[at] ?? 0)),
            total.map(() => 0),
          ),
        ).toEqual(total);
        const values = new Set(all.map(([subject]) => subject[dimension]));
        expect(others === null).toBe(values.size <= maxValues);
      }
    }),
  );
});

function counts({ fixed, timeToFix, open, overdue, age }: Figures): readonly number[] {
  return [fixed, timeToFix?.of ?? 0, open, overdue, age?.of ?? 0];
}
