import { expect, test } from 'vitest';
import { retryAfterMs } from '../../src/jira/retry-after.ts';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const DAY_MS = 86_400_000;

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
  ['nonsense', { 'retry-after': 'soon' }, null],
  ['nothing', {}, null],
  ['empty', { 'retry-after': '' }, null],
  ['a reset without seconds', { 'x-ratelimit-reset': '2026-03-01T10:05Z' }, 300_000],
  ['a reset with seconds', { 'x-ratelimit-reset': '2026-03-01T10:00:20Z' }, 20_000],
  ['a reset in the past', { 'x-ratelimit-reset': '2026-03-01T09:00Z' }, 1_000],
  ['a reset that is nonsense', { 'x-ratelimit-reset': 'soon' }, null],
  ['both: Retry-After counts', { 'retry-after': '3', 'x-ratelimit-reset': '2026-03-01T10:05Z' }, 3_000],
  ['nonsense beside a reset', { 'retry-after': 'soon', 'x-ratelimit-reset': '2026-03-01T10:00:20Z' }, 20_000],
])('%s', (_, headers, ms) => {
  expect(retryAfterMs(headers, NOW)).toBe(ms);
});
