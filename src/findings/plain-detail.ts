import { isJsonObject, type Json, type JsonObject } from './json.ts';

/** The API's names for fields that have another name in events. */
const EVENT_NAMES = {
  resourceOwnerAccount: 'accountId',
  resourceControlPolicyRestriction: 'resourceControlPolicyRestrictionType',
  serviceControlPolicyRestriction: 'serviceControlPolicyRestrictionType',
} as const;

/** Fields that GetFindingV2 puts inside `findingDetails`, and an event has at the top. */
const NESTED = [
  'action',
  'condition',
  'isPublic',
  'principal',
  'sources',
  'accessType',
  'principalType',
  'principalOwnerAccount',
  ...Object.keys(EVENT_NAMES),
];

/**
 * A finding's detail with EventBridge's names for all fields, so that a rule matches a finding from any source.
 * AWS's API has the same fields under other names and deeper inside. Fields at the top take precedence.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html
 */
export function plainDetail(detail: JsonObject): JsonObject {
  const access = accessDetails(detail['findingDetails']);
  const nested = NESTED.flatMap((name) => entryOf(access, name));
  const renamed = Object.keys(EVENT_NAMES).flatMap((name) => entryOf(detail, name));
  const added = Object.fromEntries([...nested, ...renamed].filter(([name]) => !isPresent(detail[name])));
  return { ...detail, ...added };
}

function accessDetails(raw: Json | undefined): JsonObject {
  const members = Array.isArray(raw) ? raw.filter((one) => isJsonObject(one)) : [];
  const [access] = members.flatMap((member) => [member['externalAccessDetails'], member['internalAccessDetails']]).filter(isJsonObject);
  return access ?? {};
}

/** The field under its name in events, if present. */
function entryOf(from: JsonObject, name: string): (readonly [string, Json])[] {
  const value = from[name];
  return value === undefined || !isPresent(value) ? [] : [[eventName(name), value]];
}

function eventName(name: string): string {
  return Object.entries(EVENT_NAMES).find(([api]) => api === name)?.[1] ?? name;
}

/** Absent, null and empty text all count as "not said". */
export function isPresent(value: Json | undefined): boolean {
  return value !== undefined && value !== null && value !== '';
}
