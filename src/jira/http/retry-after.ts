/** Zero and nonsense occur; another call at once would be refused at once. */
const MIN_MS = 1_000;

/** A day: a longer time is taken for a mistake, and the call is tried again then. */
const MAX_MS = 86_400_000;

/** A header that was sent twice comes as a list. */
const SECONDS = /^\d+(\.\d+)?(\s*,\s*\d+(\.\d+)?)*$/;

/** ISO 8601 with a zone, maybe without seconds. */
const ISO_TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)$/;

/**
 * How long Jira wants no calls, from `Retry-After` (seconds, the most of several, or an HTTP date), else `X-RateLimit-Reset` (ISO 8601).
 * Any other text counts as missing: taken for a date of long ago, it would cause a retry at once.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rate-limiting/
 * @param nowMs epoch ms
 * @returns ms; null: neither says it
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

const DAY = '(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)';
const LONG_DAY = '(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day';
const MONTH = '(?<month>Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)';
const TIME = '(?<time>\\d\\d:\\d\\d:\\d\\d)';

/** `Sun, 06 Nov 1994 08:49:37 GMT`, `Sunday, 06-Nov-94 08:49:37 GMT`, `Sun Nov  6 08:49:37 1994`. */
const FORMS = [
  `${DAY}, (?<day>\\d\\d) ${MONTH} (?<year>\\d{4}) ${TIME} GMT`,
  `${LONG_DAY}, (?<day>\\d\\d)-${MONTH}-(?<year>\\d\\d) ${TIME} GMT`,
  `${DAY} ${MONTH} (?<day>[ \\d]\\d) ${TIME} (?<year>\\d{4})`,
].map((form) => new RegExp(`^${form}$`));

/** A year of two digits that lies further ahead is in the century before. */
const MAX_YEARS_AHEAD = 50;

/**
 * Reads a date in one of the three forms that HTTP knows, and nothing else: `Date.parse` alone takes most texts with a digit for a date.
 * Source: https://www.rfc-editor.org/rfc/rfc9110#section-5.6.7
 * @param nowMs epoch ms
 * @returns epoch ms; null: it is no such date
 */
function httpDateMs(text: string, nowMs: number): number | null {
  for (const form of FORMS) {
    const parts = form.exec(text)?.groups;
    if (parts === undefined) continue;
    const { day = '', month = '', year = '', time = '' } = parts;
    const ms = Date.parse(`${day} ${month} ${year.length === 4 ? year : wholeYear(Number(year), nowMs)} ${time} GMT`);
    return Number.isNaN(ms) ? null : ms;
  }
  return null;
}

function wholeYear(lastDigits: number, nowMs: number): number {
  const now = new Date(nowMs).getUTCFullYear();
  const year = now - (now % 100) + lastDigits;
  return year > now + MAX_YEARS_AHEAD ? year - 100 : year;
}
