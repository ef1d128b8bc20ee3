import type { Failure } from './failure.ts';

const SECOND = 1_000;
const MINUTE = 60 * SECOND;

/** Backoff by failed attempts; the last delay repeats. */
const BACKOFF_MS = [5 * SECOND, 15 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 60 * MINUTE, 4 * 60 * MINUTE];

/** For failures that only a person can fix: each attempt may use up an issue number. */
const SELDOM_MS = [60 * MINUTE, 4 * 60 * MINUTE, 12 * 60 * MINUTE, 24 * 60 * MINUTE];

/** Growing delays, because Jira's search shows a new issue after seconds to minutes. */
const LOOKUP_MS = [2 * SECOND, 5 * SECOND, 10 * SECOND, 30 * SECOND, 2 * MINUTE, 5 * MINUTE];

/**
 * The delay before a retry. The `afterMs` of a failing server is only a minimum: a gateway may repeat the same second for hours.
 * @param attempts failed attempts so far, from 1
 * @param spread 0 to 1, so that groups that failed together do not come back together
 * @returns ms from now
 */
export function retryDelayMs(failure: Failure, attempts: number, spread: number): number {
  switch (failure.retry.when) {
    case 'after':
      return Math.max(SECOND, failure.retry.afterMs, failure.code === 'jira-server-error' ? backoffMs(attempts, spread) : 0);
    case 'backoff':
      return backoffMs(attempts, spread);
    case 'seldom':
      return spreadOut(nth(SELDOM_MS, attempts - 1), spread);
    case 'token-accepted':
    case 'answers-again':
      return spreadOut(failure.retry.latestMs, spread);
    default:
      return failure.retry satisfies never;
  }
}

/** How long the other system asked to be left alone after a failure, ms; 0: it did not say. */
export function retryAfterMs(failure: Failure | null): number {
  return failure?.retry.when === 'after' ? failure.retry.afterMs : 0;
}

/** @param attempts failed attempts so far, from 1 @param spread 0 to 1 @returns ms from now */
export function backoffMs(attempts: number, spread: number): number {
  return spreadOut(nth(BACKOFF_MS, attempts - 1), spread);
}

/** @param made lookups made so far @returns ms until the next lookup for an uncertain create */
export function lookupDelayMs(made: number): number {
  return nth(LOOKUP_MS, made);
}

function spreadOut(ms: number, spread: number): number {
  return Math.round(ms * (0.7 + 0.6 * spread));
}

function nth(delays: readonly number[], index: number): number {
  return delays[Math.min(index, delays.length - 1)] ?? MINUTE;
}
