import type { IAMClient } from '@aws-sdk/client-iam';
import type { ResourceGroupsTaggingAPIClient } from '@aws-sdk/client-resource-groups-tagging-api';
import { parseArn } from '../../findings/arn.ts';
import type { MemberRole, SessionCredentials } from '../../pipeline/ports/aws-access.ts';
import type { Answered, Refusal } from '../../pipeline/ports/details-source.ts';
import { BAD_ANSWER, oneCall, refused, type CallDeps } from './owner-calls.ts';
import { readTags } from './read-tags.ts';
import type { Tags } from './owner-records.ts';

/** Resources of one account that are asked about in one Region. */
export interface Batch {
  readonly accountId: string;
  readonly region: string;
  /** ARNs, at most `MAX_BATCH`. */
  readonly resources: readonly string[];
}

/** `role`: the role can't be assumed; then no resource was asked about. */
export type BatchTags =
  | { readonly ok: true; readonly tags: ReadonlyMap<string, Answered<Tags>> }
  | { readonly ok: false; readonly refusal: Refusal; readonly of: 'role' };

/** Asks for the tags of resources with the role in their account. Never throws. */
export type ReadResourceTags = (batch: Batch, keys: readonly string[]) => Promise<BatchTags>;

/** The most that one call may name. Source: https://docs.aws.amazon.com/resourcegroupstagging/latest/APIReference/API_GetResources.html */
export const MAX_BATCH = 100;
/** A role or a user has at most 50 tags. */
const MAX_PAGES = 10;

interface Asking {
  readonly deps: CallDeps;
  readonly batch: Batch;
  readonly keys: readonly string[];
}

/** @see ReadResourceTags */
export function createReadResourceTags(deps: CallDeps, role: MemberRole): ReadResourceTags {
  return async (batch, keys) => {
    const assumed = await role.assume(batch.accountId, batch.region, deps.stopping);
    if (!assumed.ok) return { ...assumed, of: 'role' };
    const asking = { deps, batch, keys };
    const { credentials } = assumed;
    const entities = batch.resources.filter((arn) => parseArn(arn)?.service === 'iam');
    const others = batch.resources.filter((arn) => !entities.includes(arn));
    return {
      ok: true,
      tags: new Map([...(await tagsOf(asking, others, credentials)), ...(await entityTags(asking, entities, credentials))]),
    };
  };
}

type Found = readonly (readonly [string, Answered<Tags>])[];

async function tagsOf(asking: Asking, arns: readonly string[], credentials: SessionCredentials): Promise<Found> {
  if (arns.length === 0) return [];
  const { ResourceGroupsTaggingAPIClient: Client } = await import('@aws-sdk/client-resource-groups-tagging-api');
  const client = new Client({ ...asking.deps.aws.clientSettings(), region: asking.batch.region, credentials });
  try {
    return await getResources(asking, client, arns);
  } finally {
    client.destroy();
  }
}

/** One ARN that the API does not take spoils the question, so the rest is asked about by halves; that one can have no tags there. */
async function getResources(asking: Asking, client: ResourceGroupsTaggingAPIClient, arns: readonly string[]): Promise<Found> {
  const { deps, batch } = asking;
  const { GetResourcesCommand, InvalidParameterException } = await import('@aws-sdk/client-resource-groups-tagging-api');
  let isRefusedArn = false;
  const asked = await oneCall(deps, batch.accountId, 'tag:GetResources', (options) =>
    client.send(new GetResourcesCommand({ ResourceARNList: [...arns] }), options).catch((error: unknown) => {
      isRefusedArn = error instanceof InvalidParameterException;
      throw error;
    }),
  );
  if (asked.ok) return found(asking, arns, asked.value.ResourceTagMappingList);
  if (!isRefusedArn) return arns.map((arn) => [arn, asked] as const);
  if (arns.length === 1) return arns.map((arn) => [arn, { ok: true, value: {} }] as const);
  const half = Math.ceil(arns.length / 2);
  const first = await getResources(asking, client, arns.slice(0, half));
  return [...first, ...(await getResources(asking, client, arns.slice(half)))];
}

/** A resource that never had a tag is not in the answer. One that was not asked about makes the answer worth nothing. */
function found({ keys }: Asking, arns: readonly string[], list: unknown): Found {
  const all: readonly unknown[] = Array.isArray(list) ? list : [];
  const tags = new Map(all.map((one) => mappingOf(one, keys)));
  const isBad = !Array.isArray(list) || [...tags].some(([arn, value]) => value === null || !arns.includes(arn));
  return arns.map((arn) => [arn, isBad ? refused(BAD_ANSWER) : { ok: true, value: tags.get(arn) ?? {} }] as const);
}

function mappingOf(raw: unknown, keys: readonly string[]): readonly [string, Tags | null] {
  const { ResourceARN: arn, Tags: tags } = typeof raw === 'object' && raw !== null ? Object.fromEntries(Object.entries(raw)) : {};
  return [String(arn), readTags(tags, keys)];
}

/** The Tagging API does not know IAM's roles and users, so each is asked about. */
async function entityTags(asking: Asking, arns: readonly string[], credentials: SessionCredentials): Promise<Found> {
  if (arns.length === 0) return [];
  const { IAMClient: Client } = await import('@aws-sdk/client-iam');
  const client = new Client({ ...asking.deps.aws.clientSettings(), region: asking.batch.region, credentials });
  const all: (readonly [string, Answered<Tags>])[] = [];
  try {
    for (const arn of arns) all.push([arn, await listTags(asking, client, arn)]);
    return all;
  } finally {
    client.destroy();
  }
}

async function listTags(asking: Asking, client: IAMClient, arn: string): Promise<Answered<Tags>> {
  const { resource = '' } = parseArn(arn) ?? {};
  const [kind, name] = [resource.slice(0, resource.indexOf('/')), resource.slice(resource.lastIndexOf('/') + 1)];
  if (kind !== 'role' && kind !== 'user') return { ok: true, value: {} };
  let [all, marker]: [Tags, string | undefined] = [{}, undefined];
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const asked: Answered<TagPage> = await listPage(asking, client, kind, name, marker);
    // It is gone, so it has no tags.
    if (!asked.ok) return asked.refusal.code === 'gone' ? { ok: true, value: {} } : asked;
    const tags = readTags(asked.value.Tags, asking.keys);
    if (tags === null) return refused(BAD_ANSWER);
    all = { ...all, ...tags };
    marker = asked.value.Marker;
    if (asked.value.IsTruncated !== true || marker === undefined) return { ok: true, value: all };
  }
  return refused(BAD_ANSWER);
}

interface TagPage {
  readonly Tags?: unknown;
  readonly IsTruncated?: boolean | undefined;
  readonly Marker?: string | undefined;
}

async function listPage(
  { deps, batch }: Asking,
  client: IAMClient,
  kind: 'role' | 'user',
  name: string,
  marker: string | undefined,
): Promise<Answered<TagPage>> {
  const { ListRoleTagsCommand, ListUserTagsCommand } = await import('@aws-sdk/client-iam');
  const from = marker === undefined ? {} : { Marker: marker };
  return kind === 'role'
    ? oneCall(deps, batch.accountId, 'iam:ListRoleTags', (options) =>
        client.send(new ListRoleTagsCommand({ RoleName: name, ...from }), options),
      )
    : oneCall(deps, batch.accountId, 'iam:ListUserTags', (options) =>
        client.send(new ListUserTagsCommand({ UserName: name, ...from }), options),
      );
}
