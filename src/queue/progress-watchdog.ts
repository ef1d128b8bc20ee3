import type { Clock } from '../pipeline/ports/clock.ts';
import type { QueueHealth } from '../pipeline/ports/reconcile-queue.ts';

/**
 * The observed state of work. `busy`: jobs wait or run. `away`: the server that keeps the jobs does not answer, so
 * nothing is known and new connections would not help.
 */
export type WorkSeen = 'idle' | 'busy' | 'away';

/** The action to take. `renew`: open new connections. `give-up`: those did not help either. */
export type WatchdogVerdict = 'go-on' | 'renew' | 'give-up';

/** Notices work that makes no progress. */
export interface ProgressWatchdog {
  /** A job was started or finished. */
  progressed(): void;
  /** Gets the current state, at intervals. */
  saw(seen: WorkSeen): WatchdogVerdict;
  health(): QueueHealth;
}

/** Longer than any job should run without another one starting or finishing. */
export const WEDGED_AFTER_MS = 60_000;

/**
 * After `wedgedAfterMs` of work without progress the verdict is `renew`, once; after the same time again without progress it is `give-up`.
 * Idle and away times do not count: the whole time begins again after them.
 */
export function createProgressWatchdog({
  clock,
  wedgedAfterMs,
}: {
  readonly clock: Clock;
  readonly wedgedAfterMs: number;
}): ProgressWatchdog {
  /** Since when there is work without progress. */
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
