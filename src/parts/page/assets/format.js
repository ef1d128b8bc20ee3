/** Numbers, times and foreign text as people read them. */

const NUMBER = new Intl.NumberFormat('en');
const DAY = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short' });
const DATE = new Intl.DateTimeFormat('en', { day: 'numeric', month: 'short', year: 'numeric' });
const TIME = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
const TIME_S = new Intl.DateTimeFormat('en', { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY_MS = 24 * HOUR;

/** @param {number} count */
export function number(count) {
  return NUMBER.format(count);
}

/** @param {number} count @param {string} one @param {string} [many] */
export function plural(count, one, many = `${one}s`) {
  return `${number(count)} ${count === 1 ? one : many}`;
}

/** @param {number} ms such as "3 min" */
export function duration(ms) {
  const size = Math.abs(ms);
  if (size < SECOND) return `${Math.round(size)} ms`;
  if (size < MINUTE) return `${Math.round(size / SECOND)} s`;
  if (size < HOUR) return `${Math.round(size / MINUTE)} min`;
  if (size < 2 * DAY_MS) return `${Math.round(size / HOUR)} h`;
  return `${Math.round(size / DAY_MS)} days`;
}

/** @param {number} count of days, such as 0.04 for an hour */
export function days(count) {
  return count * DAY_MS < MINUTE ? '< 1 min' : duration(count * DAY_MS);
}

/** @param {string} iso @param {number} [now] such as "3 min ago" or "in 2 h" */
export function ago(iso, now = Date.now()) {
  const ms = now - Date.parse(iso);
  if (Math.abs(ms) < 5 * SECOND) return 'now';
  return ms < 0 ? `in ${duration(ms)}` : `${duration(ms)} ago`;
}

/** Local time. @param {string} iso */
export function localTime(iso) {
  const at = new Date(iso);
  return `${at.getFullYear() === new Date().getFullYear() ? DAY.format(at) : DATE.format(at)}, ${TIME.format(at)}`;
}

/** @param {string} iso */
export function localSeconds(iso) {
  return TIME_S.format(new Date(iso));
}

/** @param {string} iso */
export function localDay(iso) {
  return DATE.format(new Date(iso));
}

/** A sentence of the service with its times in local time. @param {string} text */
export function withLocalTimes(text) {
  return visible(text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?Z/g, localTime));
}

/** Both clocks, for a title. @param {string} iso */
export function bothTimes(iso) {
  return `${localDay(iso)}, ${localSeconds(iso)} local time\n${new Date(iso)
    .toISOString()
    .replace('T', ' ')
    .replace(/\.\d+Z$/, '')} UTC`;
}

/** Control characters, and those that turn or hide the text around them. */
const INVISIBLE = /[\u0000-\u001f\u007f-\u009f\u00ad\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069\ufeff]/g;

/** Foreign text with its invisible characters made visible, so that none can pretend to be another text. @param {unknown} text */
export function visible(text) {
  return String(text).replace(INVISIBLE, (sign) => `‹${sign.charCodeAt(0).toString(16).toUpperCase().padStart(4, '0')}›`);
}

/** The same for a text of several lines, whose line breaks and tabs stay. @param {string} text */
export function visibleLines(text) {
  return text
    .split(/(\r?\n|\t)/)
    .map((part, at) => (at % 2 === 1 ? part : visible(part)))
    .join('');
}

/** The name of a resource without the parts of its ARN that the table shows elsewhere. @param {string} arn */
export function resourceName(arn) {
  const parts = arn.split(':');
  if (parts.length < 6 || parts[0] !== 'arn') return arn;
  return parts.slice(5).join(':') || arn;
}

/** @param {string} type such as `AWS::S3::Bucket` */
export function typeName(type) {
  return type.replace(/^AWS::/, '').replaceAll('::', ' ');
}

/** A link that leads to the web, or null. @param {string} url */
export function webLink(url) {
  return /^https?:\/\//i.test(url) ? url : null;
}
