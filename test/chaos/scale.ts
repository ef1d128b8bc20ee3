import type { SeedOptions } from './run-seed.ts';

type Scale = Omit<SeedOptions, 'seed' | 'store'>;

const MIN_LENGTH_MS = 20_000;
/** Length of the history per finding: it gives about forty messages per second, repetitions and later observations included. */
const MS_A_FINDING = 100;
const MIN_BLOWS = 12;
/** Length of a run per blow: the processes must be able to work in between. */
const MS_A_BLOW = 8_000;
const MAX_LAG_MS = 20_000;
/**
 * Longer than the waits between the first six tries of a step. On a busy machine calls to Jira time out after the faults have ended, too, and
 * the fourth failure in a row is followed by five minutes, the fifth by fifteen.
 */
const MIN_QUIET_MS = 1_500_000;
const REST_MS_PER_FINDING = 120;
const MIN_CALLS_A_SECOND = 50;
const MAX_CALLS_A_SECOND = 200;

/** The parameters of a run with this many findings: its length, its blows, its calls to Jira, and its time limit for coming to rest. */
export function scaleOf(findings: number): Scale {
  const lengthMs = Math.max(MIN_LENGTH_MS, findings * MS_A_FINDING);
  return {
    findings,
    lengthMs,
    blows: Math.max(MIN_BLOWS, Math.round(lengthMs / MS_A_BLOW)),
    mostLagMs: MAX_LAG_MS,
    quietWithinMs: MIN_QUIET_MS + findings * REST_MS_PER_FINDING,
    callsPerSecond: Math.min(MAX_CALLS_A_SECOND, Math.max(MIN_CALLS_A_SECOND, Math.round(findings / 20))),
  };
}
