import { expect, test } from 'vitest';
import type { HttpAnswer } from '../../../src/jira/http/answer.ts';
import { operationOf, type Operation } from '../../../src/jira/http/operation.ts';
import { createPauses, type Pauses } from '../../../src/jira/rate/pauses.ts';

const of = (method: string, path: string): Operation => operationOf(method, `/rest/api/3/${path}`);
const CREATE = of('POST', 'issue');
const MOVE = of('POST', 'issue/10001/transitions');
const MOVE_OTHER = of('POST', 'issue/10002/transitions');
const READ = of('GET', 'issue/10001');
const SEARCH = of('POST', 'search/jql');
const ALL = [CREATE, MOVE, MOVE_OTHER, READ, SEARCH];

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
  readonly pauses: Pauses;
  pass(ms: number): void;
  /** Ms left for each of `ALL`. */
  left(): number[];
}

function subject(chance = 0.5): Subject {
  let ms = 0;
  const pauses = createPauses({ now: () => Date.parse('2026-03-01T10:00:00Z') + ms, monotonic: () => ms }, () => chance);
  return { pauses, pass: (more) => void (ms += more), left: () => ALL.map((operation) => pauses.on(operation)?.leftMs ?? 0) };
}

test.each<readonly [string | null, number[]]>([
  ['jira-burst-based', [0, 5_000, 5_000, 0, 0]],
  ['jira-per-issue-on-write', [0, 5_000, 0, 5_000, 0]],
  ['jira-quota-global-based', [5_000, 5_000, 5_000, 5_000, 5_000]],
  ['jira-quota-tenant-based', [5_000, 5_000, 5_000, 5_000, 5_000]],
  ['a reason of next year', [0, 5_000, 5_000, 0, 0]],
  [null, [0, 5_000, 5_000, 0, 0]],
])('refusing a move because of %s holds what it is for and nothing else', (reason, left) => {
  const { pauses, ...it } = subject();
  pauses.heard(refusal(reason), MOVE);
  expect(it.left()).toEqual(left);
  it.pass(4_999);
  expect(it.left()).toEqual(left.map((ms) => (ms === 0 ? 0 : 1)));
  it.pass(1);
  expect(it.left()).toEqual([0, 0, 0, 0, 0]);
  expect(pauses.list()).toEqual([]);
});

test('per issue without an issue holds the endpoint', () => {
  const { pauses, ...it } = subject();
  pauses.heard(refusal('jira-per-issue-on-write'), SEARCH);
  expect(it.left()).toEqual([0, 0, 0, 0, 5_000]);
});

test.each([
  ['86400', 86_400_000],
  ['0', 1_000],
  ['Sun, 01 Mar 2026 11:00:00 GMT', 3_600_000],
])('Retry-After: %s is %i ms', (retryAfter, ms) => {
  const { pauses } = subject();
  pauses.heard(refusal('jira-quota-tenant-based', retryAfter), CREATE);
  expect(pauses.list()).toEqual([{ scope: 'all', of: null, leftMs: ms }]);
});

test('a quota without Retry-After lasts until its reset', () => {
  const { pauses } = subject();
  pauses.heard(answer(429, { 'ratelimit-reason': 'jira-quota-global-based', 'x-ratelimit-reset': '2026-03-01T11:00Z' }), CREATE);
  expect(pauses.on(SEARCH)).toEqual({ scope: 'all', of: null, leftMs: 3_600_000 });
});

test('a shorter word does not shorten a longer one, and the longest scope counts', () => {
  const { pauses } = subject();
  pauses.heard(refusal('jira-burst-based', '20'), MOVE);
  pauses.heard(refusal('jira-burst-based', '1'), MOVE);
  pauses.heard(refusal('jira-per-issue-on-write', '3'), MOVE);
  expect(pauses.on(MOVE)).toEqual({ scope: 'endpoint', of: 'POST /issue/*/transitions', leftMs: 20_000 });
  expect(pauses.on(READ)).toEqual({ scope: 'issue', of: '10001', leftMs: 3_000 });
  expect(pauses.list()).toHaveLength(2);
});

