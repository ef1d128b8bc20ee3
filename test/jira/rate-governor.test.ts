import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createRateGovernor, type RateGovernor } from '../../src/jira/rate-governor.ts';
import type { Permit, PermitKind } from '../../src/pipeline/issue-tracker.ts';
import { systemClock } from '../support/scripted-jira.ts';

// Time stands still but for what a test lets pass.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const pass = (ms: number): Promise<unknown> => vi.advanceTimersByTimeAsync(ms);

function governor(requestsPerSecond: number, maxInFlight: number): RateGovernor {
  return createRateGovernor({ requestsPerSecond, maxInFlight, clock: systemClock });
}

const answered = (status: number, headers: Record<string, string> = {}): Parameters<RateGovernor['heard']>[0] => ({
  kind: 'http',
  status,
  headers,
  json: undefined,
});

interface Asked {
  readonly name: string;
  permit: Permit | null;
}

function ask(from: RateGovernor, kind: PermitKind, done: string[] = [], name: string = kind): Asked {
  const asked: Asked = { name, permit: null };
  void from.permit(kind).then((permit) => {
    asked.permit = permit;
    done.push(name);
  });
  return asked;
}

function release({ permit }: Asked): void {
  if (permit?.granted !== true) throw new Error('there is no permit to release');
  permit.release();
}

test('no more calls than allowed are in flight, and a permit counts until it is released, once', async () => {
  const from = governor(1_000, 2);
  const [first, second, third, fourth] = [ask(from, 'open'), ask(from, 'open'), ask(from, 'open'), ask(from, 'open')];
  await pass(0);
  expect([first.permit?.granted, second.permit?.granted, third.permit]).toEqual([true, true, null]);
  expect(from.state()).toEqual({ inFlight: 2, waiting: 2, pausedForMs: 0 });
  release(first);
  release(first);
  await pass(0);
  expect([third.permit?.granted, fourth.permit]).toEqual([true, null]);
  expect(from.state()).toEqual({ inFlight: 2, waiting: 1, pausedForMs: 0 });
});

test('so many a second: what was spared at once, then one by one', async () => {
  const from = governor(5, 100);
  const done: string[] = [];
  for (let index = 0; index < 20; index += 1) ask(from, 'open', done);
  await pass(0);
  expect(done).toHaveLength(5);
  await pass(190);
  expect(done).toHaveLength(5);
  await pass(20);
  expect(done).toHaveLength(6);
  await pass(800);
  expect(done.length).toBeLessThanOrEqual(10);
  expect(done.length).toBeGreaterThanOrEqual(9);
});

test('less than one a second is possible', async () => {
  const from = governor(0.6, 10);
  const [first, second] = [ask(from, 'open'), ask(from, 'open')];
  await pass(0);
  expect([first.permit?.granted, second.permit]).toEqual([true, null]);
  await pass(1_700);
  expect(second.permit?.granted).toBe(true);
});

test('what was begun goes on first, then opening and closing in the order asked, then looking', async () => {
  const from = governor(4, 100);
  const done: string[] = [];
  for (let index = 0; index < 4; index += 1) ask(from, 'open');
  ask(from, 'look', done);
  ask(from, 'close', done);
  ask(from, 'open', done);
  void from.another().then(() => done.push('another'));
  await pass(1_500);
  expect(done).toEqual(['another', 'close', 'open', 'look']);
});

test('what waits in vain is sent back after two seconds and not before', async () => {
  const from = governor(1_000, 1);
  const held = ask(from, 'open');
  const waits = ask(from, 'close');
  await pass(1_990);
  expect(waits.permit).toBeNull();
  await pass(20);
  expect(waits.permit).toEqual({ granted: false, because: 'busy', afterMs: 1_000 });
  expect(from.state()).toEqual({ inFlight: 1, waiting: 0, pausedForMs: 0 });
  release(held);
  await pass(0);
  expect(from.state().inFlight).toBe(0);
});

test('one more call of a step needs no place of its own', async () => {
  const from = governor(1_000, 1);
  ask(from, 'open');
  const done: string[] = [];
  void from.another().then(() => done.push('another'));
  await pass(0);
  expect(done).toEqual(['another']);
});

test('after a 429 Jira is left alone for as long as it says', async () => {
  const from = governor(1_000, 10);
  from.heard(answered(429, { 'retry-after': '30' }));
  expect(from.state().pausedForMs).toBe(30_000);
  const early = ask(from, 'open');
  await pass(0);
  expect(early.permit).toEqual({ granted: false, because: 'rate-limited', afterMs: 30_000 });
  await pass(28_500);
  const soon = ask(from, 'open');
  await pass(1_400);
  expect(soon.permit).toBeNull();
  await pass(200);
  expect(soon.permit?.granted).toBe(true);
  expect(from.state().pausedForMs).toBe(0);
});

test('a pause holds also what was begun', async () => {
  const from = governor(1_000, 10);
  const held = ask(from, 'open');
  from.heard(answered(429, { 'retry-after': '5' }));
  const done: string[] = [];
  void from.another().then(() => done.push('another'));
  await pass(3_000);
  release(held);
  await pass(1_900);
  expect(done).toEqual([]);
  await pass(200);
  expect(done).toEqual(['another']);
});

test('who waits already when the 429 comes waits on, and is sent back in time', async () => {
  const from = governor(1_000, 1);
  const held = ask(from, 'open');
  const waits = ask(from, 'open');
  await pass(100);
  from.heard(answered(429, { 'retry-after': '60' }));
  release(held);
  await pass(1_800);
  expect(waits.permit).toBeNull();
  await pass(200);
  expect(waits.permit?.granted).toBe(false);
});

test('a 429 that does not say is a pause of two seconds, and a shorter word does not shorten a longer one', async () => {
  const from = governor(1_000, 10);
  from.heard(answered(429));
  expect(from.state().pausedForMs).toBe(2_000);
  from.heard(answered(429, { 'retry-after': '20' }));
  from.heard(answered(429, { 'retry-after': '1' }));
  expect(from.state().pausedForMs).toBe(20_000);
});

test('nothing else pauses', () => {
  const from = governor(1_000, 10);
  for (const status of [200, 204, 400, 401, 500, 503]) from.heard(answered(status, { 'retry-after': '30' }));
  from.heard({ kind: 'network', code: 'ECONNRESET' });
  expect(from.state().pausedForMs).toBe(0);
});
