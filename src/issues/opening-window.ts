/**
 * Openings of the last hour, counted by minute, so that a window of thousands stays small. A minute counts until all of it is an hour ago:
 * the limit holds in any 60 minutes.
 */
export interface OpeningWindow {
  /** The oldest first. `minute`: whole minutes since the epoch. */
  readonly minutes: readonly { readonly minute: number; readonly opened: number }[];
}

export const EMPTY_WINDOW: OpeningWindow = { minutes: [] };

const MINUTE_MS = 60_000;
const MINUTES = 60;

/** How many were opened in the last hour. @param now epoch ms */
export function openedIn(window: OpeningWindow, now: number): number {
  return recent(window, now).reduce((sum, { opened }) => sum + opened, 0);
}

/** The window with one more. Minutes that no longer count are left out. */
export function withOpening(window: OpeningWindow, now: number): OpeningWindow {
  const minute = Math.floor(now / MINUTE_MS);
  const kept = recent(window, now);
  const last = kept.at(-1);
  // The store's clock may go back a little after a failover; the count goes to the newest minute.
  if (last !== undefined && last.minute >= minute) return { minutes: [...kept.slice(0, -1), { ...last, opened: last.opened + 1 }] };
  return { minutes: [...kept, { minute, opened: 1 }] };
}

/** Epoch ms from which the limit has room again; null: it has room now, or never has. */
export function roomAt(window: OpeningWindow, perHour: number, now: number): number | null {
  let excess = openedIn(window, now) - perHour;
  if (excess < 0 || perHour === 0) return null;
  for (const { minute, opened } of recent(window, now)) {
    excess -= opened;
    if (excess < 0) return (minute + 1 + MINUTES) * MINUTE_MS;
  }
  return null;
}

function recent({ minutes }: OpeningWindow, now: number): OpeningWindow['minutes'] {
  return minutes.filter(({ minute }) => (minute + 1 + MINUTES) * MINUTE_MS > now);
}
