import { SEVERITIES, type Severity } from '../../findings/severity.ts';
import { DAY_MS, dayOf, monthOf, wholeDays } from '../../issues/due-date.ts';
import type { Store } from '../ports/store.ts';
import { FINDINGS } from './finding-collections.ts';
import { overdueTerm } from './finding-terms.ts';
import { GROUPS, openedTerm } from './group-collections.ts';

/** How many findings have an overdue issue, by severity. @throws StoreUnavailable */
export async function countOverdue(store: Store): Promise<Readonly<Record<Severity, number>>> {
  const [critical = 0, high = 0, medium = 0, low = 0] = await store.counts(FINDINGS, SEVERITIES.map(overdueTerm));
  return { critical, high, medium, low };
}

/** Issues that have been open for longer than this many months count as no older. */
const MONTHS = 240;

/**
 * The age in days, by the calendar in UTC, of the open issue that was opened first; 0: none is open, or none with a known time.
 * It takes two reads of counters, however many issues there are. @throws StoreUnavailable
 */
export async function oldestAgeInDays(store: Store): Promise<number> {
  const now = await store.now();
  const months = lastMonths(now);
  const month = await firstWith(store, months);
  const day = month === null ? null : await firstWith(store, daysOf(month));
  return day === null ? 0 : wholeDays(Date.parse(day), now);
}

/** The first of these days or months in which an issue was opened that is still open. */
async function firstWith(store: Store, times: readonly string[]): Promise<string | null> {
  const counts = await store.counts(GROUPS, times.map(openedTerm));
  return times.find((_, at) => (counts[at] ?? 0) > 0) ?? null;
}

/** Up to the month of `now`, the earliest first. */
function lastMonths(now: number): readonly string[] {
  const last = new Date(now);
  return Array.from({ length: MONTHS }, (_, at) => monthOf(Date.UTC(last.getUTCFullYear(), last.getUTCMonth() - (MONTHS - 1 - at))));
}

function daysOf(month: string): readonly string[] {
  return Array.from({ length: 31 }, (_, at) => dayOf(Date.parse(`${month}-01`) + at * DAY_MS)).filter((day) => day.startsWith(month));
}
