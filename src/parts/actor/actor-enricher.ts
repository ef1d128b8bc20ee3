import { canonicalJson } from '../../findings/json.ts';
import { lifecycleOf } from '../../findings/lifecycle.ts';
import { timestampMs } from '../../findings/timestamp.ts';
import type { Finding, FindingKey } from '../../findings/finding.ts';
import type { KnownFacts } from '../../issues/facts/facts.ts';
import type { EnrichedMember, Enricher } from '../../pipeline/ports/enricher.ts';
import type { PartPorts } from '../../pipeline/ports/part.ts';
import { MAX_WRITES, put, type Stored, type Write } from '../../pipeline/ports/store.ts';
import { changesOf } from './changing-actions.ts';
import { changeId, CHANGES, KEPT_MS, laneOf, subjectOf, wantedChange, type ChangeRecord } from './change-record.ts';
import { createFindChange } from './find-change.ts';
import type { LookUpChanges } from './look-up-changes.ts';

export interface ActorEnricherDeps extends Pick<PartPorts, 'store' | 'clock' | 'emit' | 'learn' | 'limiter' | 'followDue'> {
  readonly lookUp: LookUpChanges;
}

/** Look-ups per second, account and Region. Source: https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html */
const PER_SECOND = 2;

/** Finds out who made the change that led to a finding, once for each time that the finding arises. */
export function createActorEnricher(deps: ActorEnricherDeps): Enricher {
  const { store } = deps;
  const stop = new AbortController();
  const limiter = deps.limiter('actor', PER_SECOND);
  const follow = createFindChange({ ...deps, limiter, stopping: stop.signal });
  let working: Promise<void> = Promise.resolve();

  async function recordsOf(findings: readonly Finding[]): Promise<ReadonlyMap<FindingKey, Stored<ChangeRecord> | null>> {
    const ids = findings.flatMap((finding) => {
      const id = changesOf(finding) === null ? null : changeId(finding);
      return id === null ? [] : [{ id, key: finding.key }];
    });
    if (ids.length === 0) return new Map();
    const records = await store.read(
      CHANGES,
      ids.map(({ id }) => id),
    );
    return new Map(ids.map(({ key }, at) => [key, records[at] ?? null]));
  }

  return {
    name: 'actor',
    async want(members, now) {
      const records = await recordsOf(members.map(({ finding }) => finding));
      const writes = members.flatMap((member): readonly Write[] => {
        const stored = records.get(member.finding.key);
        const next = stored === undefined ? null : recordAfter(member, stored?.doc ?? null, now);
        const id = changeId(member.finding);
        return next === null || id === null ? [] : [put(CHANGES, id, stored?.version ?? null, next)];
      });
      if (writes.length === 0) return false;
      await store.commit(writes.slice(0, MAX_WRITES));
      return true;
    },
    async known(findings) {
      const records = await recordsOf(findings);
      return new Map([...records].flatMap(([key, stored]) => (stored === null ? [] : [[key, knownOf(stored.doc)] as const])));
    },
    start() {
      working = deps.followDue({ name: 'actor', collection: CHANGES, laneOf, limiter, follow }, stop.signal);
    },
    async stop() {
      stop.abort();
      await working;
    },
  };
}

/** A change that was undone no longer counts. The first look-up is waited for, and no later one. */
function knownOf({ state, changed, endedAt, answers, attempts }: ChangeRecord): KnownFacts {
  if (endedAt !== null) return { facts: {}, awaited: false };
  return { facts: changed === null ? {} : { changed }, awaited: state === 'wanted' && answers === 0 && attempts === 0 };
}

/** What is to be written for a member, with the state of its finding; null: nothing. */
function recordAfter({ finding, decision }: EnrichedMember, record: ChangeRecord | null, now: number): ChangeRecord | null {
  const lifecycle = lifecycleOf(finding);
  const at = timestampMs(finding.updatedAt);
  if (lifecycle === 'resolved' || lifecycle === 'ended')
    return record === null || record.endedAt !== null ? null : { ...record, endedAt: at, dueAt: record.expiresAt };
  const isWanted = lifecycle === 'active' && decision.action === 'issue' && finding.shrunk !== true && at > now - KEPT_MS;
  if (!isWanted) return null;
  if (record === null) return wantedChange(finding, 0, now);
  if (record.state === 'forgotten') return null;
  if (record.endedAt !== null) return at > record.endedAt ? wantedChange(finding, record.endedAt, now) : null;
  return withSubject(finding, record, now);
}

/** News of the sources of the access may decide between several changes. */
function withSubject(finding: Finding, record: ChangeRecord, now: number): ChangeRecord | null {
  if (record.state !== 'wanted' && record.state !== 'ambiguous') return null;
  const subject = subjectOf(finding);
  return canonicalJson(subject) === canonicalJson(record.subject) ? null : { ...record, subject, dueAt: Math.min(record.dueAt, now) };
}
