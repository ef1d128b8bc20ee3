import { expect, test } from 'vitest';
import type { Failure } from '../../../src/issues/failure.ts';
import { createKeptReads, type Got, type KeptReads } from '../../../src/jira/rate/kept-reads.ts';
import { createLowPriorityPermits } from '../../../src/jira/rate/low-priority-permits.ts';
import type { Permit } from '../../../src/pipeline/ports/issue-tracker.ts';
import { testClock, type TestClock } from '../../support/service/service-parts.ts';

const FAILURE: Failure = { code: 'jira-timeout', message: 'slow', words: null, retry: { when: 'backoff' } };

interface Bench {
  readonly clock: TestClock;
  readonly kept: KeptReads<number>;
  /** Reads the next value: the number of reads so far, or the result that a test sets. */
  read(key: string, result?: Got<number>, maxAgeMs?: number): Promise<{ readonly got: Got<number>; readonly ageMs: number }>;
  reads(): number;
}

function bench(): Bench {
  const clock = testClock();
  const kept = createKeptReads<number>(clock, 1_000_000);
  let reads = 0;
  const next = (result: Got<number> | undefined): Promise<Got<number>> => {
    reads += 1;
    return Promise.resolve(result ?? { ok: true, value: reads });
  };
  return { clock, kept, reads: () => reads, read: (key, result, maxAgeMs = Infinity) => kept.read(key, maxAgeMs, () => next(result)) };
}

test('a key is read once, until the answer is too old for the caller or the cache', async () => {
  const { read, clock, reads } = bench();
  expect([await read('a'), await read('a'), await read('b')].map(({ got }) => got)).toEqual(
    [1, 1, 2].map((value) => ({ ok: true, value })),
  );
  clock.forward(1_000);
  await read('a', undefined, 2_000);
  expect(reads()).toBe(2);
  await read('a', undefined, 500);
  expect(reads()).toBe(3);
  clock.forward(1_000_001);
  await read('a');
  expect(reads()).toBe(4);
});

test('a failure is kept for a minute, a missing permit not at all', async () => {
  const { read, clock, reads } = bench();
  await read('a', { ok: false, failure: FAILURE });
  expect((await read('a')).got).toEqual({ ok: false, failure: FAILURE });
  clock.forward(60_001);
  expect((await read('a', 'no-permit')).got).toBe('no-permit');
  expect((await read('a')).got).toEqual({ ok: true, value: 3 });
  expect(reads()).toBe(3);
});

test('a refused token is not kept: it says nothing about what was asked for', async () => {
  const { read } = bench();
  await read('a', { ok: false, failure: { ...FAILURE, code: 'jira-auth' } });
  expect((await read('a')).got).toEqual({ ok: true, value: 2 });
});

test('a forgotten answer is read again, and only old ones are forgotten', async () => {
  const { read, kept, clock } = bench();
  await read('a');
  clock.forward(1_000);
  await read('b');
  expect(kept.forget((key) => key === 'b', 500)).toBe(false);
  expect(kept.forget(() => true, 500)).toBe(true);
  expect([await read('a'), await read('b')].map(({ got }) => got)).toEqual([3, 2].map((value) => ({ ok: true, value })));
});

test('a read that was forgotten in flight is not kept', async () => {
  const { kept, clock, read } = bench();
  const answer = Promise.withResolvers<Got<number>>();
  const slow = kept.read('a', Infinity, () => answer.promise);
  clock.forward(10);
  kept.forget(() => true, 0);
  await read('a');
  answer.resolve({ ok: false, failure: FAILURE });
  expect((await slow).got).toEqual({ ok: false, failure: FAILURE });
  expect((await read('a')).got).toEqual({ ok: true, value: 1 });
});

test('the newest thousand answers are kept', async () => {
  const { read, reads } = bench();
  for (let n = 0; n <= 1_000; n += 1) await read(String(n));
  await read('1000');
  await read('1');
  expect(reads()).toBe(1_001);
  await read('0');
  expect(reads()).toBe(1_002);
});

test('low-priority permits are held one at a time, and none in the end', async () => {
  const clock = testClock();
  let held = 0;
  const answers: Permit[] = [];
  const granted = (): Permit => ({ granted: true, release: () => void (held -= 1) });
  const busy: Permit = { granted: false, because: 'busy', afterMs: 1_000 };
  const paused: Permit = { granted: false, because: 'rate-limited', afterMs: 60_000 };
  const permit = (): Promise<Permit> => {
    const next = answers.shift() ?? busy;
    if (next.granted) held += 1;
    if (next === busy) clock.forward(2_000);
    return Promise.resolve(next);
  };
  const { acquire, end } = createLowPriorityPermits({ permit }, clock, 10_000);
  answers.push(granted(), busy, busy, granted(), paused);
  expect([await acquire(), held]).toEqual([true, 1]);
  expect([await acquire(), held]).toEqual([true, 1]);
  expect([await acquire(), held]).toEqual([false, 0]);
  expect([await acquire(), held, answers.length]).toEqual([false, 0, 0]);
  answers.push(granted());
  expect(await acquire()).toBe(false);
  end();
  expect(held).toBe(0);
});
