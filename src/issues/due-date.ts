export const DAY_MS = 86_400_000;

/** The due date of an issue, `YYYY-MM-DD` in UTC; null: its rule names no number of days. @param openedAt epoch ms */
export function dueDateOf(openedAt: number, dueInDays: number | null): string | null {
  return dueInDays === null ? null : dayOf(openedAt + dueInDays * DAY_MS);
}

/** Epoch ms from which an issue is overdue. The due date itself is in time, and ends with its day in UTC: a date in Jira has no time of day. */
export function overdueFrom(dueDate: string): number {
  return Date.parse(dueDate) + DAY_MS;
}

/** The day in UTC, `YYYY-MM-DD`. @param at epoch ms */
export function dayOf(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}

/** The month in UTC, `YYYY-MM`. @param at epoch ms */
export function monthOf(at: number): string {
  return dayOf(at).slice(0, 7);
}

/** Whole days between two times, epoch ms. */
export function wholeDays(from: number, to: number): number {
  return Math.max(0, Math.floor((to - from) / DAY_MS));
}
