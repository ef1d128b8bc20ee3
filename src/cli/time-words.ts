const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
  ['s', 1_000],
] as const;

/** A length of time in the largest unit of which it has two, such as `119 min`. */
export function lengthWords(ms: number): string {
  const [unit, length] = UNITS.find(([, length]) => ms >= 2 * length) ?? ['s', 1_000];
  return `${Math.floor(Math.max(0, ms) / length)} ${unit}`;
}

/** How long ago a time is, or how far ahead, such as `3 h ago` and `in 5 min`. @param now epoch ms */
export function agoWords(time: string | null, now: number): string {
  const at = time === null ? NaN : Date.parse(time);
  if (Number.isNaN(at)) return 'never';
  return at > now ? `in ${lengthWords(at - now)}` : `${lengthWords(now - at)} ago`;
}

/** `2 issues`, `1 issue`. */
export function counted(count: number, one: string, more = `${one}s`): string {
  return `${count} ${count === 1 ? one : more}`;
}
