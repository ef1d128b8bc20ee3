import type { PauseScope } from '../../issues/pause.ts';
import { PAUSES, type PauseRecord } from '../records/collections.ts';
import { put, type Store, type Write } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/** The admins' pauses. While a scope is paused, nothing is written to Jira for its groups; their work is kept as `held`. */
export interface Pauses {
  /** All pauses, the newest first. */
  list(): Promise<readonly PauseRecord[]>;
  /** Pauses a scope; a scope that is already paused keeps its start time. */
  set(scope: PauseScope, by: string, reason: string, alongside?: Alongside): Promise<PauseRecord>;
  /** Lifts a pause. The caller then has `resumeGroups` ask for passes over the held groups. @returns false: there was none */
  lift(scope: PauseScope, alongside?: Alongside): Promise<boolean>;
}

/** Further writes of the commit that changes a pause, such as its audit entry. @param now store's clock, epoch ms */
type Alongside = (before: PauseRecord | null, now: number) => readonly Write[];

/** More scopes than admins pause. */
const MAX_PAUSES = 500;

export function createPauses({ store, trust }: { store: Store; trust: Pick<StoreTrust, 'ensure'> }): Pauses {
  return {
    async list() {
      const { items } = await store.page(PAUSES, { terms: [], limit: MAX_PAUSES });
      return items.map(({ doc }) => doc);
    },
    async set(scope, by, reason, alongside = () => []) {
      for (;;) {
        const [stored] = await store.read(PAUSES, [scope]);
        const now = await store.now();
        const pause: PauseRecord = { scope, by, reason, since: stored?.doc.since ?? now };
        const result = await store.commit([put(PAUSES, scope, stored?.version ?? null, pause), ...alongside(stored?.doc ?? null, now)]);
        if (result.ok) return pause;
        if (result.because === 'suspect') await trust.ensure();
      }
    },
    async lift(scope, alongside = () => []) {
      for (;;) {
        const [stored] = await store.read(PAUSES, [scope]);
        if (!stored) return false;
        const result = await store.commit([put(PAUSES, scope, stored.version, null), ...alongside(stored.doc, await store.now())]);
        if (result.ok) return true;
        if (result.because === 'suspect') await trust.ensure();
      }
    },
  };
}

/** The widest pause of the scopes, which come widest first; null: none. */
export async function pauseOn(store: Store, scopes: readonly PauseScope[]): Promise<PauseRecord | null> {
  const found = await store.read(PAUSES, scopes);
  return found.find((pause) => pause !== null)?.doc ?? null;
}
