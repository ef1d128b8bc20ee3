import type { Finding } from '../../findings/finding.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { askNeighbours } from '../groups/neighbours.ts';
import { requestPass } from '../groups/request-pass.ts';
import type { Clock } from '../ports/clock.ts';
import type { Enricher } from '../ports/enricher.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import type { Emit } from '../ports/service-event.ts';
import type { Store } from '../ports/store.ts';
import type { SeenBy } from '../records/finding-record.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';
import { createNoteAnalyzer } from './note-analyzer.ts';
import { prepareFinding, type Prepared } from './prepare-finding.ts';

/** What became of an observation. */
export interface Accepted {
  readonly group: GroupKey;
  readonly because: Prepared['because'];
}

/**
 * Merges an observation into its finding and asks for a pass over its group. When it resolves, the observation is safe: the message may go.
 * @param by what has brought it; an event by default
 * @throws StoreUnavailable nothing was acknowledged; the same observation may come again
 */
export type AcceptFinding = (seen: Finding, by?: SeenBy) => Promise<Accepted>;

export interface AcceptDeps {
  readonly store: Store;
  readonly queue: ReconcileQueue;
  readonly rules: RuleBook;
  readonly clock: Clock;
  readonly emit: Emit;
  /** Those that may know of findings which the rules ignore; none by default. */
  readonly enrichers?: readonly Enricher[];
}

/** If other writers are first this often, something must be wrong. */
const MAX_TRIES = 100;

export function createAcceptFinding(deps: AcceptDeps): AcceptFinding {
  const { store, rules, emit, enrichers = [] } = deps;
  const noteAnalyzer = createNoteAnalyzer(store, deps.clock);

  async function keep(seen: Finding, by: SeenBy): Promise<Prepared> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const prepared = await prepareFinding(store, { enrichers, emit }, await rules.current(), seen, by);
      if (prepared.writes.length === 0 || (await store.commit(prepared.writes)).ok) return prepared;
    }
    throw new Error(`Finding ${seen.findingId} could not be stored: other writers were first ${MAX_TRIES} times`);
  }

  return async (seen, by = 'event') => {
    // Before its group may be planned: a create asks which analyzers there are.
    if (by === 'event') await noteAnalyzer(seen.analyzerArn);
    const prepared = await keep(seen, by);
    return acknowledge(deps, prepared, await overtaken(deps, [prepared]), seen, by);
  };
}

/**
 * Whether the rules by which passes were spared have changed meanwhile. The change may have missed the findings, which were not stored yet.
 * @throws StoreUnavailable
 */
export async function overtaken({ rules }: Pick<AcceptDeps, 'rules'>, stored: readonly Prepared[]): Promise<boolean> {
  const revisions = stored.flatMap(({ sparedBy }) => sparedBy ?? []);
  if (revisions.length === 0) return false;
  const { revision } = await rules.current();
  return revisions.some((one) => one !== revision);
}

/**
 * Asks for the passes that a stored observation makes necessary. When it resolves, the observation is safe.
 * @param isOvertaken no pass is spared @throws StoreUnavailable
 */
export async function acknowledge(
  { store, queue, emit }: Pick<AcceptDeps, 'store' | 'queue' | 'emit'>,
  { group, because, needsPass, sparedBy }: Prepared,
  isOvertaken: boolean,
  seen: Finding,
  by: SeenBy,
): Promise<Accepted> {
  const isWanted = sparedBy !== undefined && isOvertaken;
  if (isWanted) await requestPass(store, group);
  // Asked for even when nothing changed: the earlier delivery may have died between the store and the queue.
  if (needsPass || isWanted) await queue.ask(group, by);
  await askNeighbours({ store, queue }, seen);
  const { findingId, status, resource } = seen;
  emit({ what: 'finding-accepted', findingId, status, resource, group, because });
  return { group, because };
}
