import type { RateHeard } from '../../pipeline/ports/rate-lease.ts';
import type { Clock } from '../../pipeline/ports/clock.ts';
import type { HttpAnswer } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { USER_SEARCH } from './retry-after-windows.ts';

/** Gathers from Jira's answers what they say about the rate of calls. */
export interface RateHearing {
  /** Learns from every answer. */
  heard(answer: HttpAnswer, operation: Operation): void;
  /** Whether the next report should not wait: there was a refusal, or a lower limit was announced. */
  isUrgent(): boolean;
  /** @param near whether Jira warns that a limit is near */
  report(near: boolean): RateHeard;
}

/** An endpoint's announcement counts for so long, ms. */
const KEEP_MS = 600_000;

/** A larger limit is not one for a second: the quota of an hour begins at 65,000 points. */
const MAX_PER_SECOND = 10_000;

export function createRateHearing(clock: Clock): RateHearing {
  const announcedBy = new Map<string, { readonly perSecond: number; readonly at: number }>();
  /** Monotonic ms of the calls of the last second that Jira let through. */
  const passed: number[] = [];
  let [refused, isLower] = [false, false];
  /** The limit of the last report. */
  let told: number | null = null;

  function announced(): number | null {
    const old = clock.monotonic() - KEEP_MS;
    for (const [endpoint, { at }] of announcedBy) if (at < old) announcedBy.delete(endpoint);
    const least = Math.min(...[...announcedBy.values()].map(({ perSecond }) => perSecond));
    return least === Infinity ? null : least;
  }

  return {
    heard(answer, operation) {
      if (isOfUserSearch(operation)) return;
      const limit = announcedLimit(answer);
      if (limit !== null && limit < (told ?? Infinity)) isLower = true;
      if (limit !== null) announcedBy.set(operation.endpoint, { perSecond: limit, at: clock.monotonic() });
      if (answer.status !== 429) passed.push(clock.monotonic());
      else if (isOfRate(answer)) refused = true;
    },
    isUrgent: () => refused || isLower,
    report(near) {
      while ((passed[0] ?? Infinity) <= clock.monotonic() - 1_000) passed.shift();
      told = announced();
      const report = { refused, near, announced: told, passed: passed.length };
      [refused, isLower] = [false, false];
      return report;
    },
  };
}

/** User search has one more limit, which says nothing about other calls. */
function isOfUserSearch({ endpoint }: Operation): boolean {
  return endpoint.startsWith(USER_SEARCH);
}

/** A quota of points is about an hour, and the limit of writes about one issue: neither says that there are too many calls a second. */
function isOfRate({ headers }: HttpAnswer): boolean {
  const reason = headers['ratelimit-reason'] ?? '';
  return !reason.startsWith('jira-quota-') && reason !== 'jira-per-issue-on-write';
}

/**
 * The limit of calls per second that an answer announces; null: none.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 */
function announcedLimit({ headers }: HttpAnswer): number | null {
  const limit = Number(headers['x-ratelimit-limit'] ?? NaN);
  return limit >= 1 && limit <= MAX_PER_SECOND ? limit : null;
}
