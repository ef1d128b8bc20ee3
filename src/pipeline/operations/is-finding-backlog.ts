import type { OperationKind } from '../ports/operation-kind.ts';
import type { Store } from '../ports/store.ts';
import { OPERATIONS } from '../records/admin-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { SWEEPS } from '../records/service-collections.ts';

/** Operations that bring up findings which were there before. */
const FINDING: ReadonlySet<OperationKind> = new Set(['sweep', 'rules-reconcile']);

/** More operations than run at once. */
const MAX_RUNNING = 100;

/** How long a sweep is waited for, ms: one that AWS slows down for hours must not keep back what it has found so far. */
const MAX_SWEEP_MS = 30 * 60_000;

/** Whether a sweep or an operation that brings up backlog is running. @param sweepId id of the sweep over AWS in `SWEEPS` @throws StoreUnavailable */
export async function isFindingBacklog(store: Store, sweepId: string): Promise<boolean> {
  const { doc } = await readReplaceable(store, SWEEPS, sweepId);
  if (doc?.run !== undefined && (await store.now()) - doc.run.startedAt < MAX_SWEEP_MS) return true;
  const { items } = await store.page(OPERATIONS, { terms: ['state:running'], limit: MAX_RUNNING });
  return items.some(({ doc: { kind } }) => FINDING.has(kind));
}
