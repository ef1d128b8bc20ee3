import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import type { SimulatedTags, TagsError, TagsSettings } from './tags-state.ts';

/** Who asks: the account of the credentials, and the Region of the signature. */
export interface Caller {
  readonly accountId: string;
  readonly region: string;
}

/** A page of a list of IAM. */
export interface TagPage {
  readonly tags: readonly (readonly [string, string])[];
  /** Null: the end. */
  readonly marker: string | null;
}

/** Source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
const MAX_ARNS = 100;
const PAGED = ['PaginationToken', 'ResourcesPerPage', 'TagsPerPage'];

/**
 * Knows the resources of one account and one Region. One ARN that it does not take spoils the whole request; IAM's are such ones
 * (https://github.com/boto/boto3/issues/2760). A resource that never had a tag is left out.
 */
export function getResources(settings: TagsSettings, caller: Caller, body: JsonObject): JsonObject | TagsError {
  const arns = textsIn(body['ResourceARNList']);
  if (arns.length === 0 || arns.length > MAX_ARNS || PAGED.some((name) => Object.hasOwn(body, name))) return 'InvalidParameterException';
  if (arns.some((arn) => !isTaggable(arn, caller))) return 'InvalidParameterException';
  const found = settings.resources.filter(
    ({ arn, accountId, region, tags }) =>
      arns.includes(arn) && accountId === caller.accountId && region === caller.region && Object.keys(tags).length > 0,
  );
  return { PaginationToken: '', ResourceTagMappingList: found.map(mappingJson) };
}

function isTaggable(arn: string, { region }: Caller): boolean {
  const [start, , service = '', ofArn = '', , ...rest] = arn.split(':');
  return start === 'arn' && rest.join(':') !== '' && service !== 'iam' && (ofArn === '' || ofArn === region);
}

function mappingJson({ arn, tags }: SimulatedTags): JsonObject {
  return { ResourceARN: arn, Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) };
}

/** One page of the tags of a role or a user. IAM is the same in all Regions, and knows the caller's account only. */
export function listTags(settings: TagsSettings, caller: Caller, kind: 'role' | 'user', body: URLSearchParams): TagPage | TagsError {
  const name = body.get(kind === 'role' ? 'RoleName' : 'UserName') ?? '';
  const found = settings.resources.find(
    ({ arn, accountId }) => accountId === caller.accountId && arn.includes(`:${kind}/`) && arn.endsWith(`/${name}`),
  );
  if (found === undefined || name === '') return 'ResourceNotFoundException';
  const from = Number(body.get('Marker') ?? '0');
  const all = Object.entries(found.tags);
  const end = from + settings.pageSize;
  return { tags: all.slice(from, end), marker: end < all.length ? String(end) : null };
}

/**
 * The caller names an account of its organization, but never its own. Source:
 * https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
 */
export function getAlternateContact(settings: TagsSettings, caller: Caller, body: JsonObject): JsonObject | TagsError {
  const { AccountId: asked, AlternateContactType: type } = body;
  if (asked !== undefined && (asked === caller.accountId || caller.accountId !== settings.ownAccount)) return 'AccessDeniedException';
  const account = String(asked ?? caller.accountId);
  const contact = Object.hasOwn(settings.contacts, account) ? settings.contacts[account] : undefined;
  if (contact === undefined || type !== 'SECURITY') return 'ResourceNotFoundException';
  return { AlternateContact: { ...contact, AlternateContactType: 'SECURITY' } };
}

export function textsIn(list: Json | undefined): readonly string[] {
  return Array.isArray(list) ? list.filter((one): one is string => typeof one === 'string') : [];
}

export function jsonOf(text: string): JsonObject {
  const body: unknown = text === '' ? {} : JSON.parse(text);
  return isJsonObject(body) ? body : {};
}
