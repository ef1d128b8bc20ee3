import { OPERATIONS } from '../records/admin-collections.ts';
import type { OperationKind } from '../ports/operation-kind.ts';
import type { Store } from '../ports/store.ts';

/** Operations that bring up findings which were there before. */
const FINDING: ReadonlySet<OperationKind> = new Set(['sweep', 'rules-reconcile']);

/** More operations than run at once. */
const MAX_RUNNING = 100;

/** Whether an operation that brings up backlog is running. @throws StoreUnavailable */
export async function isFindingBacklog(store: Store): Promise<boolean> {
  const { items } = await store.page(OPERATIONS, { terms: ['state:running'], limit: MAX_RUNNING });
  return items.some(({ doc }) => FINDING.has(doc.kind));
}
