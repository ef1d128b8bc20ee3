import type { ChunkedWork } from '../../rules/chunked-work.ts';
import type { Clock } from '../ports/clock.ts';

/** Keeps long work from holding up everybody else: timers and sockets have their turn every few ms. */
export interface Yielder {
  /** To be called often: gives way when enough time has gone by since it last did. */
  yieldIfDue(): Promise<void>;
  /** Does the work step by step, with pauses. */
  run<T>(work: ChunkedWork<T>): Promise<T>;
}

/** The longest stretch without a pause, ms. */
const STRETCH_MS = 8;

export function createYielder(clock: Clock): Yielder {
  let since = clock.monotonic();

  async function pause(): Promise<void> {
    if (clock.monotonic() - since < STRETCH_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
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
