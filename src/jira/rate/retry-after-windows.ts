import type { Clock } from '../../pipeline/ports/clock.ts';
import type { Heard, HttpAnswer } from '../http/answer.ts';
import type { Operation } from '../http/operation.ts';
import { retryAfterMs } from '../http/retry-after.ts';

/** What a retry-after window covers: one endpoint and method, one issue, or everything. */
export type RetryAfterScope = 'endpoint' | 'issue' | 'all';

export interface RetryAfterWindow {
  readonly scope: RetryAfterScope;
  /** The endpoint or the issue; null for all. */
  readonly of: string | null;
  readonly leftMs: number;
}

/** Learns from Jira's answers when it may be asked again. */
export interface RetryAfterWindows {
  /** Learns from every answer. */
  heard(answer: Heard, operation: Operation): void;
  /** The longest window that covers an operation; null: it may go. */
  on(operation: Operation): RetryAfterWindow | null;
  /** Whether Jira has just said that an endpoint is near its limit. */
  isNear(endpoint: string): boolean;
  /** Whether any endpoint is. */
  isAnyNear(): boolean;
  /** All open windows. */
  list(): readonly RetryAfterWindow[];
}

interface OpenWindow {
  readonly scope: RetryAfterScope;
  readonly of: string | null;
  /** Monotonic ms. */
  readonly until: number;
  /** Windows in a row since the last answer that was no refusal. */
  readonly strikes: number;
}

/** The first and the longest backoff after a refusal that does not say how long. */
const FIRST_MS = 2_000;
const MAX_MS = 30_000;

/** This many refusals in a row without a reason concern more than one endpoint. */
const UNEXPLAINED = 3;

/** User search has one more limit, which all clients of the site share: a refusal there says nothing about other calls. */
export const USER_SEARCH = 'GET /user/';

/** How long a near-limit warning counts. */
const NEAR_MS = 5_000;

/**
 * Scopes as in `RateLimit-Reason`: quota, all; burst, the endpoint and method; per issue, the issue.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 * @param random 0 to 1, spreads the waits that Jira did not name, x0.7 to x1.3
 */
export function createRetryAfterWindows(clock: Clock, random: () => number): RetryAfterWindows {
  const opened = new Map<string, OpenWindow>();
  const nearUntil = new Map<string, number>();
  let unexplained = 0;

  function refused(answer: HttpAnswer, operation: Operation): void {
    const now = clock.monotonic();
    const reason = answer.headers['ratelimit-reason'];
    const alone = targetOf(scopeOf(reason, operation), operation);
    const under = opened.get(keyOf(alone));
    // Calls in flight when the window opened are refused with it: that is one refusal.
    const isNew = under === undefined || under.until <= now;
    const inRow = unexplainedInRow(reason, operation, isNew);
    const target = inRow >= UNEXPLAINED ? { scope: 'all' as const, of: null } : alone;
    const before = opened.get(keyOf(target));
    const strikes = isNew ? Math.max((before?.strikes ?? 0) + 1, inRow) : (before?.strikes ?? 1);
    const retryAfter = retryAfterMs(answer.headers, clock.now());
    const leftMs = retryAfter ?? (isNew ? backoffMs(strikes, random()) : 0);
    opened.set(keyOf(target), { ...target, until: Math.max(before?.until ?? 0, now + leftMs), strikes });
  }

  /** Refusals in a row without a reason, this one included. */
  function unexplainedInRow(reason: string | undefined, { endpoint }: Operation, isNew: boolean): number {
    if (endpoint.startsWith(USER_SEARCH)) return 0;
    if (isNew) unexplained = reason === undefined ? unexplained + 1 : 0;
    return unexplained;
  }

  /** A window that is over is forgotten once Jira has let a call of its scope through; until then the next refusal waits longer. */
  function letThrough(operation: Operation): void {
    const now = clock.monotonic();
    unexplained = 0;
    for (const target of targetsOf(operation)) {
      const before = opened.get(keyOf(target));
      if (before !== undefined && before.until <= now) opened.delete(keyOf(target));
    }
  }

  function list(): readonly RetryAfterWindow[] {
    return [...opened.values()].map(leftOf).filter((window) => window !== null);
  }

  function leftOf({ scope, of, until }: OpenWindow): RetryAfterWindow | null {
    const leftMs = Math.ceil(until - clock.monotonic());
    return leftMs > 0 ? { scope, of, leftMs } : null;
  }

  /** Issues come and go: a window that ended long ago is not kept. */
  function forgetOld(): void {
    const old = clock.monotonic() - MAX_MS;
    for (const [key, { until }] of opened) if (until < old) opened.delete(key);
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
      const windows = targetsOf(operation).map((target) => opened.get(keyOf(target)));
      const left = windows.map((window) => (window === undefined ? null : leftOf(window))).filter((window) => window !== null);
      return left.toSorted((a, b) => b.leftMs - a.leftMs)[0] ?? null;
    },
    isNear: (endpoint) => (nearUntil.get(endpoint) ?? 0) > clock.monotonic(),
    isAnyNear: () => [...nearUntil.values()].some((until) => until > clock.monotonic()),
    list,
  };
}

type WindowTarget = Pick<OpenWindow, 'scope' | 'of'>;

function keyOf({ scope, of }: WindowTarget): string {
  return `${scope} ${of ?? ''}`;
}

function targetOf(scope: RetryAfterScope, { endpoint, issue }: Operation): WindowTarget {
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
function targetsOf(operation: Operation): readonly WindowTarget[] {
  const scopes: readonly RetryAfterScope[] = operation.issue === null ? ['all', 'endpoint'] : ['all', 'endpoint', 'issue'];
  return scopes.map((scope) => targetOf(scope, operation));
}

function scopeOf(reason: string | undefined, { issue }: Operation): RetryAfterScope {
  if (reason?.startsWith('jira-quota-') === true) return 'all';
  return reason === 'jira-per-issue-on-write' && issue !== null ? 'issue' : 'endpoint';
}

function backoffMs(strikes: number, chance: number): number {
  return Math.min(MAX_MS, FIRST_MS * 2 ** (strikes - 1) * (0.7 + 0.6 * chance));
}
