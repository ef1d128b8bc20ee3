import { httpDateMs } from './http-date.ts';

/** Zero and nonsense occur; asking again at once would be refused at once. */
const MIN_MS = 1_000;

/** A day: what is longer is taken for a mistake, and asked again then. */
const MAX_MS = 86_400_000;

/** A header that was sent twice comes as a list. */
const SECONDS = /^\d+(\.\d+)?(\s*,\s*\d+(\.\d+)?)*$/;

/** ISO 8601 with a zone, maybe without seconds. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * How long Jira wants to be left alone, from `Retry-After` (seconds, of several the most, or an HTTP date), else `X-RateLimit-Reset` (ISO 8601).
 * What is neither counts as not said: taken for a date of long ago, it would be asked again at once.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 * @param nowMs epoch ms
 * @returns ms; null: it did not say
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const header = headers['retry-after']?.trim() ?? '';
  if (SECONDS.test(header)) return clamp(Math.max(...header.split(',').map(Number)) * 1_000);
  const reset = headers['x-ratelimit-reset'] ?? '';
  const until = httpDateMs(header, nowMs) ?? (ISO_TIME.test(reset) ? Date.parse(reset) : Number.NaN);
  return Number.isNaN(until) ? null : clamp(until - nowMs);
}

function clamp(ms: number): number {
  return Math.min(MAX_MS, Math.max(MIN_MS, Math.ceil(ms)));
}
