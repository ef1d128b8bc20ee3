import type { Mishap } from './fault-draw.ts';
import type { Faults } from './faults.ts';

/** A request, as Jira's limits see it. */
export interface LimitedRequest {
  /** Such as `PUT /issue/*`. */
  readonly operation: string;
  /** Id or key in its path; null: it names no issue. */
  readonly issue: string | null;
  /** API tokens have no quota of points. */
  readonly hasQuota: boolean;
}

/** Jira's three limits, each counted for itself. Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/ */
export interface JiraLimits {
  /** Counts a request. @returns the refusal; null: it may go on */
  refuse(request: LimitedRequest): Mishap | null;
  /** What an answer announces of the limit of its operation. */
  announced(operation: string): Readonly<Record<string, string>>;
  /** Counts the points of an answer. */
  charge(request: LimitedRequest, body: unknown): void;
}

/** Writes to one issue: at most so many within so many ms. */
const PER_ISSUE = [
  { writes: 20, withinMs: 2_000 },
  { writes: 100, withinMs: 30_000 },
] as const;

const HOUR_MS = 3_600_000;

/** With less than this part left, answers warn. */
const NEAR = 0.2;

/** As recorded from real sites for `GET /issue`. */
const RECORDED = 400;

/** @param now epoch ms */
export function createJiraLimits(faults: Faults, now: () => number): JiraLimits {
  const buckets = new Map<string, { readonly left: number; readonly at: number }>();
  const writes = new Map<string, readonly number[]>();
  let points = { hour: 0, used: 0 };

  function leftIn(operation: string, size: number): number {
    const bucket = buckets.get(operation) ?? { left: size, at: now() };
    return Math.min(size, bucket.left + ((now() - bucket.at) / 1_000) * size);
  }

  function burst(operation: string): Mishap | null {
    const size = faults.endpointPerSecond;
    if (size === null) return null;
    const left = leftIn(operation, size);
    if (left < 1)
      return tooMany('jira-burst-based', 1_000, { ...announced(operation), 'x-ratelimit-reset': new Date(now() + 1_000).toISOString() });
    buckets.set(operation, { left: left - 1, at: now() });
    return null;
  }

  /** Only writes that were let through count. */
  function perIssue({ operation, issue }: LimitedRequest): Mishap | null {
    if (issue === null || operation.startsWith('GET ')) return null;
    const before = (writes.get(issue) ?? []).filter((at) => at > now() - 30_000);
    for (const { writes: most, withinMs } of PER_ISSUE) {
      const oldest = before.at(-most);
      if (oldest !== undefined && oldest > now() - withinMs) return tooMany('jira-per-issue-on-write', oldest + withinMs - now());
    }
    writes.set(issue, [...before, now()]);
    return null;
  }

  function quota({ hasQuota }: LimitedRequest): Mishap | null {
    const hour = Math.floor(now() / HOUR_MS);
    if (points.hour !== hour) points = { hour, used: 0 };
    if (faults.pointsPerHour === null || !hasQuota || points.used < faults.pointsPerHour) return null;
    const reset = (hour + 1) * HOUR_MS;
    const headers = { 'x-ratelimit-limit': String(faults.pointsPerHour), 'x-ratelimit-reset': new Date(reset).toISOString() };
    return tooMany('jira-quota-tenant-based', reset - now(), headers);
  }

  function announced(operation: string): Readonly<Record<string, string>> {
    if (faults.breaks.includes('rate-headers')) return { 'x-ratelimit-limit': 'many', 'x-ratelimit-remaining': 'many' };
    // The limit of the whole site is one that no header announces.
    if (faults.requestsPerSecond !== null) return {};
    const size = faults.endpointPerSecond;
    if (size === null) return { 'x-ratelimit-limit': String(RECORDED), 'x-ratelimit-remaining': String(RECORDED) };
    const left = Math.floor(leftIn(operation, size));
    const near = left < size * NEAR ? { 'x-ratelimit-nearlimit': 'true' } : {};
    return { 'x-ratelimit-limit': String(size), 'x-ratelimit-remaining': String(left), ...near };
  }

  return {
    refuse: (request) => quota(request) ?? burst(request.operation) ?? perIssue(request),
    announced,
    charge({ operation, hasQuota }, body) {
      if (hasQuota) points = { ...points, used: points.used + pointsOf(operation, body) };
    },
  };
}

/** One for the call, and one for each object that is read. */
function pointsOf(operation: string, body: unknown): number {
  if (operation.startsWith('GET ')) return 2;
  const issues = typeof body === 'object' && body !== null && 'issues' in body ? body.issues : null;
  return 1 + (Array.isArray(issues) ? issues.length : 0);
}

function tooMany(reason: string, waitMs: number, headers: Readonly<Record<string, string>> = {}): Mishap {
  const seconds = String(Math.max(1, Math.ceil(waitMs / 1_000)));
  return {
    fault: 'status',
    afterCommit: false,
    status: 429,
    headers: { ...headers, 'retry-after': seconds, 'ratelimit-reason': reason, 'x-ratelimit-remaining': '0' },
    body: { errorMessages: ['Rate limit exceeded.'], errors: {} },
  };
}
