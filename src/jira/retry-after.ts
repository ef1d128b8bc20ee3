/** Zero and nonsense occur; asking again at once would be refused at once. */
const LEAST_MS = 1_000;

/** A day: what is longer is taken for a mistake, and asked again then. */
const MOST_MS = 86_400_000;

/**
 * How long Jira wants to be left alone, from `Retry-After` (seconds or a date), else `X-RateLimit-Reset` (ISO 8601, maybe without seconds).
 * Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 * @param nowMs epoch ms
 * @returns ms; null: it did not say
 */
export function retryAfterMs(headers: Readonly<Record<string, string>>, nowMs: number): number | null {
  const said = headers['retry-after']?.trim();
  if (said !== undefined && said !== '') {
    if (/^\d+(\.\d+)?$/.test(said)) return clamp(Number(said) * 1_000);
    const date = Date.parse(said);
    if (!Number.isNaN(date)) return clamp(date - nowMs);
  }
  const reset = Date.parse(headers['x-ratelimit-reset'] ?? '');
  return Number.isNaN(reset) ? null : clamp(reset - nowMs);
}

function clamp(ms: number): number {
  return Math.min(MOST_MS, Math.max(LEAST_MS, Math.ceil(ms)));
}
