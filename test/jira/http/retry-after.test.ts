import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { retryAfterMs } from '../../../src/jira/http/retry-after.ts';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const DAY_MS = 86_400_000;

const LONG_DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];

/** As RFC 9110 names them: IMF-fixdate, RFC 850, asctime. */
const DATE_FORMS: readonly ((date: Date) => string)[] = [
  (date) => date.toUTCString(),
  (date) => {
    const [, day, month, year = '', time] = date.toUTCString().split(' ');
    return `${LONG_DAYS[date.getUTCDay()]}, ${day}-${month}-${year.slice(2)} ${time} GMT`;
  },
  (date) => {
    const [weekday = '', day, month, year, time] = date.toUTCString().split(' ');
    return `${weekday.slice(0, 3)} ${month} ${String(Number(day)).padStart(2)} ${time} ${year}`;
  },
];

test.each<readonly [string, Record<string, string>, number | null]>([
  ['seconds', { 'retry-after': '7' }, 7_000],
  ['seconds with a fraction', { 'retry-after': '1.25' }, 1_250],
  ['spaces around', { 'retry-after': ' 7 ' }, 7_000],
  ['zero, which occurs', { 'retry-after': '0' }, 1_000],
  ['less than a second', { 'retry-after': '0.1' }, 1_000],
  ['more than a day', { 'retry-after': '9999999' }, DAY_MS],
  ['more than any number', { 'retry-after': '9'.repeat(400) }, DAY_MS],
  ['a date', { 'retry-after': 'Sun, 01 Mar 2026 10:00:30 GMT' }, 30_000],
  ['a date in the past', { 'retry-after': 'Sun, 01 Mar 2026 09:00:00 GMT' }, 1_000],
  ['a date in years', { 'retry-after': 'Fri, 01 Mar 2030 10:00:00 GMT' }, DAY_MS],
  ['a date in the form of RFC 850', { 'retry-after': 'Sunday, 01-Mar-26 10:00:30 GMT' }, 30_000],
  ['a date of asctime, which is in UTC', { 'retry-after': 'Sun Mar  1 10:00:30 2026' }, 30_000],
  ['a year of two digits within fifty years', { 'retry-after': 'Sunday, 01-Mar-76 10:00:00 GMT' }, DAY_MS],
  ['a year of two digits further ahead: it is over', { 'retry-after': 'Tuesday, 01-Mar-77 10:00:00 GMT' }, 1_000],
  ['sent twice', { 'retry-after': '5, 5' }, 5_000],
  ['several: the most', { 'retry-after': '5,120 , 7.5' }, 120_000],
  ['nonsense', { 'retry-after': 'soon' }, null],
  ['nonsense with a number', { 'retry-after': 'soon 5' }, null],
  ['less than nothing', { 'retry-after': '-5' }, null],
  ['a number with something behind it', { 'retry-after': '5;' }, null],
  ['a number in quotes', { 'retry-after': '"5"' }, null],
  ['a list with nonsense in it', { 'retry-after': '5, soon' }, null],
  ['a date of no form of HTTP', { 'retry-after': '2026-03-01T10:00:30Z' }, null],
  ['a date without a zone', { 'retry-after': 'Sun, 01 Mar 2026 10:00:30' }, null],
  ['a date that is none', { 'retry-after': 'Sun, 01 Mar 2026 77:00:30 GMT' }, null],
  ['a date with more behind it', { 'retry-after': 'Sun, 01 Mar 2026 10:00:30 GMT, 5' }, null],
  ['nothing', {}, null],
  ['empty', { 'retry-after': '' }, null],
  ['a reset without seconds', { 'x-ratelimit-reset': '2026-03-01T10:05Z' }, 300_000],
  ['a reset with seconds', { 'x-ratelimit-reset': '2026-03-01T10:00:20Z' }, 20_000],
  ['a reset in a zone', { 'x-ratelimit-reset': '2026-03-01T12:00:20.5+0200' }, 20_500],
  ['a reset in the past', { 'x-ratelimit-reset': '2026-03-01T09:00Z' }, 1_000],
  ['a reset that is nonsense', { 'x-ratelimit-reset': 'soon' }, null],
  ['a reset that is a number', { 'x-ratelimit-reset': '5' }, null],
  ['a reset without a zone', { 'x-ratelimit-reset': '2026-03-01T10:05' }, null],
  ['both: Retry-After counts', { 'retry-after': '3', 'x-ratelimit-reset': '2026-03-01T10:05Z' }, 3_000],
  ['nonsense beside a reset', { 'retry-after': 'soon', 'x-ratelimit-reset': '2026-03-01T10:00:20Z' }, 20_000],
])('%s', (_, headers, ms) => {
  expect(retryAfterMs(headers, NOW)).toBe(ms);
});

test('seconds, dates in three forms and lists are understood; any other text is ignored', () => {
  const seconds = fc.integer({ min: 0, max: 10_000 });
  const lists = fc.array(seconds, { minLength: 1 }).map((list): [string, number] => [list.join(', '), Math.max(...list)]);
  const dates = fc
    .tuple(seconds, fc.constantFrom(...DATE_FORMS))
    .map(([after, form]): [string, number] => [form(new Date(NOW + after * 1_000)), after]);
  // A text that is no list of digits and names no month is neither seconds nor a date.
  const words = fc
    .oneof(fc.string(), fc.string({ unit: 'binary' }), fc.stringMatching(/^[-+.,:;/"TZ \d]*$/))
    .filter((text) => !/^[\d., ]*$/.test(text.trim()));
  const other = words.map((text): [string, null] => [text, null]);
  fc.assert(
    fc.property(fc.oneof(lists, dates, other), ([header, after]) => {
      expect(retryAfterMs({ 'retry-after': header }, NOW)).toBe(after === null ? null : Math.max(1, after) * 1_000);
    }),
  );
});
