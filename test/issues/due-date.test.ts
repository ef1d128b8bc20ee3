import { expect, test } from 'vitest';
import { DAY_MS, dayOf, dueDateOf, monthOf, overdueFrom, wholeDays } from '../../src/issues/due-date.ts';

const LATE = Date.UTC(2026, 11, 31, 23, 59, 59, 999);

test('an issue is due so many days after it was opened, by the day in UTC', () => {
  expect([0, 1, 60].map((days) => dueDateOf(LATE, days))).toEqual(['2026-12-31', '2027-01-01', '2027-03-01']);
  expect(dueDateOf(LATE, null)).toBeNull();
});

test('the due date itself is in time', () => {
  expect(overdueFrom('2026-12-31')).toBe(LATE + 1);
});

test('days and months are those of UTC', () => {
  expect([dayOf(LATE), dayOf(LATE + 1)]).toEqual(['2026-12-31', '2027-01-01']);
  expect([monthOf(LATE), monthOf(LATE + 1)]).toEqual(['2026-12', '2027-01']);
});

test('days count when they are whole', () => {
  expect([-DAY_MS, 0, DAY_MS - 1, DAY_MS, 3 * DAY_MS - 1].map((later) => wholeDays(LATE, LATE + later))).toEqual([0, 0, 0, 1, 2]);
});
