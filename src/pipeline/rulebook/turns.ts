import type { Stepwise } from '../../rules/stepwise.ts';
import type { Clock } from '../ports/clock.ts';

/** Keeps long work from holding up everybody else: timers and sockets have their turn every few ms. */
export interface Turns {
  /** To be called often: gives way when enough time has gone by since it last did. */
  pause(): Promise<void>;
  /** Does the work step by step, with pauses. */
  run<T>(work: Stepwise<T>): Promise<T>;
}

/** The longest stretch without a pause, ms. */
const STRETCH_MS = 8;

export function createTurns(clock: Clock): Turns {
  let since = clock.monotonic();

  async function pause(): Promise<void> {
    if (clock.monotonic() - since < STRETCH_MS) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    since = clock.monotonic();
  }

  return {
    pause,
    async run(work) {
      for (;;) {
        const step = work.next();
        if (step.done === true) return step.value;
        await pause();
      }
    },
  };
}
