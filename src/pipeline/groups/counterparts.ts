import type { Finding, FindingKey } from '../../findings/finding.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { hasIssue, isSticky, type GroupRecord, type RequeueAt } from '../../issues/group-record.ts';
import { isCounterpart } from '../../issues/counterpart.ts';
import type { Store, Stored } from '../ports/store.ts';
import { ANALYZERS } from '../records/analyzer-collections.ts';
import type { AnalyzerRecord } from '../records/analyzer-record.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import type { FindingRecord } from '../records/finding-record.ts';
import { GROUPS } from '../records/group-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import { SWEEP_OF_FINDINGS, SWEEPS } from '../records/service-collections.ts';

/** A finding of another analyzer that reports the same access. */
export interface Counterpart {
  readonly finding: Stored<FindingRecord>;
  /** Null: it is not known, or can't be read. */
  readonly group: GroupRecord | null;
  readonly analyzer: AnalyzerRecord | null;
}

/** The most findings of one resource that are read, the newest first. */
const MAX_ON_RESOURCE = 500;

/** An analyzer that is gone is certain after two sweeps; a third allows for one that takes long. */
const DOUBT_SWEEPS = 3;

/** From one look whether a sweep has ended to the next, ms. */
const LOOK_MS = 300_000;

/** Findings of other analyzers with the same access as a finding, the oldest first; without those whose issue was passed on. */
export async function readCounterparts(store: Store, finding: Finding): Promise<readonly Counterpart[]> {
  const { items } = await store.page(FINDINGS, { terms: [`resource:${finding.resource}`], limit: MAX_ON_RESOURCE });
  const found = items.filter(({ doc }) => doc.passedTo === undefined && isCounterpart(doc.finding, finding));
  const counterparts: Counterpart[] = [];
  for (const counterpart of found.toReversed()) {
    const { doc: analyzer } = await readReplaceable(store, ANALYZERS, counterpart.doc.finding.analyzerArn);
    const [group = null] = await store.read(GROUPS, [counterpart.doc.group]);
    counterparts.push({ finding: counterpart, group: group?.doc ?? null, analyzer });
  }
  return counterparts;
}

/** What the counterparts of a finding mean for the issue that it is to get. `take-over`: it gets the issue of that one, whose analyzer is gone. */
export type CounterpartVerdict =
  | { readonly is: 'open' }
  | { readonly is: 'take-over'; readonly from: FindingKey; readonly to: FindingKey }
  | { readonly is: 'wait'; readonly requeueAt: RequeueAt };

export interface JudgedHow {
  /** The finding's own group. */
  readonly group: GroupKey;
  /** When the finding became known; store's clock, epoch ms. */
  readonly since: number;
  /** From one sweep to the next, ms; 0: none ever tells. */
  readonly sweptEveryMs: number;
  readonly now: number;
}

/**
 * Before a finding gets an issue of its own: whether one with the same access has one already, and its analyzer is gone. A new analyzer may be heard of
 * before a sweep has said that the old one is gone; so while that is in doubt, the access has its issue, and another one waits.
 */
export async function judgeCounterparts(
  store: Store,
  finding: Finding,
  { group: own, since, sweptEveryMs, now }: JudgedHow,
): Promise<CounterpartVerdict> {
  const counterparts = (await readCounterparts(store, finding)).filter(({ group }) => group !== null && group.group !== own);
  if (counterparts.length === 0) return { is: 'open' };
  const { doc: watching } = await readReplaceable(store, ANALYZERS, finding.analyzerArn);
  if (watching?.idleSince !== undefined) return { is: 'open' };
  const standing = counterparts.filter(({ group, analyzer }) => group !== null && isSticky(group) && mayReplace(watching, analyzer));
  const orphan = standing.find(isOrphan);
  if (orphan !== undefined) return { is: 'take-over', from: orphan.finding.id, to: finding.key };
  const { doc: sweeps } = await readReplaceable(store, SWEEPS, SWEEP_OF_FINDINGS);
  const isTold = (sweeps?.lastSwept?.startedAt ?? -Infinity) > since;
  const until = standing.map(({ finding: { doc }, analyzer }) => {
    const from = analyzer?.idleSince ?? (isTold ? null : since);
    return from === null || lifecycleOf(doc.finding) !== 'active' ? 0 : from + sweptEveryMs * DOUBT_SWEEPS;
  });
  const end = Math.max(0, ...until);
  const time = Math.min(end, Math.max(now, sweeps?.nextAt ?? 0) + LOOK_MS);
  return end <= now ? { is: 'open' } : { is: 'wait', requeueAt: { time, because: 'analyzer-in-doubt' } };
}

/** An analyzer of another kind, such as of one account beside that of an organization, stands beside it. */
function mayReplace(own: AnalyzerRecord | null, gone: AnalyzerRecord | null): boolean {
  return typeof own?.type !== 'string' || typeof gone?.type !== 'string' || own.type === gone.type;
}

function isOrphan({ finding: { doc }, analyzer }: Counterpart): boolean {
  const lifecycle = lifecycleOf(doc.finding);
  return lifecycle === 'unmonitored' || (lifecycle === 'active' && analyzer?.endedAt !== undefined);
}

/**
 * Whether a counterpart may have the issue of a finding whose analyzer is gone: it is active, its own analyzer is not gone as well, and it has no other
 * issue.
 * @param gone the analyzer of the finding
 */
export function mayInherit({ finding: { doc }, group, analyzer }: Counterpart, old: FindingRecord, gone: AnalyzerRecord | null): boolean {
  const isFree = doc.group === old.group || group === null || !hasIssue(group);
  return lifecycleOf(doc.finding) === 'active' && analyzer?.idleSince === undefined && isFree && mayReplace(analyzer, gone);
}
