/** What a parameter may be. A day stands for the whole of it, in UTC. */
export const PERIOD_PATTERN = '^\\d{4}-\\d{2}-\\d{2}(T\\d{2}:\\d{2}(:\\d{2}(\\.\\d{1,3})?)?(Z|[+-]\\d{2}:\\d{2}))?$';

const DAY_MS = 24 * 60 * 60_000;

/** A period, epoch ms, `to` excluded; or the parameters that are no times. */
export type ParsedPeriod =
  | { readonly ok: true; readonly from: number; readonly to: number }
  | { readonly ok: false; readonly wrong: readonly ('from' | 'to')[] };

/** @param from absent: from the first finding on @param to absent: until now @param now epoch ms */
export function parsePeriod({ from, to }: { readonly from?: string; readonly to?: string }, now: number): ParsedPeriod {
  const begins = from === undefined ? 0 : momentOf(from);
  const ends = to === undefined ? now : momentOf(to);
  const wrong = [...(begins === null ? ['from' as const] : []), ...(ends === null ? ['to' as const] : [])];
  if (begins === null || ends === null) return { ok: false, wrong };
  return { ok: true, from: begins, to: to !== undefined && isDay(to) ? ends + DAY_MS : ends };
}

function isDay(text: string): boolean {
  return !text.includes('T');
}

/** @returns null: there is no such day or time; `Date` itself reads 30 February as 2 March */
function momentOf(text: string): number | null {
  const [day = ''] = text.split('T');
  const midnight = Date.parse(`${day}T00:00:00Z`);
  const moment = isDay(text) ? midnight : Date.parse(text);
  return Number.isNaN(moment) || moment < 0 || !new Date(midnight).toISOString().startsWith(day) ? null : moment;
}
