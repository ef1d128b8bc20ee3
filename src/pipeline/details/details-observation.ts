import { contradictsEvent } from '../../findings/contradicts-event.ts';
import type { Finding } from '../../findings/finding.ts';
import type { Json, JsonObject } from '../../findings/json.ts';
import { parseFinding } from '../../findings/parse-finding.ts';
import { parseTimestamp, timestampMs, type Timestamp } from '../../findings/timestamp.ts';
import type { FindingDetails } from '../ports/details-source.ts';

/** AWS's answer about a finding. */
export interface DetailsAnswer {
  /** Null: only the policy was requested. */
  readonly details: FindingDetails | null;
  /** Recommended steps; null: not requested, or not received. */
  readonly steps: readonly JsonObject[] | null;
  /** When AWS was asked; ISO 8601. */
  readonly askedAt: string;
}

/**
 * A further observation of a finding: its known event with AWS's answer. The answer's status counts like that of an event which was seen when AWS
 * was asked, so it outranks earlier events. An answer that is older than the known finding only adds details and changes no status, unless
 * it contradicts an event.
 * @param nowMs epoch ms
 * @returns null when AWS's times make no sense
 */
export function detailsObservation(known: Finding, { details, steps, askedAt }: DetailsAnswer, nowMs: number): Finding | null {
  const updatedAt = details === null ? known.updatedAt : newestOf(known, details, Date.parse(askedAt));
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

/** Fields that an answer about external or internal access has inside `findingDetails`: older values must not hide them. */
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

/**
 * The time of an answer that counts; null: it has none. The SDK keeps milliseconds, events have up to nine digits: the same moment counts as the
 * known one, and so does an answer that contradicts the event.
 */
function newestOf(known: Finding, { status, updatedAt }: FindingDetails, askedAtMs: number): Timestamp | 'older' | null {
  const answered = parseTimestamp(updatedAt);
  if (answered === null) return null;
  const [knownMs, answeredMs] = [timestampMs(known.updatedAt), timestampMs(answered)];
  if (answeredMs === knownMs) return known.updatedAt;
  if (answeredMs > knownMs) return answered;
  return contradictsEvent(known, status, askedAtMs) ? known.updatedAt : 'older';
}
