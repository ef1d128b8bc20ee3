import { describe, expect, test } from 'vitest';
import type { Failure, Retry } from '../../src/issues/failure.ts';
import { backoffMs, lookupDelayMs, retryAfterMs, retryDelayMs } from '../../src/issues/retry-policy.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
/** The delay as it stands in the table: neither sooner nor later. */
const EVEN = 0.5;

function failure(retry: Retry, code: Failure['code'] = 'jira-unreachable'): Failure {
  return { code, message: '', words: null, retry };
}

describe('the delay before a retry', () => {
  test.each([
    [1, 5 * SECOND],
    [2, 15 * SECOND],
    [3, MINUTE],
    [4, 5 * MINUTE],
    [5, 15 * MINUTE],
    [6, HOUR],
    [7, 4 * HOUR],
    [8, 4 * HOUR],
    [1_000, 4 * HOUR],
  ])('after %i failed attempts that may work again by themselves', (attempts, delay) => {
    expect(retryDelayMs(failure({ when: 'backoff' }), attempts, EVEN)).toBe(delay);
    expect(backoffMs(attempts, EVEN)).toBe(delay);
  });

  test.each([
    [1, HOUR],
    [2, 4 * HOUR],
    [3, 12 * HOUR],
    [4, 24 * HOUR],
    [5, 24 * HOUR],
  ])('after %i failed attempts that a person must make possible', (attempts, delay) => {
    expect(retryDelayMs(failure({ when: 'seldom' }), attempts, EVEN)).toBe(delay);
  });

  test('a refused token is tried again by the time that its failure names', () => {
    expect(retryDelayMs(failure({ when: 'token-accepted', latestMs: 10 * MINUTE }), 3, EVEN)).toBe(10 * MINUTE);
  });

  test.each([
    ['as Jira asked', 'jira-rate-limited', 7 * SECOND, 5, 7 * SECOND],
    ['at least a second', 'jira-rate-limited', 0, 5, SECOND],
    ['of a failing server, as it asked', 'jira-server-error', 20 * MINUTE, 1, 20 * MINUTE],
    ['of a failing server that keeps asking for a second', 'jira-server-error', SECOND, 5, 15 * MINUTE],
  ] as const)('%s', (_, code, afterMs, attempts, delay) => {
    expect(retryDelayMs(failure({ when: 'after', afterMs }, code), attempts, EVEN)).toBe(delay);
  });

  test.each([
    ['backoff', { when: 'backoff' }],
    ['seldom', { when: 'seldom' }],
    ['token-accepted', { when: 'token-accepted', latestMs: 10 * MINUTE }],
  ] as const)('%s: is spread from 70 % to 130 %, in whole ms', (_, retry) => {
    const even = retryDelayMs(failure(retry), 1, EVEN);
    expect(retryDelayMs(failure(retry), 1, 0)).toBe(0.7 * even);
    expect(retryDelayMs(failure(retry), 1, 1)).toBe(1.3 * even);
    expect(retryDelayMs(failure(retry), 1, 1 / 3) % 1).toBe(0);
  });
});

test.each([
  [0, 2 * SECOND],
  [1, 5 * SECOND],
  [2, 10 * SECOND],
  [3, 30 * SECOND],
  [4, 2 * MINUTE],
  [5, 5 * MINUTE],
  [6, 5 * MINUTE],
])('after %i lookups, the next one', (made, delay) => {
  expect(lookupDelayMs(made)).toBe(delay);
});

test('only a failure that names a time asks to be left alone', () => {
  expect(retryAfterMs(null)).toBe(0);
  expect(retryAfterMs(failure({ when: 'backoff' }))).toBe(0);
  expect(retryAfterMs(failure({ when: 'after', afterMs: 1_234 }))).toBe(1_234);
});
