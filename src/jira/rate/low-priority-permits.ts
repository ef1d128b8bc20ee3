import type { Clock } from '../../pipeline/ports/clock.ts';
import type { Permit } from '../../pipeline/ports/issue-tracker.ts';
import type { AcquirePermit } from './kept-reads.ts';
import type { RateGovernor } from './rate-governor.ts';

/** Permits for a caller that asks Jira call after call, behind all other work and within a time limit. Call `end` once, after the last call. */
export interface LowPriorityPermits {
  readonly acquire: AcquirePermit;
  end(): void;
}

/** @param forMs permits are asked for during this many ms */
export function createLowPriorityPermits(governor: Pick<RateGovernor, 'permit'>, clock: Clock, forMs: number): LowPriorityPermits {
  const until = clock.monotonic() + forMs;
  let held: (Permit & { readonly granted: true }) | null = null;

  function end(): void {
    held?.release();
    held = null;
  }

  return {
    end,
    async acquire() {
      end();
      while (clock.monotonic() < until) {
        const permit = await governor.permit('read');
        if (permit.granted) {
          held = permit;
          return true;
        }
        // A retry-after window that outlasts a permit's wait, or a refused token, is not waited for here either.
        if (permit.because !== 'busy') return false;
      }
      return false;
    },
  };
}
