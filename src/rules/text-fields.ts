import { isJsonObject } from '../findings/json.ts';
import { itemPath, propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';

/** Fields of a finding event that AWS always sends as text, with all that is inside them. */
const OF_EVENT = new Set(['version', 'id', 'detail-type', 'source', 'account', 'time', 'region', 'resources']);

/**
 * The same in `detail`. Not here: `isPublic`, `isDeleted`, `numberOfUnusedServices`, `numberOfUnusedActions`, and fields that AWS adds later.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
 */
const OF_DETAIL = new Set([
  'accessType',
  'accountId',
  'action',
  'analyzedAt',
  'condition',
  'createdAt',
  'error',
  'findingDetails',
  'findingId',
  'findingType',
  'id',
  'previousStatus',
  'principal',
  'principalOwnerAccount',
  'principalType',
  'recommendedSteps',
  'region',
  'resource',
  'resourceControlPolicyRestrictionType',
  'resourceOwnerAccount',
  'resourceType',
  'serviceControlPolicyRestrictionType',
  'sources',
  'status',
  'updatedAt',
  'version',
]);

/** Fields whose numbers are account ids, which lose their leading zeros without quotes. */
const ACCOUNTS = /account|^principal$/i;

/** Patterns have at most 64 levels. */
const MAX_DEPTH = 100;

/**
 * Refuses numbers where AWS always sends text: such a pattern would never match, and such a test would prove nothing. The problem has the form
 * in quotes.
 * @param event a pattern, or an event
 */
export function refuseNumbers(event: unknown, path: string, refuse: Refuse): void {
  refuseInFields(event, path, OF_EVENT, refuse);
  for (const [name, detail, at] of fieldsOf(event, path)) if (name === 'detail') refuseInDetail(detail, at, refuse);
}

/** The same for the `detail` of an event. */
export function refuseInDetail(detail: unknown, path: string, refuse: Refuse): void {
  refuseInFields(detail, path, OF_DETAIL, refuse);
}

function refuseInFields(object: unknown, path: string, texts: ReadonlySet<string>, refuse: Refuse): void {
  for (const [name, value, at] of fieldsOf(object, path)) {
    if (texts.has(name)) refuseIn(value, at, ACCOUNTS.test(name), refuse, 0);
  }
}

/** The fields of an object, and those of the alternatives of its `$or`. */
function* fieldsOf(object: unknown, path: string, depth = 0): Generator<readonly [name: string, value: unknown, path: string]> {
  if (!isJsonObject(object) || depth > MAX_DEPTH) return;
  for (const [name, value] of Object.entries(object)) {
    const at = propertyPath(path, name);
    if (name !== '$or' || !Array.isArray(value)) yield [name, value, at];
    else for (const [index, branch] of value.entries()) yield* fieldsOf(branch, itemPath(at, index), depth + 1);
  }
}

function refuseIn(value: unknown, path: string, isAccount: boolean, refuse: Refuse, depth: number): void {
  if (depth > MAX_DEPTH) return;
  if (typeof value === 'number')
    refuse(path, `expected a text, since AWS never sends a number here: ${quoted(value, isAccount)}, in quotes`);
  if (Array.isArray(value))
    for (const [index, item] of value.entries()) refuseIn(item, itemPath(path, index), isAccount, refuse, depth + 1);
  if (!isJsonObject(value)) return;
  for (const [name, item] of Object.entries(value))
    refuseIn(item, propertyPath(path, name), isAccount || ACCOUNTS.test(name), refuse, depth + 1);
}

function quoted(value: number, isAccount: boolean): string {
  const text = String(value);
  return JSON.stringify(isAccount && /^\d+$/.test(text) ? text.padStart(12, '0') : text);
}
