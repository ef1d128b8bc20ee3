import type { PauseScope } from '../../issues/pause.ts';
import { PAUSES, type PauseRecord } from '../records/admin-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';
import { put, type Store, type Write } from '../ports/store.ts';

/** The admins' pauses. While a scope is paused, nothing is written to Jira for its groups; their work is kept as `held`. */
export interface Pauses {
  /** All pauses that last, the newest first. */
  list(): Promise<readonly PauseRecord[]>;
  /** Pauses a scope; a scope that is already paused keeps its start time. @param until epoch ms; null: until it is lifted */
  set(scope: PauseScope, by: string, reason: string, until?: number | null, alongside?: Alongside): Promise<PauseRecord>;
  /** Lifts a pause. The caller then has `resumeGroups` ask for passes over the held groups. @returns false: there was none */
  lift(scope: PauseScope, alongside?: Alongside): Promise<boolean>;
  /** The same for a pause whose time is over. @returns false: there was none, or it lasts by now */
  end(scope: PauseScope, alongside: Alongside): Promise<boolean>;
}

/** Whether a pause still holds its scope. @param now store's clock, epoch ms */
export function lasts({ until }: PauseRecord, now: number): boolean {
  return until === undefined || until > now;
}

/** Further writes of the commit that changes a pause, such as its audit entry. @param now store's clock, epoch ms */
type Alongside = (before: PauseRecord | null, now: number) => readonly Write[];

/** More scopes than admins pause. */
const MAX_PAUSES = 500;

export function createPauses({ store }: { store: Store }): Pauses {
  /** @param isWanted null: the pause can't be read */
  async function remove(
    scope: PauseScope,
    alongside: Alongside,
    isWanted: (pause: PauseRecord | null, now: number) => boolean,
  ): Promise<boolean> {
    for (;;) {
      const { doc, version } = await readReplaceable(store, PAUSES, scope);
      const now = await store.now();
      if (version === null || !isWanted(doc, now)) return false;
      const result = await store.commit([put(PAUSES, scope, version, null), ...alongside(doc, now)]);
      if (result.ok) return true;
    }
  }

  return {
    async list() {
      const { items } = await store.page(PAUSES, { terms: [], limit: MAX_PAUSES });
      const now = await store.now();
      return items.flatMap(({ doc }) => (lasts(doc, now) ? [doc] : []));
    },
    async set(scope, by, reason, until = null, alongside = () => []) {
      for (;;) {
        const { doc, version } = await readReplaceable(store, PAUSES, scope);
        const now = await store.now();
        const since = doc !== null && lasts(doc, now) ? doc.since : now;
        const pause: PauseRecord = { scope, by, reason, since, ...(until === null ? {} : { until }) };
        const result = await store.commit([put(PAUSES, scope, version, pause), ...alongside(doc, now)]);
        if (result.ok) return pause;
      }
    },
    lift: (scope, alongside = () => []) => remove(scope, alongside, () => true),
    end: (scope, alongside) => remove(scope, alongside, (pause, now) => pause !== null && !lasts(pause, now)),
  };
}

/** Whether one of the scopes is paused. A pause that can't be read holds its scope, and no other: only an admin may lift it. @param now store's clock, epoch ms */
export async function isPausedIn(store: Store, scopes: readonly PauseScope[], now: number): Promise<boolean> {
  try {
    return (await store.read(PAUSES, scopes)).some((pause) => pause !== null && lasts(pause.doc, now));
  } catch (error) {
    if (error instanceof DocumentUnreadable) return true;
    throw error;
  }
}
