import { Compile } from 'typebox/compile';
import { parseArn } from './arn.ts';
import { findingKey, UNKNOWN_ANALYZER, type Condition, type Finding, type Principal } from './finding.ts';
import { accessSources, recommendedSteps, unusedDetails } from './finding-details.ts';
import { FINDING_KINDS, FindingEventFields, type FindingEvent } from './finding-event.ts';
import { firstProblem } from './first-problem.ts';
import { isJsonObject, type JsonObject } from './json.ts';
import { plainDetail } from './plain-detail.ts';
import { parseTimestamp, timestampMs } from './timestamp.ts';

/** A finding, or the reason why it is none: a path and the expectation there, never the value. */
export type ParsedFinding =
  | { readonly ok: true; readonly finding: Finding }
  | { readonly ok: false; readonly path: string; readonly message: string };

/** How far a finding's `updatedAt` may be ahead of the time at which it is read. */
const MAX_AHEAD_MS = 10 * 60_000;

const fields = Compile(FindingEventFields);

/**
 * Parses an EventBridge event of one of the three finding detail-types.
 * @param nowMs epoch ms, by whichever known clock is ahead; an `updatedAt` more than ten minutes later is refused, because it would win over every true one
 */
export function parseFinding(event: JsonObject, nowMs: number): ParsedFinding {
  const detail = event['detail'];
  const plain = isJsonObject(detail) ? { ...event, detail: plainDetail(detail) } : event;
  return fields.Check(plain) ? toFinding(plain, plain, nowMs) : { ok: false, ...firstProblem(fields.Errors(plain)) };
}

function toFinding(input: FindingEventFields, raw: JsonObject, nowMs: number): ParsedFinding {
  const identity = identityOf(input);
  if (!identity.ok) return identity;
  const times = timesOf(input, nowMs);
  if (!times.ok) return times;
  const { detail } = input;
  return {
    ok: true,
    finding: {
      ...identity.value,
      ...times.value,
      ...ownerOf(input, identity.value.analyzerArn),
      ...contentOf(detail),
      status: detail.status,
      deleted: detail.isDeleted ?? false,
      error: detail.error || null,
      resource: detail.resource,
      resourceType: detail.resourceType,
      event: eventOf(input, raw),
      carried: {},
    },
  };
}

type Part<Fields extends keyof Finding> = { readonly ok: true; readonly value: Pick<Finding, Fields> } | Missing;
type Missing = { readonly ok: false; readonly path: string; readonly message: string };

/** Unused access calls its id `findingId`, the others `id`; the envelope's `id` is neither. */
function identityOf({
  'detail-type': detailType,
  detail,
  resources,
}: FindingEventFields): Part<'key' | 'findingId' | 'analyzerArn' | 'kind' | 'findingType'> {
  const kind = FINDING_KINDS[detailType];
  const findingId = kind === 'unused' ? (detail.findingId ?? detail.id) : (detail.id ?? detail.findingId);
  if (!findingId) return missing(kind === 'unused' ? 'detail.findingId' : 'detail.id', 'expected the finding id');
  const analyzerArn = analyzerOf(resources);
  if (analyzerArn === undefined) return missing('resources', 'expected the ARN of an analyzer');
  const findingType = detail.findingType || USUAL_TYPES[kind];
  return { ok: true, value: { key: findingKey(analyzerArn, findingId), findingId, analyzerArn, kind, findingType } };
}

/** @returns undefined if there is neither an analyzer's ARN nor `unknown` */
function analyzerOf(resources: readonly string[]): string | undefined {
  const arn = resources.find((one) => parseArn(one)?.service === 'access-analyzer' && !one.includes('|'));
  return arn ?? resources.find((one) => one === UNKNOWN_ANALYZER);
}

/** Events of external findings have no type. */
const USUAL_TYPES = { external: 'ExternalAccess', internal: 'InternalAccess', unused: 'UnusedAccess' } as const;

