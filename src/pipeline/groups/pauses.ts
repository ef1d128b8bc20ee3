import type { PauseScope } from '../../issues/pause.ts';
import { PAUSES, type PauseRecord } from '../records/collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { DocumentUnreadable } from '../ports/unreadable-document.ts';
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
        const { doc, version } = await readReplaceable(store, PAUSES, scope);
        const now = await store.now();
        const pause: PauseRecord = { scope, by, reason, since: doc?.since ?? now };
        const result = await store.commit([put(PAUSES, scope, version, pause), ...alongside(doc, now)]);
        if (result.ok) return pause;
        if (result.because === 'suspect') await trust.ensure();
      }
    },
    async lift(scope, alongside = () => []) {
      for (;;) {
        const { doc, version } = await readReplaceable(store, PAUSES, scope);
        if (version === null) return false;
        const result = await store.commit([put(PAUSES, scope, version, null), ...alongside(doc, await store.now())]);
        if (result.ok) return true;
        if (result.because === 'suspect') await trust.ensure();
      }
    },
  };
}

/** Whether one of the scopes is paused. A pause that can't be read holds its scope, and no other: only an admin may lift it. */
export async function isPausedIn(store: Store, scopes: readonly PauseScope[]): Promise<boolean> {
  try {
    return (await store.read(PAUSES, scopes)).some((pause) => pause !== null);
  } catch (error) {
    if (error instanceof DocumentUnreadable) return true;
    throw error;
  }
}
