import type { Finding } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { mergeFinding, type Merged } from '../../findings/merge-finding.ts';
import { SEVERITIES, severityOf, type Severity } from '../../findings/severity.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { remember, type FindingRecord, type MappingPart, type SeenBy } from '../records/finding-record.ts';
import type { Clock } from '../ports/clock.ts';
import type { Emit } from '../ports/service-event.ts';
import { askNeighbours } from '../groups/neighbours.ts';
import { placeFinding, placeWrites, type Move, type Place } from '../groups/place-finding.ts';
import type { RuleBook, Routed } from '../rulebook/rule-book.ts';
import type { ReconcileQueue } from '../ports/reconcile-queue.ts';
import { createNoteAnalyzer } from './note-analyzer.ts';
import { recogniseFinding } from './recognise-finding.ts';
import { put, type Store } from '../ports/store.ts';

/** What became of an observation. */
export interface Accepted {
  readonly group: GroupKey;
  readonly because: Merged['because'];
}

/**
 * Merges an observation into its finding and asks for a pass over its group. When it resolves, the observation is safe: the message may go.
 * @param by what has brought it; an event by default
 * @throws StoreUnavailable nothing was acknowledged; the same observation may come again
 */
export type AcceptFinding = (seen: Finding, by?: SeenBy) => Promise<Accepted>;

/** If other writers are first this often, something must be wrong. */
const MAX_TRIES = 100;

const NOT_RECONCILED: MappingPart = { state: 'pending', because: 'not-reconciled-yet', projectKey: null, issue: null, error: null };

export function createAcceptFinding(deps: {
  store: Store;
  queue: ReconcileQueue;
  rules: RuleBook;
  clock: Clock;
  emit: Emit;
}): AcceptFinding {
  const { store, queue, rules, emit } = deps;
  const noteAnalyzer = createNoteAnalyzer(store, deps.clock);

  async function accept(seen: Finding, by: SeenBy): Promise<Accepted> {
    for (let tries = 0; tries < MAX_TRIES; tries += 1) {
      const accepted = await attempt(seen, by);
      if (accepted !== null) return accepted;
    }
    throw new Error(`Finding ${seen.findingId} could not be stored: other writers were first ${MAX_TRIES} times`);
  }

  /** @returns null when another writer was first */
  async function attempt(told: Finding, by: SeenBy): Promise<Accepted | null> {
    const { seen, record, version, was, writes } = await recogniseFinding(store, told);
    const merged = mergeFinding(record?.finding ?? null, seen);
    const book = await rules.current();
    const from = record?.group ?? null;
    const place = await placeFinding(store, merged.finding, from, book);
    const accepted = { group: place.group, because: merged.because };
    if (!isNews(merged) && place.group === from && was === seen.key) return accepted;
    const [now, { decision }] = [await store.now(), await book.route(merged.finding)];
    const next = acceptedRecord(record, merged, { place, decision }, now);
    const stays = staysOut(record, merged);
    const move = { key: seen.key, was, to: place, ...newsOf(record, merged, by) };
    const result = await store.commit([
      put(FINDINGS, seen.key, version, { ...next, ...seenBy(record, by), ...stays }),
      ...writes,
      ...(stays.passedTo === undefined ? placeWrites(move, now) : []),
    ]);
    if (result.ok) return accepted;
    return null;
  }

  return async (seen, by = 'event') => {
    // Before its group may be planned: a create asks which analyzers there are.
    if (by === 'event') await noteAnalyzer(seen.analyzerArn);
    const accepted = await accept(seen, by);
    // Asked for even when nothing changed: the earlier delivery may have died between the store and the queue.
    await queue.ask(accepted.group, by);
    await askNeighbours({ store, queue }, seen);
    const { findingId, status, resource } = seen;
    emit({ what: 'finding-accepted', findingId, status, resource, ...accepted });
    return accepted;
  };
}

/** Its analyzer is gone and its issue another finding's, until it is active again. */
function staysOut(known: FindingRecord | null, { finding }: Merged): Pick<FindingRecord, 'passedTo'> {
  return known?.passedTo === undefined || lifecycleOf(finding) === 'active' ? {} : { passedTo: known.passedTo };
}

/** Whether the finding was there before, or its access has arisen just now. */
function newsOf(known: FindingRecord | null, merged: Merged, by: SeenBy): Pick<Move, 'backlog' | 'arises'> {
  return { backlog: known === null && by === 'sweep', arises: by === 'event' && arises(known, merged) };
}

function seenBy(known: FindingRecord | null, by: SeenBy): Pick<FindingRecord, 'firstSeenBy'> {
  return known === null ? { firstSeenBy: by } : known.firstSeenBy === undefined ? {} : { firstSeenBy: known.firstSeenBy };
}

/** True when the observation brought news. */
export function isNews({ because }: Merged): boolean {
  return because !== 'same' && because !== 'older';
}

/** True when an observation says that access has arisen, has come back, or has become worse. @param known null: the finding was not known */
export function arises(known: FindingRecord | null, { finding }: Merged): boolean {
  if (lifecycleOf(finding) !== 'active') return false;
  const rank = (severity: Severity): number => SEVERITIES.indexOf(severity);
  return known === null || lifecycleOf(known.finding) !== 'active' || rank(severityOf(finding)) < rank(known.severity);
}

/** The record of a finding as it is accepted. @param known the stored record @param now store's clock, epoch ms */
export function acceptedRecord(
  known: FindingRecord | null,
  { finding, because: news }: Merged,
  { place, decision: decided }: Pick<Routed, 'decision'> & { readonly place: Place },
  now: number,
): FindingRecord {
  const { severity, decision } = assess(known, finding, decided);
  const entry = {
    at: now,
    what: 'accepted',
    because: `${finding.status}${finding.deleted ? ', deleted' : ''}: ${news}`,
    issueKey: null,
  } as const;
  return {
    finding,
    group: place.group,
    severity,
    decision,
    mapping: known?.mapping ?? NOT_RECONCILED,
    history: remember(known?.history ?? [], entry),
    ...(known?.owner === undefined ? {} : { owner: known.owner }),
    firstSeenAt: known?.firstSeenAt ?? now,
    updatedAt: now,
  };
}

/** A shrunk finding stays as it was assessed: it has lost the content that rules and severity go by. */
function assess(
  known: FindingRecord | null,
  finding: Finding,
  { action, because, ruleId }: Routed['decision'],
): Pick<FindingRecord, 'severity' | 'decision'> {
  return known !== null && finding.shrunk === true ? known : { severity: severityOf(finding), decision: { action, because, ruleId } };
}
