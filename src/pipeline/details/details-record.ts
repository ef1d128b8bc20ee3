import { detailsLacking, isNothing, type DetailsNeed } from '../../findings/details-need.ts';
import type { Finding } from '../../findings/finding.ts';
import type { DetailsRecord } from '../records/details-collections.ts';
import type { Refusal, KnownRefusal } from '../ports/details-source.ts';
import { backoffMs } from '../../issues/retry-policy.ts';

/**
 * The record of a finding's wanted details; null: nothing is to be written. Known details are not requested again, and missing ones only
 * when they are due, unless the finding has changed.
 * @param known the refusal that AWS would answer; null: none
 * @param now store's clock, epoch ms
 */
export function recordWanted(
  finding: Finding,
  need: DetailsNeed,
  record: DetailsRecord | null,
  known: KnownRefusal | null,
  now: number,
): DetailsRecord | null {
  const lacking = detailsLacking(finding, need);
  if (isNothing(lacking)) return null;
  if (known?.refusal.code === 'not-configured' && !isAnnounced(lacking)) return null;
  if (record !== null && (record.state === 'wanted' || record.version >= finding.updatedAt)) return null;
  const wanted: DetailsRecord = {
    version: finding.updatedAt,
    state: 'wanted',
    missing: null,
    attempts: 0,
    reads: 0,
    dueAt: now,
    firstWantedAt: record?.firstWantedAt ?? now,
  };
  return known === null ? wanted : recordMissing(wanted, known.refusal, known.until);
}

/** An issue announces its list and its policy, and says why they are missing; of sources it says nothing. */
function isAnnounced({ list, policy }: DetailsNeed): boolean {
  return list || policy;
}

/** The first message for a reason stays, so that no issue is updated for other words. */
function recordMissing(record: DetailsRecord, { code, message }: Refusal, dueAt: number | null): DetailsRecord {
  return { ...record, state: 'missing', missing: record.missing?.code === code ? record.missing : { code, message }, dueAt };
}

/** Until the next try, ms: an operator must grant a permission, or configure credentials. */
export const REFUSED_MS = 60 * 60_000;

/** From so many failed tries on, about twenty minutes, the issue no longer announces the details; the tries go on. */
const EXPECTED_TRIES = 5;

/** Growing: AWS makes most recommendations within a minute. */
const READ_MS = [15_000, 30_000, 60_000, 120_000, 300_000];
const MAX_READS = 12;

const NEVER_MADE: Refusal = {
  code: 'unavailable',
  message: 'AWS has not finished the recommendation that it was asked for',
  afterMs: null,
  concerns: 'finding',
};

/**
 * The record after a refusal. Throttling is no failure.
 * @param lacking sources alone are not announced, so no issue waits for a second try
 * @param spread 0 to 1, so that tries that failed together do not come back together
 */
export function afterRefusal(record: DetailsRecord, refusal: Refusal, lacking: DetailsNeed, now: number, spread: number): DetailsRecord {
  switch (refusal.code) {
    case 'throttled':
      return { ...record, dueAt: now };
    case 'denied':
    case 'not-configured':
      return recordMissing(record, refusal, now + REFUSED_MS);
    case 'gone':
      return recordMissing(record, refusal, null);
    case 'unavailable':
    case 'bad-answer': {
      const attempts = record.attempts + 1;
      const dueAt = now + Math.max(refusal.afterMs ?? 0, backoffMs(attempts, spread));
      const next = { ...record, attempts, dueAt };
      return attempts < (isAnnounced(lacking) ? EXPECTED_TRIES : 1) ? next : recordMissing(next, refusal, dueAt);
    }
    default:
      return refusal.code satisfies never;
  }
}

/** The record while AWS is still making a recommendation. */
export function afterReading(record: DetailsRecord, now: number): DetailsRecord {
  const reads = record.reads + 1;
  if (reads >= MAX_READS) return recordMissing({ ...record, reads: 0 }, NEVER_MADE, now + REFUSED_MS);
  return { ...record, reads, dueAt: now + (READ_MS[Math.min(reads, READ_MS.length) - 1] ?? 0) };
}
