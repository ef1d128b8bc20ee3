import { EMPTY_WINDOW, openedIn, withOpening, type OpeningWindow } from '../../issues/opening-window.ts';
import type { LimitScope, OpeningKind, OpeningLimit } from '../../rules/limits.ts';
import { OPENING_WINDOWS } from '../records/group-collections.ts';
import { put, type Store, type Write } from '../ports/store.ts';

/** The windows that some limits count in, as they were read. */
export interface OpeningWindows {
  /** The limits that have no room for one more. */
  full(now: number): readonly LimitScope[];
  /** The writes that count one opening in each window, for the commit that admits it. Several fail together where another writer was first. */
  counted(now: number): readonly Write[];
}

/** @throws StoreUnavailable */
export async function readOpeningWindows(store: Store, kind: OpeningKind, limits: readonly OpeningLimit[]): Promise<OpeningWindows> {
  const ids = limits.map(({ scope }) => windowId(kind, scope));
  const stored = ids.length === 0 ? [] : await store.read(OPENING_WINDOWS, ids);
  const windows = limits.map(({ scope, perHour }, at) => ({
    scope,
    perHour,
    id: ids[at] ?? '',
    version: stored[at]?.version ?? null,
    window: stored[at]?.doc ?? EMPTY_WINDOW,
  }));
  return {
    full: (now) => windows.filter(({ window, perHour }) => openedIn(window, now) >= perHour).map(({ scope }) => scope),
    counted: (now) => windows.map(({ id, version, window }) => put(OPENING_WINDOWS, id, version, withOpening(window, now))),
  };
}

/** The window of one scope; an empty one where nothing was counted yet. */
export async function readOpeningWindow(store: Store, kind: OpeningKind, scope: LimitScope): Promise<OpeningWindow> {
  const [stored] = await store.read(OPENING_WINDOWS, [windowId(kind, scope)]);
  return stored?.doc ?? EMPTY_WINDOW;
}

function windowId(kind: OpeningKind, scope: LimitScope): string {
  return `${kind} ${scope}`;
}
