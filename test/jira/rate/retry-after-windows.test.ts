import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../../src/jira/http/answer.ts';
import { operationOf, type Operation } from '../../../src/jira/http/operation.ts';
import { createRetryAfterWindows, type RetryAfterWindows } from '../../../src/jira/rate/retry-after-windows.ts';

const of = (method: string, path: string): Operation => operationOf(method, `/rest/api/3/${path}`);
const CREATE = of('POST', 'issue');
const TRANSITION = of('POST', 'issue/10001/transitions');
const TRANSITION_OTHER = of('POST', 'issue/10002/transitions');
const READ = of('GET', 'issue/10001');
const SEARCH = of('POST', 'search/jql');
const ALL = [CREATE, TRANSITION, TRANSITION_OTHER, READ, SEARCH];

function answer(status: number, headers: Record<string, string> = {}): HttpAnswer {
  return { kind: 'http', status, headers, json: undefined };
}

function refusal(reason: string | null, retryAfter: string | null = '5'): HttpAnswer {
  return answer(429, {
    ...(reason === null ? {} : { 'ratelimit-reason': reason }),
    ...(retryAfter === null ? {} : { 'retry-after': retryAfter }),
  });
}

interface Subject {
  readonly windows: RetryAfterWindows;
  pass(ms: number): void;
  /** Ms left for each of `ALL`. */
  left(): number[];
}

function subject(chance = 0.5): Subject {
  let ms = 0;
  const windows = createRetryAfterWindows({ now: () => Date.parse('2026-03-01T10:00:00Z') + ms, monotonic: () => ms }, () => chance);
  return { windows, pass: (more) => void (ms += more), left: () => ALL.map((operation) => windows.on(operation)?.leftMs ?? 0) };
}

test.each<readonly [string | null, number[]]>([
  ['jira-burst-based', [0, 5_000, 5_000, 0, 0]],
  ['jira-per-issue-on-write', [0, 5_000, 0, 5_000, 0]],
  ['jira-quota-global-based', [5_000, 5_000, 5_000, 5_000, 5_000]],
  ['jira-quota-tenant-based', [5_000, 5_000, 5_000, 5_000, 5_000]],
  ['a reason of next year', [0, 5_000, 5_000, 0, 0]],
  [null, [0, 5_000, 5_000, 0, 0]],
])('a transition that is refused because of %s opens a window for that scope and nothing else', (reason, left) => {
  const { windows, ...it } = subject();
  windows.heard(refusal(reason), TRANSITION);
  expect(it.left()).toEqual(left);
  it.pass(4_999);
  expect(it.left()).toEqual(left.map((ms) => (ms === 0 ? 0 : 1)));
  it.pass(1);
  expect(it.left()).toEqual([0, 0, 0, 0, 0]);
  expect(windows.list()).toEqual([]);
});

test('a per-issue refusal without an issue covers the endpoint', () => {
  const { windows, ...it } = subject();
  windows.heard(refusal('jira-per-issue-on-write'), SEARCH);
  expect(it.left()).toEqual([0, 0, 0, 0, 5_000]);
});

test.each([
  ['86400', 86_400_000],
  ['0', 1_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 3_600_000],
])('Retry-After: %s is %i ms', (retryAfter, ms) => {
  const { windows } = subject();
  windows.heard(refusal('jira-quota-tenant-based', retryAfter), CREATE);
  expect(windows.list()).toEqual([{ scope: 'all', of: null, leftMs: ms }]);
});

test('a quota without Retry-After lasts until its reset', () => {
  const { windows } = subject();
  windows.heard(answer(429, { 'ratelimit-reason': 'jira-quota-global-based', 'x-ratelimit-reset': '2026-03-01T11:00Z' }), CREATE);
  expect(windows.on(SEARCH)).toEqual({ scope: 'all', of: null, leftMs: 3_600_000 });
});

test('a shorter time does not shorten a window, and the longest scope counts', () => {
  const { windows } = subject();
  windows.heard(refusal('jira-burst-based', '20'), TRANSITION);
  windows.heard(refusal('jira-burst-based', '1'), TRANSITION);
  windows.heard(refusal('jira-per-issue-on-write', '3'), TRANSITION);
  expect(windows.on(TRANSITION)).toEqual({ scope: 'endpoint', of: 'POST /issue/*/transitions', leftMs: 20_000 });
  expect(windows.on(READ)).toEqual({ scope: 'issue', of: '10001', leftMs: 3_000 });
  expect(windows.list()).toHaveLength(2);
});

