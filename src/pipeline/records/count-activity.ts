import { DAY_MS, dayOf } from '../../issues/due-date.ts';
import type { Store } from '../ports/store.ts';
import { activityTerm, GROUPS } from './group-collections.ts';

/** The issues of one day, in UTC. */
export interface DayOfIssues {
  /** Such as 2026-03-01. */
  readonly day: string;
  readonly opened: number;
  readonly closed: number;
}

/** How many issues were opened and closed on each of the last days, the earliest first, today included. It reads counters, however many issues there are. @throws StoreUnavailable */
export async function countActivity(store: Store, days: number): Promise<readonly DayOfIssues[]> {
  const now = await store.now();
  const names = Array.from({ length: days }, (_, at) => dayOf(now - (days - 1 - at) * DAY_MS));
  const counts = await store.counts(
    GROUPS,
    names.flatMap((day) => [activityTerm('opened', day), activityTerm('closed', day)]),
  );
  return names.map((day, at) => ({ day, opened: counts[2 * at] ?? 0, closed: counts[2 * at + 1] ?? 0 }));
}
