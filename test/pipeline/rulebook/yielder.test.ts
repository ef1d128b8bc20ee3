import { expect, test } from 'vitest';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import type { ChunkedWork } from '../../../src/rules/chunked-work.ts';
import { range } from '../../support/findings/findings-by-number.ts';

/** A clock on which every look takes as long as a whole stretch. */
function slowClock(): { now(): number; monotonic(): number } {
  let now = 0;
  return { now: () => now, monotonic: () => (now += 10) };
}

test('of several works that wait, one goes on in each turn of the event loop', async () => {
  let turn = 0;
  let isDone = false;
  const count = (): void => {
    turn += 1;
    if (!isDone) setImmediate(count);
  };
  setImmediate(count);
  const chunksInTurn = new Map<number, number>();
  function* work(): ChunkedWork<void> {
    for (const _ of range(5)) {
      yield;
      chunksInTurn.set(turn, (chunksInTurn.get(turn) ?? 0) + 1);
    }
  }
  const yielder = createYielder(slowClock());
  await Promise.all(range(4).map(() => yielder.run(work())));
  isDone = true;
  expect([...chunksInTurn.values()].reduce((a, b) => a + b)).toBe(20);
  expect(Math.max(...chunksInTurn.values())).toBe(1);
});