function timesOf({ detail, time }: FindingEventFields, nowMs: number): Part<'createdAt' | 'updatedAt' | 'observedAt'> {
  const observedAt = parseTimestamp(time);
  if (observedAt === null) return missing('time', 'expected an ISO 8601 time');
  const updatedAt = detail.updatedAt ? parseTimestamp(detail.updatedAt) : observedAt;
  if (updatedAt === null) return missing('detail.updatedAt', 'expected an ISO 8601 time');
  if (timestampMs(updatedAt) > nowMs + MAX_AHEAD_MS) return missing('detail.updatedAt', 'is more than ten minutes in the future');
  if (timestampMs(observedAt) > nowMs + MAX_AHEAD_MS) return missing('time', 'is more than ten minutes in the future');
  return { ok: true, value: { createdAt: detail.createdAt ? parseTimestamp(detail.createdAt) : null, updatedAt, observedAt } };
}

/** The envelope's account and Region are the analyzer's, which in an organization are not the resource's. */
function ownerOf(input: FindingEventFields, analyzerArn: string): Pick<Finding, 'accountId' | 'region'> {
  return {
    accountId: input.detail.accountId || parseArn(input.detail.resource)?.accountId || input.account,
    region: input.detail.region || parseArn(analyzerArn)?.region || input.region,
  };
}

type ContentField =
  | 'isPublic'
  | 'principals'
  | 'actions'
  | 'conditions'
  | 'sources'
  | 'rcpRestriction'
  | 'scpRestriction'
  | 'accessType'
  | 'principalType'
  | 'principalOwnerAccount'
  | 'unusedServices'
  | 'unusedActions'
  | 'unusedDetails'
  | 'recommendedSteps';

function contentOf(detail: FindingEventFields['detail']): Pick<Finding, ContentField> {
  const actions = typeof detail.action === 'string' ? [detail.action] : (detail.action ?? []);
  return {
    isPublic: detail.isPublic ?? null,
    principals: principalsOf(detail.principal ?? null),
    actions: actions.toSorted(),
    conditions: conditionsOf(detail.condition ?? {}),
    sources: accessSources(detail.sources),
    rcpRestriction: detail.resourceControlPolicyRestrictionType || null,
    scpRestriction: detail.serviceControlPolicyRestrictionType || null,
    accessType: detail.accessType || null,
    principalType: detail.principalType || null,
    principalOwnerAccount: detail.principalOwnerAccount || null,
    unusedServices: detail.numberOfUnusedServices ?? null,
    unusedActions: detail.numberOfUnusedActions ?? null,
    unusedDetails: unusedDetails(detail.findingDetails),
    recommendedSteps: recommendedSteps(detail.recommendedSteps),
  };
}

function missing(path: string, message: string): Missing {
  return { ok: false, path, message };
}

/** Keeps the fields that rules can match; the envelope's `id` and its other fields change with every delivery. */
function eventOf(input: FindingEventFields, raw: JsonObject): FindingEvent {
  const detail = raw['detail'];
  return {
    source: input.source,
    'detail-type': input['detail-type'],
    account: input.account,
    region: input.region,
    time: input.time,
    resources: input.resources,
    detail: isJsonObject(detail) ? detail : {},
  };
}

type RawPrincipal = NonNullable<FindingEventFields['detail']['principal']>;

function principalsOf(input: RawPrincipal | null): Principal[] {
  return (input === null ? [] : flatten(input)).toSorted((a, b) => compare(a.kind, b.kind) || compare(a.value, b.value));
}

function flatten(input: RawPrincipal): Principal[] {
  if (typeof input === 'string') return [{ kind: 'AWS', value: input }];
  if (Array.isArray(input)) return input.flatMap((one) => flatten(one));
  return Object.entries(input).flatMap(([kind, value]) => (Array.isArray(value) ? value : [value]).map((one) => ({ kind, value: one })));
}

function conditionsOf(input: Record<string, unknown>): Condition[] {
  const pairs = Object.entries(input).map(([key, value]) => ({ key, value: typeof value === 'string' ? value : JSON.stringify(value) }));
  return pairs.toSorted((a, b) => compare(a.key, b.key));
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
