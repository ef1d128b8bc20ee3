import type { Finding } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { mergeFinding, type Merged } from '../../findings/merge-finding.ts';
import { SEVERITIES, severityOf, type Severity } from '../../findings/severity.ts';
import { savedOver } from '../../issues/derived.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { isAtRest } from '../../issues/group-record.ts';
import type { Enriching } from '../enrichment/enrich-group.ts';
import { joined, placeFinding, placeWrites, type Move, type Place } from '../groups/place-finding.ts';
import { put, type Store, type Write } from '../ports/store.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { remember, type FindingRecord, type MappingPart, type SeenBy } from '../records/finding-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import type { Routed, Rules } from '../rulebook/rule-book.ts';
import { recogniseFinding, type Recognised } from './recognise-finding.ts';
import { sparePass } from './spare-pass.ts';

/** An observation as it is to be stored. */
export interface Prepared {
  readonly group: GroupKey;
  readonly because: Merged['because'];
  /** Of one commit; none: nothing is new. */
  readonly writes: readonly Write[];
  /** Whether a pass over the group has anything to look after. */
  readonly needsPass: boolean;
  /** The revision of the rules by which no pass is needed, where `writes` rest on that; absent: they do not. */
  readonly sparedBy?: number;
}

const NOT_RECONCILED: MappingPart = { state: 'pending', because: 'not-reconciled-yet', projectKey: null, issue: null, error: null };

/** Reads what an observation meets in the store, and works out what is to be written. @throws StoreUnavailable, DocumentUnreadable */
export async function prepareFinding(store: Store, enriching: Enriching, rules: Rules, told: Finding, by: SeenBy): Promise<Prepared> {
  const known = await recogniseFinding(store, told);
  const { seen, record, was } = known;
  const merged = mergeFinding(record?.finding ?? null, seen);
  const from = record?.group ?? null;
  const place = await placeFinding(store, merged.finding, from, rules);
  const { decision } = await rules.route(merged.finding);
  const accepted = { group: place.group, because: merged.because };
  if (isNews(merged) || place.group !== from || was !== seen.key) {
    return { ...accepted, ...(await withNews(store, enriching, rules, known, { merged, place, decision }, by)) };
  }
  // The rules may have changed since it was stored, and a change that came at that moment may have missed it.
  const isIgnored = record?.decision.action === 'ignore' && decision.action === 'ignore';
  return { ...accepted, writes: [], needsPass: !(isIgnored && place.record !== null && isAtRest(place.record.doc)) };
}

/** What an observation means. */
interface Meaning extends Pick<Routed, 'decision'> {
  readonly merged: Merged;
  readonly place: Place;
}

async function withNews(
  store: Store,
  enriching: Enriching,
  rules: Rules,
  { seen, record, version, was, writes }: Recognised,
  { merged, place, decision }: Meaning,
  by: SeenBy,
): Promise<Omit<Prepared, 'group' | 'because'>> {
  const now = await store.now();
  const stays = staysOut(record, merged);
  const finding = { ...acceptedRecord(record, merged, { place, decision }, now), ...seenBy(record, by), ...stays };
  const write = (doc: FindingRecord): readonly Write[] => [put(FINDINGS, seen.key, version, doc), ...writes];
  if (stays.passedTo !== undefined) return { writes: write(finding), needsPass: true };
  const move = { key: seen.key, was, to: place, ...newsOf(record, merged, by) };
  const accepting = { finding, group: joined(place, move, now), before: place.record?.doc ?? null, decision };
  const spared = place.leaves === null ? await sparePass(store, enriching, rules, accepting, now) : null;
  if (spared === null) return { writes: [...write(finding), ...placeWrites(move, now)], needsPass: true };
  const group = put(GROUPS, place.group, place.record?.version ?? null, spared.group);
  return { writes: [...write(spared.finding), group], needsPass: false, sparedBy: rules.revision };
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
    ...(known === null ? { updatedAt: now } : savedOver(known, now)),
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
