import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import type { HttpAnswer } from '../../../src/jira/http/answer.ts';
import type { Operation } from '../../../src/jira/http/operation.ts';
import type { RateGovernor } from '../../../src/jira/rate/rate-governor.ts';
import type { PermitKind } from '../../../src/pipeline/ports/issue-tracker.ts';
import { answered, ask, COMMENT, CREATE, governor, TRANSITION, of, pass, refused, SEARCH } from '../../support/jira/rate-governor.ts';

// Time passes only when a test advances it.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const READ = of('GET', 'issue/10001');
const NEAR = answered(200, { 'x-ratelimit-nearlimit': 'true' });

/** Makes one call after the other; a blocked one is tried again. */
async function walk(from: RateGovernor, operation: Operation, answer: HttpAnswer, sent: () => void): Promise<void> {
  for (;;) {
    await from.another();
    if ((await from.blockedForMs(operation)) > 0) continue;
    sent();
    from.heard(answer, operation);
  }
}

test('an endpoint near its limit gets half the rate, and so do reads and updates; other permits do not', async () => {
  const from = governor(20, 1_000);
  from.heard(answered(201, { 'x-ratelimit-nearlimit': 'true' }), CREATE);
  const permits = async (kind: PermitKind, forMs: number): Promise<number> => {
    const done: string[] = [];
    const before = from.state().inFlight;
    for (let index = 0; index < 30; index += 1) ask(from, kind, done);
    await pass(forMs);
    return from.state().inFlight - before;
  };
  const opened = await permits('create', 1_500);
  expect(opened).toBeGreaterThanOrEqual(14);
  expect(opened).toBeLessThanOrEqual(16);
  await pass(1_000);
  for (const kind of ['read', 'update'] as const) {
    from.heard(answered(201, { 'x-ratelimit-nearlimit': 'true' }), CREATE);
    expect(await permits(kind, 1_000)).toBeLessThanOrEqual(11);
    await pass(2_000);
  }
  await pass(2_000);
  expect(await permits('transition', 1_000)).toBeGreaterThanOrEqual(18);
});

test.each([
  ['hops of a transition', TRANSITION],
  ['reads', READ],
  ['comments', COMMENT],
  ['searches', SEARCH],
])('calls of steps under way are slowed near the limit as well: %s', async (_, operation) => {
  const from = governor(20, 1_000);
  let sent = 0;
  for (let n = 0; n < 8; n += 1) void walk(from, operation, NEAR, () => (sent += 1));
  await pass(1_000);
  sent = 0;
  await pass(5_000);
  expect(sent).toBeGreaterThanOrEqual(45);
  expect(sent).toBeLessThanOrEqual(50);
});

test('slowed calls leave their share to others, and no second holds more calls than allowed', async () => {
  const from = governor(20, 1_000);
  const [times, comments]: [number[], number[]] = [[], []];
  for (let n = 0; n < 8; n += 1) void walk(from, READ, NEAR, () => times.push(performance.now()));
  await pass(1_500);
  times.length = 0;
  for (let n = 0; n < 8; n += 1) void walk(from, COMMENT, answered(201), () => comments.push(times.push(performance.now())));
  await pass(5_000);
  expect(comments.length).toBeGreaterThanOrEqual(45);
  const spans = times.slice(20).map((time, index) => time - (times[index] ?? 0));
  expect(Math.min(...spans)).toBeGreaterThan(1_000);
});

test('calls that wait near the limit keep their order', async () => {
  const from = governor(20, 1_000);
  from.heard(NEAR, READ);
  const [came, gone]: [number[], number[]] = [[], []];
  for (let n = 0; n < 12; n += 1) {
    void from.another().then(async () => {
      came.push(n);
      await from.blockedForMs(READ);
      gone.push(n);
    });
  }
  await pass(2_500);
  expect(gone).toHaveLength(12);
  expect(gone).toEqual(came);
});

test('no call waits near the limit for more than two seconds: it is denied instead', async () => {
  const from = governor(20, 1);
  ask(from, 'update');
  from.heard(NEAR, READ);
  const held: number[] = [];
  for (let n = 0; n < 40; n += 1) void from.blockedForMs(READ).then((ms) => held.push(ms));
  await pass(1_990);
  expect(new Set(held)).toEqual(new Set([0]));
  await pass(20);
  expect(held).toHaveLength(40);
  const went = held.filter((ms) => ms === 0).length;
  expect([went >= 17, went <= 21]).toEqual([true, true]);
  expect(Math.max(...held)).toBeGreaterThanOrEqual(1_000);
  expect(new Set(from.denied)).toEqual(new Set(['busy']));
});

test('a call that its permit has slowed is not slowed again, nor is the first call to an endpoint in a long time', async () => {
  const from = governor(20, 1_000);
  let sent = 0;
  const close = async (): Promise<void> => {
    for (;;) {
      const permit = await from.permit('transition');
      if (!permit.granted || (await from.blockedForMs(TRANSITION)) > 0) continue;
      sent += 1;
      from.heard(NEAR, TRANSITION);
      permit.release();
    }
  };
  for (let n = 0; n < 3; n += 1) void close();
  await pass(5_000);
  expect(sent).toBeGreaterThanOrEqual(45);
  from.heard(NEAR, READ);
  const held: number[] = [];
  void from.blockedForMs(READ).then((ms) => held.push(ms));
  await pass(0);
  expect(held).toEqual([0]);
});

test('a create is slowed by its permit and not again inside its claim', async () => {
  const from = governor(20, 1_000);
  from.heard(NEAR, CREATE);
  const held: number[] = [];
  for (let n = 0; n < 5; n += 1) void from.blockedForMs(CREATE).then((ms) => held.push(ms));
  await pass(0);
  expect(held).toEqual([0, 0, 0, 0, 0]);
});

test('a long retry-after window that opens meanwhile denies a call that waits near the limit', async () => {
  const from = governor(20, 1_000);
  from.heard(NEAR, TRANSITION);
  await from.blockedForMs(TRANSITION);
  const held: number[] = [];
  void from.blockedForMs(TRANSITION).then((ms) => held.push(ms));
  from.heard(refused('jira-burst-based', 30), TRANSITION);
  await pass(0);
  expect(held).toEqual([30_000]);
});

test('a call that waits near the limit goes before steps that have not begun', async () => {
  const from = governor(4, 100);
  from.heard(NEAR, READ);
  await from.blockedForMs(READ);
  const done: string[] = [];
  for (const kind of ['create', 'create', 'create', 'create'] as const) ask(from, kind, done);
  void from.blockedForMs(READ).then(() => done.push('slowed'));
  await pass(900);
  expect(done).toEqual(['create', 'create', 'slowed', 'create']);
});
