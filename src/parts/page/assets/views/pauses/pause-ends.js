const HOUR_MS = 3_600_000;

/** Ends from which a person chooses, ms from now. */
export const ENDS = /** @type {Readonly<Record<string, readonly [name: string, ms: number]>>} */ ({
  PT1H: ['In an hour', HOUR_MS],
  PT4H: ['In 4 hours', 4 * HOUR_MS],
  P1D: ['In a day', 24 * HOUR_MS],
  P7D: ['In a week', 168 * HOUR_MS],
});

/** @param {string} scope such as `project:SEC` */
export function scopeText(scope) {
  if (scope === 'all') return 'Everything';
  const at = scope.indexOf(':');
  return `${{ rule: 'Rule', project: 'Project' }[scope.slice(0, at)] ?? scope.slice(0, at)} ${scope.slice(at + 1)}`;
}

/**
 * When a pause ends by itself.
 * @param {string} ends one of the choices, `at` or `never` @param {string} at local time, as the field has it @param {number} now epoch ms
 * @returns {string | null | undefined} null: when it is lifted; undefined: not a time to come
 */
export function untilOf(ends, at, now) {
  if (ends === 'never') return null;
  const until = Object.hasOwn(ENDS, ends) ? now + (ENDS[ends]?.[1] ?? 0) : Date.parse(at);
  return until > now ? new Date(until).toISOString() : undefined;
}
