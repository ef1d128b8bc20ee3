import type { Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';

/**
 * A store of which a suspect commit is a conflict like any other: its new identity is recorded before the caller reads and decides again. Without
 * that, every later commit would be refused as well.
 */
export function checkedStore(store: Store, ensure: StoreTrust['ensure']): Store {
  return {
    ...store,
    async commit(writes) {
      const result = await store.commit(writes);
      if (!result.ok && result.because === 'suspect') await ensure();
      return result;
    },
  };
}
