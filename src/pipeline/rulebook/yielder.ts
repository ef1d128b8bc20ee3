import type { ChunkedWork } from '../../rules/chunked-work.ts';
import type { Clock } from '../ports/clock.ts';

/** Keeps long work from blocking the process: timers and sockets run every few ms. */
export interface Yielder {
  /** To be called often: yields when enough time has passed since the last yield. */
  yieldIfDue(): Promise<void>;
  /** Does the work in chunks, and yields between them. */
  run<T>(work: ChunkedWork<T>): Promise<T>;
}

/** The longest stretch without a yield, ms. */
const STRETCH_MS = 8;

export function createYielder(clock: Clock): Yielder {
  let since = clock.monotonic();
  let lastWaiter = Promise.resolve();

  /** One after the other: if all that wait went on in one turn of the event loop, each would add its stretch to it. */
  async function pause(): Promise<void> {
    if (clock.monotonic() - since < STRETCH_MS) return;
    lastWaiter = lastWaiter.then(() => new Promise((resolve) => setImmediate(resolve)));
    await lastWaiter;
    since = clock.monotonic();
  }

  return {
    yieldIfDue: pause,
    async run(work) {
      for (;;) {
        const step = work.next();
        if (step.done === true) return step.value;
        await pause();
      }
    },
  };
}
