/** A moment in UTC with nine fraction digits, `2025-04-08T03:22:12.654688231Z`: two of them compare as text. */
export type Timestamp = string & { readonly timestamp: unique symbol };

const SHAPE = /^(\d{4}-\d{2}-\d{2})[T ](\d{2}:\d{2}:\d{2})(?:\.(\d{1,9}))?(Z|[+-]\d{2}:?\d{2})?$/;

/**
 * Parses the time forms that AWS uses: zero to nine fraction digits, `Z`, an offset or no zone (then UTC).
 * Nine digits are kept, because a `Date` keeps three and two findings may differ in the rest.
 * @returns null if it is no time
 */
export function parseTimestamp(text: string): Timestamp | null {
  const parts = SHAPE.exec(text);
  if (parts === null) return null;
  const [, day = '', time = '', fraction = '', zone = 'Z'] = parts;
  const offset = zone === 'Z' || zone.includes(':') ? zone : `${zone.slice(0, 3)}:${zone.slice(3)}`;
  const ms = Date.parse(`${day}T${time}${offset}`);
  if (Number.isNaN(ms) || !isDay(day)) return null;
  const seconds = new Date(ms).toISOString();
  return seconds.length === 24 ? brand(`${seconds.slice(0, 19)}.${fraction.padEnd(9, '0')}Z`) : null;
}

/** `Date` reads 30 February as 2 March. */
function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/** Epoch ms, the digits below a millisecond cut. */
export function timestampMs(timestamp: Timestamp): number {
  return Date.parse(`${timestamp.slice(0, 23)}Z`);
}

function isTimestamp(text: string): text is Timestamp {
  return text.length === 30;
}

function brand(text: string): Timestamp | null {
  return isTimestamp(text) ? text : null;
}
