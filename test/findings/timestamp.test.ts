import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { parseTimestamp, timestampMs } from '../../src/findings/timestamp.ts';

const READ: readonly (readonly [string, string])[] = [
  ['2025-04-08T03:22:12Z', '2025-04-08T03:22:12.000000000Z'],
  ['2025-04-08T03:22:12.65Z', '2025-04-08T03:22:12.650000000Z'],
  ['2025-04-08T03:22:12.758Z', '2025-04-08T03:22:12.758000000Z'],
  ['2025-04-08T03:22:12.654688231Z', '2025-04-08T03:22:12.654688231Z'],
  ['2025-04-08T03:22:12', '2025-04-08T03:22:12.000000000Z'],
  ['2025-04-08 03:22:12.5', '2025-04-08T03:22:12.500000000Z'],
  ['2025-04-08T03:22:12+00:00', '2025-04-08T03:22:12.000000000Z'],
  ['2025-04-08T03:22:12.000000001+02:00', '2025-04-08T01:22:12.000000001Z'],
  ['2025-04-08T03:22:12+0200', '2025-04-08T01:22:12.000000000Z'],
  ['2025-04-08T03:22:12-09:30', '2025-04-08T12:52:12.000000000Z'],
  ['2024-02-29T00:00:00Z', '2024-02-29T00:00:00.000000000Z'],
  ['2024-12-31T23:59:59.999999999-00:01', '2025-01-01T00:00:59.999999999Z'],
  ['2025-01-01T00:00:00+00:01', '2024-12-31T23:59:00.000000000Z'],
  ['0000-01-01T00:00:00Z', '0000-01-01T00:00:00.000000000Z'],
  ['9999-12-31T23:59:59.999999999Z', '9999-12-31T23:59:59.999999999Z'],
];

const REFUSED = [
  '',
  'yesterday',
  '2025-04-08',
  '2025-04-08T03:22Z',
  '2025-04-08T03:22:12.Z',
  '2025-04-08T03:22:12.1234567890Z',
  '2025-04-08T03:22:12z',
  '2025-04-08T03:22:12+2',
  '2025-04-08T03:22:12+99:99',
  '2025-04-08T25:00:00Z',
  '2025-04-08T23:60:00Z',
  '2025-13-01T00:00:00Z',
  '2025-00-01T00:00:00Z',
  '2025-02-29T00:00:00Z',
  '2025-02-30T00:00:00Z',
  '2025-04-31T12:00:00.000Z',
  '2025-01-32T00:00:00Z',
  '0000-01-01T00:00:00+01:00',
  '9999-12-31T23:59:59-01:00',
  ' 2025-04-08T03:22:12Z',
  '2025-04-08T03:22:12Z\n',
  '٢٠٢٥-04-08T03:22:12Z',
  '1712546532000',
];

test.each(READ)('%s is %s', (text, expected) => {
  expect(parseTimestamp(text)).toBe(expected);
});

test.each(REFUSED)('"%s" is no time', (text) => {
  expect(parseTimestamp(text)).toBeNull();
});

test('milliseconds are cut, not rounded', () => {
  const parsed = parseTimestamp('2025-04-08T03:22:12.654999999Z');
  expect(parsed && timestampMs(parsed)).toBe(Date.UTC(2025, 3, 8, 3, 22, 12, 654));
});

test('as text they sort as moments do, whatever the form they came in', () => {
  const moment = fc.record({
    ms: fc.integer({ min: 0, max: 4_102_444_800 }).map((seconds) => seconds * 1_000),
    nanos: fc.integer({ min: 0, max: 999_999_999 }),
    offset: fc.integer({ min: -12 * 60, max: 14 * 60 }),
  });
  const written = ({ ms, nanos, offset }: { ms: number; nanos: number; offset: number }): string => {
    const local = new Date(ms + offset * 60_000).toISOString().slice(0, 19);
    const [hours, minutes] = [Math.floor(Math.abs(offset) / 60), Math.abs(offset) % 60].map((part) => String(part).padStart(2, '0'));
    return `${local}.${String(nanos).padStart(9, '0')}${offset < 0 ? '-' : '+'}${hours}:${minutes}`;
  };
  fc.assert(
    fc.property(moment, moment, (a, b) => {
      const [x, y] = [parseTimestamp(written(a)) ?? '', parseTimestamp(written(b)) ?? ''];
      expect(x).toHaveLength(30);
      expect(Math.sign(a.ms - b.ms || a.nanos - b.nanos)).toBe(x < y ? -1 : x > y ? 1 : 0);
    }),
  );
});