test.each([
  [0, 0.7],
  [0.5, 1],
  [1, 1.3],
])('without a word it is 2, 4, 8, 16 and at most 30 s, spread by chance %d', (chance, factor) => {
  const { pauses, ...it } = subject(chance);
  const waits = [1, 2, 3, 4, 5, 6, 7].map(() => {
    pauses.heard(refusal('jira-burst-based', null), CREATE);
    const left = pauses.on(CREATE)?.leftMs ?? 0;
    it.pass(left);
    return left;
  });
  expect(waits).toEqual([2, 4, 8, 16, 32, 64, 128].map((s) => Math.min(30_000, Math.ceil(s * 1_000 * factor))));
});

test('what was on its way when the pause began counts as one refusal', () => {
  const { pauses, ...it } = subject();
  for (let calls = 0; calls < 8; calls += 1) pauses.heard(refusal('jira-burst-based', null), CREATE);
  expect(it.left()).toEqual([2_000, 0, 0, 0, 0]);
});

test('after something got through, the first step comes first again', () => {
  const { pauses, ...it } = subject();
  pauses.heard(refusal('jira-burst-based', null), CREATE);
  pauses.heard(answer(201), CREATE);
  expect(it.left()).toEqual([2_000, 0, 0, 0, 0]);
  it.pass(2_000);
  pauses.heard(answer(201), CREATE);
  pauses.heard(refusal('jira-burst-based', null), CREATE);
  expect(it.left()).toEqual([2_000, 0, 0, 0, 0]);
});

test('a refusal of user search, however often and without a reason, is about user search', () => {
  const { pauses, pass, left } = subject();
  const users = of('GET', 'user/assignable/search');
  for (let time = 0; time < 5; time += 1) {
    pauses.heard(refusal(null), users);
    expect(pauses.on(users)).toMatchObject({ scope: 'endpoint', leftMs: 5_000 });
    pass(5_000);
  }
  expect(left()).toEqual([0, 0, 0, 0, 0]);
  pauses.heard(refusal(null), SEARCH);
  expect(left()).toEqual([0, 0, 0, 0, 5_000]);
});

test('the third refusal in a row without a reason concerns everything', () => {
  const { pauses, ...it } = subject();
  pauses.heard(refusal(null, '1'), CREATE);
  pauses.heard(refusal(null, '1'), SEARCH);
  expect(it.left()).toEqual([1_000, 0, 0, 0, 1_000]);
  pauses.heard(refusal(null, '7'), MOVE);
  expect(it.left()).toEqual([7_000, 7_000, 7_000, 7_000, 7_000]);
});

test('an answer in between ends the row', () => {
  const { pauses, ...it } = subject();
  pauses.heard(refusal(null, '1'), CREATE);
  pauses.heard(refusal(null, '1'), SEARCH);
  pauses.heard(answer(200), READ);
  pauses.heard(refusal(null, '1'), MOVE);
  expect(it.left()).toEqual([1_000, 1_000, 1_000, 0, 1_000]);
});

test('nothing else pauses', () => {
  const { pauses } = subject();
  for (const status of [200, 204, 400, 401, 500, 503]) pauses.heard(answer(status, { 'retry-after': '30' }), CREATE);
  pauses.heard({ kind: 'network', code: 'ECONNRESET' }, CREATE);
  expect(pauses.list()).toEqual([]);
});

test('a warning counts for its endpoint, for five seconds', () => {
  const { pauses, ...it } = subject();
  expect(pauses.isAnyNear()).toBe(false);
  pauses.heard(answer(201, { 'x-ratelimit-nearlimit': 'true' }), CREATE);
  expect([pauses.isNear('POST /issue'), pauses.isNear('POST /search/jql'), pauses.isAnyNear()]).toEqual([true, false, true]);
  pauses.heard(answer(200, { 'x-ratelimit-nearlimit': 'false' }), SEARCH);
  expect(pauses.isNear('POST /search/jql')).toBe(false);
  it.pass(5_000);
  expect([pauses.isNear('POST /issue'), pauses.isAnyNear()]).toEqual([false, false]);
});
