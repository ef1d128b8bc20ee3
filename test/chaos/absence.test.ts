import { expect, test } from 'vitest';
import { createAbsence } from './absence.ts';

test('reports an absence at the given moment, now, or in between', () => {
  const absence = createAbsence();
  const before = absence.now();
  expect(absence.wasAwaySince(before)).toBe(false);
  absence.begins();
  const during = absence.now();
  expect([before, during].map((moment) => absence.wasAwaySince(moment))).toEqual([true, true]);
  absence.ends();
  const after = absence.now();
  expect([before, during, after].map((moment) => absence.wasAwaySince(moment))).toEqual([true, true, false]);
});

test('a repeated call counts once', () => {
  const absence = createAbsence();
  absence.ends();
  expect(absence.wasAwaySince(absence.now())).toBe(false);
  absence.begins();
  absence.begins();
  expect(absence.wasAwaySince(absence.now())).toBe(true);
});
