import type { Finding } from '../../findings/finding.ts';
import type { Json, JsonObject } from '../../findings/json.ts';
import { parseFinding } from '../../findings/parse-finding.ts';
import { parseTimestamp, timestampMs, type Timestamp } from '../../findings/timestamp.ts';
import type { FindingDetails } from '../ports/details-source.ts';

/** What AWS answered about a finding. */
export interface DetailsAnswer {
  /** Null: only the policy was asked for. */
  readonly details: FindingDetails | null;
  /** Recommended steps; null: they were not asked for, or did not come. */
  readonly steps: readonly JsonObject[] | null;
  /** When it was asked; ISO 8601. */
  readonly askedAt: string;
}

/**
 * A further observation of a finding: its event as it is known, with what AWS answered. The answer's status counts like that of an event which was
 * seen when AWS was asked, so that it outranks those before. An answer that is older than what is known adds to it and changes no status.
 * @param nowMs epoch ms
 * @returns null when AWS's times make no sense
 */
export function detailsObservation(known: Finding, { details, steps, askedAt }: DetailsAnswer, nowMs: number): Finding | null {
  const updatedAt = details === null ? known.updatedAt : laterOf(known.updatedAt, details.updatedAt);
  if (updatedAt === null) return null;
  const isNews = details !== null && updatedAt !== 'older';
  const merged: Record<string, Json> = { ...known.event.detail };
  if (details !== null) merged['findingDetails'] = details.list;
  if (steps !== null) merged['recommendedSteps'] = steps;
  if (isNews) {
    if (details.list.some(isAccess)) for (const field of OF_THE_ACCESS) delete merged[field];
    if (details.status !== known.status) delete merged['previousStatus'];
    Object.assign(merged, { status: details.status, isDeleted: false, updatedAt });
  }
  const parsed = parseFinding({ ...known.event, time: isNews ? askedAt : known.event.time, detail: merged }, nowMs);
  return parsed.ok ? parsed.finding : null;
}

/** What an answer about external or internal access says itself, inside `findingDetails`: what was known before must not stand in its way. */
const OF_THE_ACCESS = [
  'principal',
  'action',
  'condition',
  'isPublic',
  'sources',
  'accessType',
  'principalType',
  'principalOwnerAccount',
  'resourceControlPolicyRestrictionType',
  'serviceControlPolicyRestrictionType',
];

function isAccess(member: JsonObject): boolean {
  return 'externalAccessDetails' in member || 'internalAccessDetails' in member;
}

/** The SDK keeps milliseconds, events say up to nine digits: the same moment is the known one. */
function laterOf(known: Timestamp, merged: string): Timestamp | 'older' | null {
  const answered = parseTimestamp(merged);
  if (answered === null) return null;
  const [knownMs, answeredMs] = [timestampMs(known), timestampMs(answered)];
  if (answeredMs === knownMs) return known;
  return answeredMs > knownMs ? answered : 'older';
}
