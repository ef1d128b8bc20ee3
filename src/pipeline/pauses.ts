import type { PauseScope } from '../issues/pause.ts';
import { PAUSES, type PauseRecord } from './collections.ts';
import { resumeGroups } from './resume-groups.ts';
import type { SettleQueue } from './settle-queue.ts';
import type { StoreTrust } from './store-trust.ts';
import { put, type Store } from './store.ts';

/** What an admin has paused. While a scope is paused nothing is written to Jira for its groups; what they want is kept as `held`. */
export interface Pauses {
  /** All that stand, the newest first. */
  list(): Promise<readonly PauseRecord[]>;
  /** Pauses a scope; one that is paused already keeps its beginning. */
  set(scope: PauseScope, by: string, reason: string): Promise<PauseRecord>;
  /** Lifts a pause and asks for a look at every group that is held. @returns false: there was none */
  lift(scope: PauseScope): Promise<boolean>;
}

/** More scopes than anybody pauses by hand. */
const MOST = 500;

export function createPauses(deps: { store: Store; queue: SettleQueue; trust: StoreTrust }): Pauses {
  const { store, trust } = deps;

  return {
    async list() {
      const { items } = await store.page(PAUSES, { terms: [], limit: MOST });
      return items.map(({ doc }) => doc);
    },
    async set(scope, by, reason) {
      for (;;) {
        const [stored] = await store.read(PAUSES, [scope]);
        const pause: PauseRecord = { scope, by, reason, since: stored?.doc.since ?? (await store.now()) };
        const result = await store.commit([put(PAUSES, scope, stored?.version ?? null, pause)]);
        if (result.ok) return pause;
        if (result.because === 'suspect') await trust.ensure();
      }
    },
    async lift(scope) {
      for (;;) {
        const [stored] = await store.read(PAUSES, [scope]);
        if (!stored) return false;
        const result = await store.commit([put(PAUSES, scope, stored.version, null)]);
        if (result.ok) break;
        if (result.because === 'suspect') await trust.ensure();
      }
      await resumeGroups(deps, 'held');
      return true;
    },
  };
}

/** The widest pause that one of the scopes is under; null: none. */
export async function pauseOn(store: Store, scopes: readonly PauseScope[]): Promise<PauseRecord | null> {
  const found = await store.read(PAUSES, scopes);
  return found.find((pause) => pause !== null)?.doc ?? null;
}
