import type { Clock } from '../pipeline/ports/clock.ts';
import type { QueueHealth } from '../pipeline/ports/reconcile-queue.ts';

/**
 * What was seen of the work: `busy`, jobs wait or run; `away`, the place where jobs are kept does not answer, so that
 * nothing can be said and starting anew would not help.
 */
export type WorkSeen = 'idle' | 'busy' | 'away';

/** What is to be done: `renew`, begin anew with new connections; `give-up`, that did not help either. */
export type WatchdogVerdict = 'go-on' | 'renew' | 'give-up';

/** Notices work that is there and does not move. */
export interface ProgressWatchdog {
  /** A job was started or finished. */
  progressed(): void;
  /** Takes in what is seen now; asked every now and then. */
  saw(seen: WorkSeen): WatchdogVerdict;
  health(): QueueHealth;
}

/** Longer than any job should run without another one starting or finishing. */
export const WEDGED_AFTER_MS = 60_000;

/**
 * After `wedgedAfterMs` of busy standstill the verdict is `renew`, once; after as long again without progress it is `give-up`.
 * Time that was spent idle or away is no standstill: whoever comes back from it has the whole span to find its feet.
 */
export function createProgressWatchdog({
  clock,
  wedgedAfterMs,
}: {
  readonly clock: Clock;
  readonly wedgedAfterMs: number;
}): ProgressWatchdog {
  /** Since when there is work and nothing moves. */
  let stuckSince: number | null = null;
  let renewedAt: number | null = null;

  return {
    progressed() {
      renewedAt = null;
      if (stuckSince !== null) stuckSince = clock.monotonic();
    },
    saw(seen) {
      const now = clock.monotonic();
      if (seen !== 'busy') {
        [stuckSince, renewedAt] = [null, null];
        return 'go-on';
      }
      stuckSince ??= now;
      if (now - (renewedAt ?? stuckSince) < wedgedAfterMs) return 'go-on';
      if (renewedAt !== null) return 'give-up';
      renewedAt = now;
      return 'renew';
    },
    health() {
      const forMs = stuckSince === null ? 0 : clock.monotonic() - stuckSince;
      return forMs < wedgedAfterMs ? { state: 'working' } : { state: 'wedged', forMs };
    },
  };
}
