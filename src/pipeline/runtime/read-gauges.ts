import type { Severity } from '../../findings/severity.ts';
import { MAPPING_STATES } from '../../issues/mapping-state.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { countOverdue, oldestAgeInDays } from '../records/count-overdue.ts';
import { countIssues, countStates } from '../records/count-states.ts';
import { oldestDueMs } from '../records/oldest-due.ts';

/** The values of the gauges at a scrape. */
export interface Gauges {
  readonly mappings: Readonly<Record<string, number>>;
  readonly issues: Readonly<Record<'open' | 'closed', number>>;
  readonly overdue: Readonly<Record<Severity, number>>;
  readonly oldestAgeDays: number;
  readonly queueDepth: number;
  readonly oldestDueMs: number;
  readonly storeTrusted: boolean;
  readonly callsPerSecond: number;
}

/** @throws StoreUnavailable */
export async function readGauges(deps: {
  readonly store: Store;
  readonly queue: Pick<ReconcileQueue, 'depth'>;
  readonly trust: Pick<StoreTrust, 'isTrusted'>;
  readonly governor: () => { readonly callsPerSecond: { readonly of: number } };
}): Promise<Gauges> {
  return {
    mappings: await countStates(deps.store, MAPPING_STATES),
    issues: await countIssues(deps.store),
    overdue: await countOverdue(deps.store),
    oldestAgeDays: await oldestAgeInDays(deps.store),
    queueDepth: await deps.queue.depth(),
    oldestDueMs: await oldestDueMs(deps.store),
    storeTrusted: await deps.trust.isTrusted(),
    callsPerSecond: deps.governor().callsPerSecond.of,
  };
}
