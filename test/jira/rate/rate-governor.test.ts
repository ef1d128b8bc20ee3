import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { ask, COMMENT, CREATE, governor, TRANSITION, pass, refused, release, SEARCH } from '../../support/jira/rate-governor.ts';
import type { LearnedRate, RateLease } from '../../../src/pipeline/ports/rate-lease.ts';

// Time passes only when a test advances it.
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

test.each([5, 20, 50])('%i calls per second: evenly, never more in any second, and nearly all of them', async (requestsPerSecond) => {
  const from = governor(requestsPerSecond, 10_000);
  const times: number[] = [];
  for (let index = 0; index < requestsPerSecond * 12; index += 1) void from.another().then(() => times.push(performance.now()));
  await pass(10_000);
  expect(times.length).toBeGreaterThanOrEqual(requestsPerSecond * 10 * 0.94);
  const spans = times.slice(requestsPerSecond).map((time, index) => time - (times[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThan(1_000);
});

test('unused calls do not add up to a burst', async () => {
  const from = governor(10, 100);
  await pass(60_000);
  const done: string[] = [];
  for (let index = 0; index < 10; index += 1) ask(from, 'create', done);
  await pass(0);
  expect(done).toHaveLength(1);
  await pass(500);
  expect(done.length).toBeLessThanOrEqual(6);
});

test('a rate below one call per second is possible', async () => {
  const from = governor(0.6, 10);
  const [first, second] = [ask(from, 'create'), ask(from, 'create')];
  await pass(0);
  expect([first.permit?.granted, second.permit]).toEqual([true, null]);
  await pass(1_800);
  expect(second.permit?.granted).toBe(true);
});

test('a call that waits in vain is denied after two seconds and not before', async () => {
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

test('one more call of a step does not count as in flight', async () => {
  const from = governor(1_000, 1);
  ask(from, 'create');
  const done: string[] = [];
  void from.another().then(() => done.push('another'));
  await pass(10);
  expect(done).toEqual(['another']);
});

test('a retry-after window covers its scope only; a call that would wait longer than two seconds is denied at once', async () => {
  const from = governor(1_000, 10);
  from.heard(refused('jira-burst-based', 30), CREATE);
  const [open, close, look] = [ask(from, 'create'), ask(from, 'transition', [], '10001'), ask(from, 'read')];
  await pass(10);
  expect(open.permit).toEqual({ granted: false, because: 'rate-limited', afterMs: 30_000 });
  expect([close.permit?.granted, look.permit?.granted]).toEqual([true, true]);
  expect(from.state().retryAfterWindows).toEqual([{ scope: 'endpoint', of: 'POST /issue', leftMs: 29_990 }]);
  expect(from.denied).toEqual(['endpoint']);
});

test('a window for one issue holds up no other issue', async () => {
  const from = governor(1_000, 10);
  from.heard(refused('jira-per-issue-on-write', 30), COMMENT);
  const [resting, other] = [ask(from, 'transition', [], '10001'), ask(from, 'transition', [], '10002')];
  await pass(10);
  expect(resting.permit).toMatchObject({ granted: false, because: 'rate-limited' });
  expect(other.permit?.granted).toBe(true);
  expect(from.denied).toEqual(['issue']);
});

test('a quota window covers everything, and no call goes before it is over', async () => {
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

test('a call that waits already is denied at once when a long window opens', async () => {
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

test('a call that waits for a short window gets its permit when it is over', async () => {
  const from = governor(1_000, 1);
  from.heard(refused('jira-burst-based', 1), CREATE);
  const opens = ask(from, 'create');
  await pass(990);
  expect(opens.permit).toBeNull();
  await pass(20);
  expect(opens.permit?.granted).toBe(true);
});

test('a request that is about to be sent is blocked for as long as Jira says', async () => {
  const from = governor(1_000, 10);
  expect(await from.blockedForMs(TRANSITION)).toBe(0);
  from.heard(refused('jira-burst-based', 30), TRANSITION);
  expect(await from.blockedForMs(TRANSITION)).toBe(30_000);
  expect(await from.blockedForMs(CREATE)).toBe(0);
  expect(from.denied).toEqual(['endpoint']);
});

test('a short window is waited out, but never by a create, whose claim would grow old', async () => {
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

const RATE: LearnedRate = { perSecond: 20, because: 'ceiling', refusedAt: null, loweredAt: null, at: 0 };

/** A lease with the share that a test sets. */
function scriptedLease(perSecond: () => number): RateLease & { readonly wanted: number[] } {
  const wanted: number[] = [];
  return {
    wanted,
    async take(want) {
      wanted.push(want);
      return { perSecond: perSecond(), forMs: 1_500, rate: RATE };
    },
  };
}

test('no call goes without a share of the rate, and no more than the share', async () => {
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
  expect(from.state().callsPerSecond).toEqual({ share: 10, of: 20, ceiling: 20, because: 'ceiling' });
});

test('a share is requested only while calls wait that could go', async () => {
  const lease = scriptedLease(() => 20);
  const from = governor(20, 1_000, lease);
  await pass(5_000);
  expect(lease.wanted).toEqual([]);
  for (let index = 0; index < 5; index += 1) ask(from, 'create');
  await pass(5_000);
  expect(lease.wanted).toEqual([1]);
  expect(from.state()).toMatchObject({ inFlight: 5, waiting: 0, callsPerSecond: { share: 0, of: 20 } });
});

test('a share of next to nothing puts calls off for seconds, not for hours: it changes soon', async () => {
  const from = governor(
    20,
    1_000,
    scriptedLease(() => 0.001),
  );
  const asked = Array.from({ length: 20 }, () => ask(from, 'create'));
  await pass(2_500);
  const waits = asked.flatMap(({ permit }) => (permit?.granted === false ? [permit.afterMs] : []));
  expect(waits.length).toBeGreaterThanOrEqual(19);
  expect(Math.max(...waits)).toBeLessThanOrEqual(10_000);
});

test('calls in a retry-after window take no share from other replicas', async () => {
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

test('a slow lease does not stop calls while the last share is valid', async () => {
  let answers = 0;
  const slow: RateLease = {
    async take() {
      answers += 1;
      if (answers > 1) await new Promise((resolve) => setTimeout(resolve, 400));
      return { perSecond: 10, forMs: 1_500, rate: RATE };
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

test('how long each call waited is told when it gets its turn, and when it is put off', async () => {
  const from = governor(1_000, 1);
  const [first, second] = [ask(from, 'create'), ask(from, 'transition')];
  await pass(500);
  expect(from.waited).toEqual([['create', 0]]);
  release(first);
  await pass(10);
  expect([second.permit?.granted, from.waited.slice(1)]).toEqual([true, [['transition', 500]]]);
  ask(from, 'read');
  await pass(10_000);
  expect(from.waited.slice(2)).toEqual([['read', 2_000]]);
});
