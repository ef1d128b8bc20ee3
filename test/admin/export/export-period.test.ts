import { describe, expect, test } from 'vitest';
import { parsePeriod, PERIOD_PATTERN } from '../../../src/admin/export/export-period.ts';

const NOW = Date.parse('2026-06-01T12:00:00Z');

describe('the period of an export', () => {
  test.each([
    [{ from: '2026-01-01', to: '2026-03-31' }, '2026-01-01T00:00:00.000Z', '2026-04-01T00:00:00.000Z'],
    [{ from: '2026-01-01', to: '2026-01-01' }, '2026-01-01T00:00:00.000Z', '2026-01-02T00:00:00.000Z'],
    [{ from: '2024-02-29', to: '2026-01-01T00:00:00Z' }, '2024-02-29T00:00:00.000Z', '2026-01-01T00:00:00.000Z'],
    [{ from: '2026-01-01T01:30+01:00', to: '2026-01-01T08:00:00.5-02:00' }, '2026-01-01T00:30:00.000Z', '2026-01-01T10:00:00.500Z'],
    [{ from: '2026-01-01' }, '2026-01-01T00:00:00.000Z', '2026-06-01T12:00:00.000Z'],
    [{}, '1970-01-01T00:00:00.000Z', '2026-06-01T12:00:00.000Z'],
  ])('%j', (asked, from, to) => {
    for (const moment of Object.values(asked)) expect(moment).toMatch(new RegExp(PERIOD_PATTERN));
    expect(parsePeriod(asked, NOW)).toEqual({ ok: true, from: Date.parse(from), to: Date.parse(to) });
  });

  test.each([
    [{ from: '2026-02-30' }, ['from']],
    [{ to: '2026-13-01' }, ['to']],
    [{ from: '2026-01-01T25:00:00Z', to: '2026-02-29T00:00:00Z' }, ['from', 'to']],
    [{ from: '1969-12-31' }, ['from']],
    [{ from: '0000-00-00' }, ['from']],
  ])('%j names what is no time', (asked, wrong) => {
    expect(parsePeriod(asked, NOW)).toEqual({ ok: false, wrong });
  });
});