test.each([
  [0, 0.7],
  [0.5, 1],
  [1, 1.3],
])('without Retry-After it is 2, 4, 8, 16 and at most 30 s, spread by chance %d', (chance, factor) => {
  const { windows, ...it } = subject(chance);
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
    windows.heard(refusal('jira-burst-based', null), CREATE);
    const left = windows.on(CREATE)?.leftMs ?? 0;
    it.pass(left);
    return left;
  });
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128].map((s) => Math.min(30_000, Math.ceil(s * 1_000 * factor))));
});

test('calls in flight when the window opened count as one refusal', () => {
  const { windows, ...it } = subject();
  for (let calls = 0; calls < 8; calls += 1) windows.heard(refusal('jira-burst-based', null), CREATE);
  expect(it.left()).toEqual([2_000, 0, 0, 0, 0]);
});

test('after a call got through, the backoff starts again', () => {
  const { windows, ...it } = subject();
  windows.heard(refusal('jira-burst-based', null), CREATE);
  windows.heard(answer(201), CREATE);
  expect(it.left()).toEqual([2_000, 0, 0, 0, 0]);
  it.pass(2_000);
  windows.heard(answer(201), CREATE);
  windows.heard(refusal('jira-burst-based', null), CREATE);
  expect(it.left()).toEqual([2_000, 0, 0, 0, 0]);
});

test('refusals of user search, however many and without a reason, cover user search only', () => {
  const { windows, pass, left } = subject();
  const users = of('GET', 'user/assignable/search');
  for (let time = 0; time < 5; time += 1) {
    windows.heard(refusal(null), users);
    expect(windows.on(users)).toMatchObject({ scope: 'endpoint', leftMs: 5_000 });
    pass(5_000);
  }
  expect(left()).toEqual([0, 0, 0, 0, 0]);
  windows.heard(refusal(null), SEARCH);
  expect(left()).toEqual([0, 0, 0, 0, 5_000]);
});

test('the third refusal in a row without a reason concerns everything', () => {
  const { windows, ...it } = subject();
  windows.heard(refusal(null, '1'), CREATE);
  windows.heard(refusal(null, '1'), SEARCH);
  expect(it.left()).toEqual([1_000, 0, 0, 0, 1_000]);
  windows.heard(refusal(null, '7'), TRANSITION);
  expect(it.left()).toEqual([7_000, 7_000, 7_000, 7_000, 7_000]);
});

test('another answer in between resets the count', () => {
  const { windows, ...it } = subject();
  windows.heard(refusal(null, '1'), CREATE);
  windows.heard(refusal(null, '1'), SEARCH);
  windows.heard(answer(200), READ);
  windows.heard(refusal(null, '1'), TRANSITION);
  expect(it.left()).toEqual([1_000, 1_000, 1_000, 0, 1_000]);
});

test('no other answer opens a window', () => {
  const { windows } = subject();
  for (const status of [200, 204, 400, 401, 500, 503]) windows.heard(answer(status, { 'retry-after': '30' }), CREATE);
  windows.heard({ kind: 'network', code: 'ECONNRESET' }, CREATE);
  expect(windows.list()).toEqual([]);
});

test('a near-limit warning counts for its endpoint, for five seconds', () => {
  const { windows, ...it } = subject();
  expect(windows.isAnyNear()).toBe(false);
  windows.heard(answer(201, { 'x-ratelimit-nearlimit': 'true' }), CREATE);
  expect([windows.isNear('POST /issue'), windows.isNear('POST /search/jql'), windows.isAnyNear()]).toEqual([true, false, true]);
  windows.heard(answer(200, { 'x-ratelimit-nearlimit': 'false' }), SEARCH);
  expect(windows.isNear('POST /search/jql')).toBe(false);
  it.pass(5_000);
  expect([windows.isNear('POST /issue'), windows.isAnyNear()]).toEqual([false, false]);
});
