import type { Clock } from '../../pipeline/ports/clock.ts';
import type { Heard, HttpAnswer } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { retryAfterMs } from '../http/retry-after.ts';

/** What Jira wants to be left alone with: one endpoint and method, one issue, or everything. */
export type PauseScope = 'endpoint' | 'issue' | 'all';

export interface Pause {
  readonly scope: PauseScope;
  /** The endpoint or the issue; null for all. */
  readonly of: string | null;
  readonly leftMs: number;
}

/** What Jira's answers say about when it may be asked again. */
export interface Pauses {
  /** Learns from every answer. */
  heard(answer: Heard, operation: Operation): void;
  /** The longest pause that an operation falls under; null: it may go. */
  on(operation: Operation): Pause | null;
  /** Whether Jira has just said that an endpoint is near its limit. */
  isNear(endpoint: string): boolean;
  /** Whether any is. */
  isAnyNear(): boolean;
  /** All that hold now. */
  list(): readonly Pause[];
}

interface Held {
  readonly scope: PauseScope;
  readonly of: string | null;
  /** Monotonic ms. */
  readonly until: number;
  /** Pauses since the last answer that was no refusal. */
  readonly strikes: number;
}

/** The steps for a refusal that does not say how long. */
const FIRST_MS = 2_000;
const LONGEST_MS = 30_000;

/** So many refusals in a row without a reason concern more than the endpoint that was asked. */
const UNEXPLAINED = 3;

/** Searching for people has one more limit, which all clients of the site share: a refusal there is about nothing else. */
const USER_SEARCH = 'GET /user/';

/** How long a warning counts. */
const NEAR_MS = 5_000;

/**
 * Scopes as in `RateLimit-Reason`: quota, all; burst, the endpoint and method; per issue, the issue.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 * @param random 0 to 1, spreads the waits that Jira did not name, x0.7 to x1.3
 */
export function createPauses(clock: Clock, random: () => number): Pauses {
  const held = new Map<string, Held>();
  const nearUntil = new Map<string, number>();
  let unexplained = 0;

  function refused(answer: HttpAnswer, operation: Operation): void {
    const now = clock.monotonic();
    const reason = answer.headers['ratelimit-reason'];
    const alone = placeOf(scopeOf(reason, operation), operation);
    const under = held.get(keyOf(alone));
    // Calls that were on their way when the pause began are refused with it: that is one refusal.
    const isNew = under === undefined || under.until <= now;
    const inRow = unexplainedInRow(reason, operation, isNew);
    const place = inRow >= UNEXPLAINED ? { scope: 'all' as const, of: null } : alone;
    const before = held.get(keyOf(place));
    const strikes = isNew ? Math.max((before?.strikes ?? 0) + 1, inRow) : (before?.strikes ?? 1);
    const said = retryAfterMs(answer.headers, clock.now());
    const leftMs = said ?? (isNew ? backoffMs(strikes, random()) : 0);
    held.set(keyOf(place), { ...place, until: Math.max(before?.until ?? 0, now + leftMs), strikes });
  }

  /** Refusals without a reason since something was let through, this one included. */
  function unexplainedInRow(reason: string | undefined, { endpoint }: Operation, isNew: boolean): number {
    if (endpoint.startsWith(USER_SEARCH)) return 0;
    if (isNew) unexplained = reason === undefined ? unexplained + 1 : 0;
    return unexplained;
  }

  /** What is over is forgotten when Jira has let something of it through; until then the next refusal waits longer. */
  function letThrough(operation: Operation): void {
    const now = clock.monotonic();
    unexplained = 0;
    for (const place of placesOf(operation)) {
      const before = held.get(keyOf(place));
      if (before !== undefined && before.until <= now) held.delete(keyOf(place));
    }
  }

  function list(): readonly Pause[] {
    return [...held.values()].map(leftOf).filter((pause) => pause !== null);
  }

  function leftOf({ scope, of, until }: Held): Pause | null {
    const leftMs = Math.ceil(until - clock.monotonic());
    return leftMs > 0 ? { scope, of, leftMs } : null;
  }

  /** Issues come and go; what nobody asked for again is not kept for ever. */
  function forgetOld(): void {
    const old = clock.monotonic() - LONGEST_MS;
    for (const [key, { until }] of held) if (until < old) held.delete(key);
  }

  return {
    heard(answer, operation) {
      if (answer.kind !== 'http') return;
      if (answer.headers['x-ratelimit-nearlimit'] === 'true') nearUntil.set(operation.endpoint, clock.monotonic() + NEAR_MS);
      if (answer.status !== 429) return letThrough(operation);
      forgetOld();
      refused(answer, operation);
    },
    on(operation) {
      const pauses = placesOf(operation).map((place) => held.get(keyOf(place)));
      const left = pauses.map((pause) => (pause === undefined ? null : leftOf(pause))).filter((pause) => pause !== null);
      return left.toSorted((a, b) => b.leftMs - a.leftMs)[0] ?? null;
    },
    isNear: (endpoint) => (nearUntil.get(endpoint) ?? 0) > clock.monotonic(),
    isAnyNear: () => [...nearUntil.values()].some((until) => until > clock.monotonic()),
    list,
  };
}

type Place = Pick<Held, 'scope' | 'of'>;

function keyOf({ scope, of }: Place): string {
  return `${scope} ${of ?? ''}`;
}

function placeOf(scope: PauseScope, { endpoint, issue }: Operation): Place {
  switch (scope) {
    case 'all':
      return { scope, of: null };
    case 'issue':
      return { scope, of: issue };
    case 'endpoint':
      return { scope, of: endpoint };
    default:
      return scope satisfies never;
  }
}

/** Every scope that an operation falls under. */
function placesOf(operation: Operation): readonly Place[] {
  const scopes: readonly PauseScope[] = operation.issue === null ? ['all', 'endpoint'] : ['all', 'endpoint', 'issue'];
  return scopes.map((scope) => placeOf(scope, operation));
}

function scopeOf(reason: string | undefined, { issue }: Operation): PauseScope {
  if (reason?.startsWith('jira-quota-') === true) return 'all';
  return reason === 'jira-per-issue-on-write' && issue !== null ? 'issue' : 'endpoint';
}

function backoffMs(strikes: number, chance: number): number {
  return Math.min(LONGEST_MS, FIRST_MS * 2 ** (strikes - 1) * (0.7 + 0.6 * chance));
}
