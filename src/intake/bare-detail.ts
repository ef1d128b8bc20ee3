import { parseArn } from '../findings/arn.ts';
import { UNKNOWN_ANALYZER } from '../findings/finding.ts';
import type { FindingDetailType } from '../findings/finding-event.ts';
import type { Json, JsonObject } from '../findings/json.ts';
import { isPresent, plainDetail } from '../findings/plain-detail.ts';
import { parseTimestamp } from '../findings/timestamp.ts';

/** Stands for an account or Region that the detail does not name. */
const NOT_SAID = 'unknown';

/**
 * Other details that may come without their envelope and are no findings: the state of an access preview, a finding of a preview (with its
 * difference from the existing access), and a call that CloudTrail recorded.
 */
export function noFindingOf(raw: JsonObject): 'access-preview' | 'api-call' | null {
  if (Object.hasOwn(raw, 'accessPreviewId') || Object.hasOwn(raw, 'changeType')) return 'access-preview';
  return Object.hasOwn(raw, 'eventSource') && raw['eventSource'] === 'access-analyzer.amazonaws.com' ? 'api-call' : null;
}

/** Fields that identify a finding's detail, even when one of them is missing. */
const TELLTALE = [['id', 'findingId'], ['status'], ['resource'], ['resourceType']] as const;

/** Whether this is the `detail` of a finding event without its envelope, as a rule's input path or input transformer sends it. */
export function isBareDetail(raw: JsonObject): boolean {
  const found = TELLTALE.filter((names) => names.some((name) => Object.hasOwn(raw, name)));
  return found.length >= TELLTALE.length - 1;
}

/**
 * Rebuilds the event of a bare detail as far as possible: the detail does not name its analyzer, and the account and the Region are those
 * of the resource.
 * @returns null when it holds no time: without one, it can't be compared with earlier observations
 */
export function eventOfDetail(raw: JsonObject): JsonObject | null {
  const detail = plainDetail(raw);
  const time = [detail['updatedAt'], detail['analyzedAt'], detail['createdAt']].find(isTime);
  const arn = parseArn(textOf(detail['resource']));
  return time === undefined
    ? null
    : {
        source: 'aws.access-analyzer',
        'detail-type': detailTypeOf(detail),
        account: textOf(detail['accountId']) || arn?.accountId || NOT_SAID,
        region: textOf(detail['region']) || arn?.region || NOT_SAID,
        time,
        resources: [UNKNOWN_ANALYZER],
        detail,
      };
}

const OF_UNUSED = ['findingId', 'numberOfUnusedServices', 'numberOfUnusedActions'];
const OF_INTERNAL = ['accessType', 'principalType', 'principalOwnerAccount', 'serviceControlPolicyRestrictionType'];

function detailTypeOf(detail: JsonObject): FindingDetailType {
  const [kind = ''] = /^(Unused|Internal|External)/.exec(textOf(detail['findingType'])) ?? [];
  const says = (names: readonly string[]): boolean => names.some((name) => Object.hasOwn(detail, name) && isPresent(detail[name]));
  if (kind === 'Unused' || (kind === '' && says(OF_UNUSED))) return 'Unused Access Finding for IAM entities';
  return kind === 'Internal' || (kind === '' && says(OF_INTERNAL)) ? 'Internal Access Finding' : 'Access Analyzer Finding';
}

function isTime(value: Json | undefined): boolean {
  return typeof value === 'string' && parseTimestamp(value) !== null;
}

function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : '';
}
