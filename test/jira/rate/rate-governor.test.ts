import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask, COMMENT, CREATE, governor, TRANSITION, pass, refused, release, SEARCH } from '../../support/jira/rate-governor.ts';
import type { RateLease } from '../../../src/pipeline/ports/rate-lease.ts';

// Time stands still but for what a test lets pass.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

test('no more calls than allowed are in flight, and a permit counts until it is released, once', async () => {
  const from = governor(1_000, 2);
  const [first, second, third, fourth] = [ask(from, 'create'), ask(from, 'create'), ask(from, 'create'), ask(from, 'create')];
  await pass(10);
  expect([first.permit?.granted, second.permit?.granted, third.permit]).toEqual([true, true, null]);
  expect(from.state()).toMatchObject({ inFlight: 2, waiting: 2 });
  release(first);
  release(first);
  await pass(10);
  expect([third.permit?.granted, fourth.permit]).toEqual([true, null]);
  expect(from.state()).toMatchObject({ inFlight: 2, waiting: 1 });
});

test.each([5, 20, 50])('%i a second: evenly, never more in any second, and nearly all of them', async (requestsPerSecond) => {
  const from = governor(requestsPerSecond, 10_000);
  const times: number[] = [];
  for (let index = 0; index < requestsPerSecond * 12; index += 1) void from.another().then(() => times.push(performance.now()));
  await pass(10_000);
  expect(times.length).toBeGreaterThanOrEqual(requestsPerSecond * 10 * 0.94);
  const spans = times.slice(requestsPerSecond).map((time, index) => time - (times[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThan(1_000);
});

test('what was spared is not spent at once', async () => {
  const from = governor(10, 100);
  await pass(60_000);
  const done: string[] = [];
  for (let index = 0; index < 10; index += 1) ask(from, 'create', done);
  await pass(0);
  expect(done).toHaveLength(1);
  await pass(500);
  expect(done.length).toBeLessThanOrEqual(6);
});

test('less than one a second is possible', async () => {
  const from = governor(0.6, 10);
  const [first, second] = [ask(from, 'create'), ask(from, 'create')];
  await pass(0);
  expect([first.permit?.granted, second.permit]).toEqual([true, null]);
  await pass(1_800);
  expect(second.permit?.granted).toBe(true);
});

test('what waits in vain is sent back after two seconds and not before', async () => {
  const from = governor(1_000, 1);
  const held = ask(from, 'create');
  const waits = ask(from, 'transition');
  await pass(1_990);
  expect(waits.permit).toBeNull();
  await pass(20);
  expect(waits.permit).toEqual({ granted: false, because: 'busy', afterMs: 1_000 });
  expect(from.denied).toEqual(['busy']);
  expect(from.state()).toMatchObject({ inFlight: 1, waiting: 0 });
  release(held);
  await pass(0);
  expect(from.state().inFlight).toBe(0);
});

test('one more call of a step needs no place of its own', async () => {
  const from = governor(1_000, 1);
  ask(from, 'create');
  const done: string[] = [];
  void from.another().then(() => done.push('another'));
  await pass(10);
  expect(done).toEqual(['another']);
});

test('a pause is for what Jira said; what has to wait longer than two seconds is sent back at once, the rest goes on', async () => {
  const from = governor(1_000, 10);
  from.heard(refused('jira-burst-based', 30), CREATE);
  const [open, close, look] = [ask(from, 'create'), ask(from, 'transition', [], '10001'), ask(from, 'read')];
  await pass(10);
  expect(open.permit).toEqual({ granted: false, because: 'rate-limited', afterMs: 30_000 });
  expect([close.permit?.granted, look.permit?.granted]).toEqual([true, true]);
  expect(from.state().retryAfterWindows).toEqual([{ scope: 'endpoint', of: 'POST /issue', leftMs: 29_990 }]);
  expect(from.denied).toEqual(['endpoint']);
});

test('an issue that rests holds up no other', async () => {
  const from = governor(1_000, 10);
  from.heard(refused('jira-per-issue-on-write', 30), COMMENT);
  const [resting, other] = [ask(from, 'transition', [], '10001'), ask(from, 'transition', [], '10002')];
  await pass(10);
  expect(resting.permit).toMatchObject({ granted: false, because: 'rate-limited' });
  expect(other.permit?.granted).toBe(true);
  expect(from.denied).toEqual(['issue']);
});

test('a quota is for everything, and nothing goes before it is over', async () => {
  const from = governor(1_000, 10);
  from.heard(refused('jira-quota-tenant-based', 3_600), SEARCH);
  const early = (['create', 'transition', 'read'] as const).map((kind) => ask(from, kind));
  await pass(0);
  const denied = { granted: false, because: 'rate-limited', afterMs: 3_600_000 };
  expect(early.map(({ permit }) => permit)).toEqual([denied, denied, denied]);
  await pass(3_598_500);
  const soon = ask(from, 'create');
  await pass(1_490);
  expect(soon.permit).toBeNull();
  await pass(20);
  expect(soon.permit?.granted).toBe(true);
  expect(from.state().retryAfterWindows).toEqual([]);
});

test('who waits already when a long pause begins is sent back at once', async () => {
  const from = governor(1_000, 1);
  ask(from, 'transition');
  await pass(10);
  const [opens, closes] = [ask(from, 'create'), ask(from, 'transition')];
  await pass(100);
  from.heard(refused('jira-burst-based', 60), CREATE);
  await pass(0);
  expect(opens.permit).toEqual({ granted: false, because: 'rate-limited', afterMs: 60_000 });
  expect(closes.permit).toBeNull();
});

test('who waits for a short pause gets its turn when it is over', async () => {
  const from = governor(1_000, 1);
  from.heard(refused('jira-burst-based', 1), CREATE);
  const opens = ask(from, 'create');
  await pass(990);
  expect(opens.permit).toBeNull();
  await pass(20);
  expect(opens.permit?.granted).toBe(true);
});

test('a request that is about to be sent is held for as long as Jira says', async () => {
  const from = governor(1_000, 10);
  expect(await from.blockedForMs(TRANSITION)).toBe(0);
  from.heard(refused('jira-burst-based', 30), TRANSITION);
  expect(await from.blockedForMs(TRANSITION)).toBe(30_000);
  expect(await from.blockedForMs(CREATE)).toBe(0);
  expect(from.denied).toEqual(['endpoint']);
});

test('a short pause is sat out, but never by a create, whose claim would grow old', async () => {
  const from = governor(1_000, 10);
  from.heard(refused('jira-quota-tenant-based', 1), CREATE);
  const held: [string, number][] = [];
  for (const operation of [CREATE, COMMENT]) void from.blockedForMs(operation).then((ms) => held.push([operation.endpoint, ms]));
  await pass(999);
  expect(held).toEqual([['POST /issue', 1_000]]);
  await pass(10);
  expect(held).toEqual([
    ['POST /issue', 1_000],
    ['POST /issue/*/comment', 0],
  ]);
});

/** A lease that gives what the test says, when it says so. */
function scriptedLease(perSecond: () => number): RateLease & { readonly wanted: number[] } {
  const wanted: number[] = [];
  return {
    wanted,
    async take(want) {
      wanted.push(want);
      return { perSecond: perSecond(), forMs: 1_500 };
    },
  };
}

test('nothing goes without a part of the rate, and then only as much', async () => {
  let share = 0;
  const lease = scriptedLease(() => share);
  const from = governor(20, 1_000, lease);
  const done: string[] = [];
  for (let index = 0; index < 60; index += 1) void from.another().then(() => done.push('another'));
  await pass(600);
  expect(done).toEqual([]);
  share = 10;
  await pass(2_250);
  expect(done.length).toBeGreaterThanOrEqual(18);
  expect(done.length).toBeLessThanOrEqual(21);
  expect(from.state().callsPerSecond).toEqual({ share: 10, of: 20 });
});

test('a part is asked for while something waits, by what could go; in rest none is', async () => {
  const lease = scriptedLease(() => 20);
  const from = governor(20, 1_000, lease);
  await pass(5_000);
  expect(lease.wanted).toEqual([]);
  for (let index = 0; index < 5; index += 1) ask(from, 'create');
  await pass(5_000);
  expect(lease.wanted).toEqual([1]);
  expect(from.state()).toMatchObject({ inFlight: 5, waiting: 0, callsPerSecond: { share: 0, of: 20 } });
});

test('what Jira wants to be left alone with keeps no part from the others', async () => {
  const lease = scriptedLease(() => 5);
  const from = governor(20, 1_000, lease);
  ask(from, 'create');
  await pass(3_000);
  from.heard(refused('jira-burst-based', 1), CREATE);
  for (let index = 0; index < 5; index += 1) ask(from, 'create');
  await pass(10);
  expect(lease.wanted.at(-1)).toBe(0);
  await pass(1_500);
  expect(lease.wanted.at(-1)).toBeGreaterThan(0);
});

test('a lease that takes its time does not stop what still has a part', async () => {
  let answers = 0;
  const slow: RateLease = {
    async take() {
      answers += 1;
      if (answers > 1) await new Promise((resolve) => setTimeout(resolve, 400));
      return { perSecond: 10, forMs: 1_500 };
    },
  };
  const from = governor(20, 1_000, slow);
  const times: number[] = [];
  for (let index = 0; index < 60; index += 1) void from.another().then(() => times.push(performance.now()));
  await pass(5_000);
  const gaps = times.map((time, index) => time - (times[index - 1] ?? time));
  expect(times.length).toBeGreaterThanOrEqual(45);
  expect(Math.max(...gaps)).toBeLessThan(120);
});
