import { lifecycleOf } from '../../findings/lifecycle.ts';
import type { PipelinePorts } from '../ports/part.ts';
import type { Store } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';

/** What parts may know of findings that they are not asked about. @throws StoreUnavailable */
export function createStateOf(store: Store): PipelinePorts['stateOf'] {
  return async (keys) => {
    const found = keys.length === 0 ? [] : await store.read(FINDINGS, keys);
    return found.map((stored) => {
      if (stored === null) return null;
      const { finding, decision, owner } = stored.doc;
      const isOpen = decision.action === 'issue' && lifecycleOf(finding) === 'active';
      return { isOpen, resourceType: finding.resourceType, hasOwner: owner !== undefined };
    });
  };
}
