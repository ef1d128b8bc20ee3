import { Type, type Static } from 'typebox';
import { Compile } from 'typebox/compile';
import { parseArn } from '../findings/arn.ts';
import { UNKNOWN_ANALYZER } from '../findings/finding.ts';
import type { FindingDetailType } from '../findings/finding-event.ts';
import { firstProblem, type FirstProblem } from '../findings/first-problem.ts';
import type { Json, JsonObject } from '../findings/json.ts';
import { RESOURCE_TYPES } from '../findings/resource-types/resource-types.ts';

const Maybe = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Optional(Type.Union([type, Type.Null()]));
const Fields = Type.Record(Type.String(), Type.Unknown());

/**
 * The fields that we read of a finding of Access Analyzer in the AWS Security Finding Format.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-securityhub-integration.html
 */
const AsffFinding = Type.Object({
  Id: Type.String({ minLength: 1, maxLength: 4096 }),
  AwsAccountId: Type.String({ minLength: 1, maxLength: 64 }),
  Types: Maybe(Type.Array(Type.String())),
  Description: Maybe(Type.String()),
  SourceUrl: Maybe(Type.String()),
  CreatedAt: Maybe(Type.String()),
  UpdatedAt: Maybe(Type.String()),
  ProductFields: Maybe(Fields),
  RecordState: Maybe(Type.Enum(['ACTIVE', 'ARCHIVED'])),
  Workflow: Maybe(Type.Object({ Status: Maybe(Type.String()) })),
  Resources: Type.Array(
    Type.Object({
      Type: Type.String({ minLength: 1, maxLength: 256 }),
      Id: Type.String({ minLength: 1, maxLength: 2048 }),
      Region: Maybe(Type.String()),
      Details: Maybe(Type.Object({ Other: Maybe(Fields) })),
    }),
    { minItems: 1 },
  ),
});

type AsffFinding = Static<typeof AsffFinding>;

const asff = Compile(AsffFinding);
const conditions = Compile(Type.Record(Type.String(), Type.Union([Type.String(), Type.Array(Type.String())])));

/** The event that EventBridge would have sent for the same finding, as far as Security Hub knows it; or the problem. */
export type AsffEvent = { readonly ok: true; readonly event: JsonObject } | ({ readonly ok: false } & FirstProblem);

/** @param hub the time and the Region of Security Hub's own event */
export function eventOfAsff(raw: Json, hub: { readonly time: Json; readonly region: Json }): AsffEvent {
  if (!asff.Check(raw)) return { ok: false, ...firstProblem(asff.Errors(raw)) };
  const analyzerArn = analyzerOf(raw.Id);
  const kind = kindOf(raw);
  const detail = { ...DETAILS[kind](raw), ...commonDetail(raw) };
  return {
    ok: true,
    event: {
      source: 'aws.access-analyzer',
      'detail-type': DETAIL_TYPES[kind],
      account: raw.AwsAccountId,
      region: parseArn(analyzerArn)?.region || hub.region,
      time: hub.time,
      resources: [analyzerArn],
      detail: Object.fromEntries(Object.entries(detail).filter((entry): entry is [string, Json] => entry[1] !== undefined)),
    },
  };
}

/** AWS writes `<analyzer ARN>/<resource ARN>`, and for unused access one more part. */
function analyzerOf(id: string): string {
  return /^(arn:[^:/|]+:access-analyzer(?:-beta)?:[^:/|]*:[^:/|]*:analyzer\/[^/|]+)\/./.exec(id)?.[1] ?? UNKNOWN_ANALYZER;
}

type Kind = 'external' | 'internal' | 'unused';
/** Undefined fields are left out. */
type Detail = Readonly<Record<string, Json | undefined>>;

const DETAIL_TYPES: Readonly<Record<Kind, FindingDetailType>> = {
  external: 'Access Analyzer Finding',
  internal: 'Internal Access Finding',
  unused: 'Unused Access Finding for IAM entities',
};

const DETAILS: Readonly<Record<Kind, (raw: AsffFinding) => Detail>> = {
  external: (raw) => ({ id: findingIdOf(raw), ...accessOf(raw), isPublic: isPublic(raw) }),
  internal: (raw) => ({ id: findingIdOf(raw), findingType: 'InternalAccess', ...accessOf(raw) }),
  unused: (raw) => ({
    findingId: findingIdOf(raw),
    findingType: findingTypeOf(raw),
    numberOfUnusedServices: countOf(raw, 'numberOfUnusedServices'),
    numberOfUnusedActions: countOf(raw, 'numberOfUnusedActions'),
  }),
};

function kindOf(raw: AsffFinding): Kind {
  const type = findingTypeOf(raw);
  if (type.startsWith('Unused')) return 'unused';
  return type.startsWith('Internal') ? 'internal' : 'external';
}

/** Types end in `Unused IAM Role` where Access Analyzer itself says `UnusedIAMRole`. */
function findingTypeOf(raw: AsffFinding): string {
  const [type = ''] = raw.Types ?? [];
  return productField(raw, 'findingType') || type.slice(type.lastIndexOf('/') + 1).replaceAll(' ', '');
}

/**
 * Unused access has the id in a field of its own, external access at the end of its URL in the console: the same id as in the event of
 * the same finding. Without either, Security Hub's id is used, which is the same for all access to one resource.
 */
function findingIdOf(raw: AsffFinding): string {
  const [, fromUrl = ''] = /#\/findings\/(?:details\/)?([^/?#]+)$/.exec(raw.SourceUrl ?? '') ?? [];
  return productField(raw, 'findingId') || fromUrl || raw.Id;
}

function commonDetail(raw: AsffFinding): Detail {
  const [resource] = raw.Resources;
  return {
    status: statusOf(raw),
    RecordState: saysNoReason(raw) ? raw.RecordState : undefined,
    resource: resource?.Id,
    resourceType: resourceTypeOf(raw),
    accountId: productField(raw, 'ResourceOwnerAccount') || productField(raw, 'resourceOwnerAccount') || undefined,
    region: resource?.Region || undefined,
    createdAt: raw.CreatedAt || undefined,
    updatedAt: raw.UpdatedAt || undefined,
  };
}

/**
 * Security Hub archives a record when Access Analyzer resolved **or** archived all of its findings, and does not say which. ARCHIVED claims
 * less, so it is ARCHIVED, unless the workflow says that it is resolved. An active record stays ACTIVE whatever its workflow says, except
 * for SUPPRESSED, which accepts the access.
 */
function statusOf({ RecordState, Workflow }: AsffFinding): 'ACTIVE' | 'ARCHIVED' | 'RESOLVED' {
  if (RecordState === 'ARCHIVED') return Workflow?.Status === 'RESOLVED' ? 'RESOLVED' : 'ARCHIVED';
  return Workflow?.Status === 'SUPPRESSED' ? 'ARCHIVED' : 'ACTIVE';
}

function saysNoReason({ RecordState, Workflow }: AsffFinding): boolean {
  return RecordState === 'ARCHIVED' && Workflow?.Status !== 'RESOLVED' && Workflow?.Status !== 'SUPPRESSED';
}

/** AWS has one type for public access and another for access from other accounts; a finding with neither says nothing about it. */
function isPublic({ Types }: AsffFinding): boolean | undefined {
  if (Types?.includes('Effects/Data Exposure/External Access Granted')) return true;
  return Types?.includes('Software and Configuration Checks/AWS Security Best Practices/External Access Granted') ? false : undefined;
}

function accessOf({ Resources: [resource] }: AsffFinding): Detail {
  const other = resource?.Details?.Other ?? {};
  const [kind, principal, actions] = ['External Principal Type', 'External Principal', 'Action Granted'].map((name) => textOf(other[name]));
  return {
    principal: principal ? { [kind || 'AWS']: principal } : undefined,
    action: actions ? actions.split(',').map((action) => action.trim()) : undefined,
    condition: conditionOf(textOf(other['Condition'])),
    resourceControlPolicyRestrictionType: textOf(other['Resource Control Policy Restriction Type']) || undefined,
  };
}

/** `none`, or a text whose form AWS does not document: kept whole unless it is simple JSON. */
function conditionOf(text: string): Json | undefined {
  if (text === '') return undefined;
  return text === 'none' ? {} : (simpleConditions(text) ?? { Condition: text });
}

/** Only texts and lists of texts: the depth of this JSON was not checked, unlike that of the message. */
function simpleConditions(text: string): JsonObject | null {
  try {
    const raw: unknown = JSON.parse(text);
    return conditions.Check(raw) ? raw : null;
  } catch {
    return null;
  }
}

/** Security Hub's names of the types that Access Analyzer analyses; it calls the others `Other`. */
const RESOURCE_TYPE_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries(RESOURCE_TYPES).flatMap(([name, { securityHubType }]) => (securityHubType === undefined ? [] : [[securityHubType, name]])),
);

/** The description begins with the type as Access Analyzer names it; otherwise the type follows from Security Hub's own name. */
function resourceTypeOf({ Description, Resources: [resource] }: AsffFinding): string {
  const type = resource?.Type ?? '';
  const [, described] = /^(AWS::[A-Za-z0-9]{1,64}::[A-Za-z0-9]{1,64})\//.exec(Description ?? '') ?? [];
  return described ?? RESOURCE_TYPE_NAMES.get(type) ?? type;
}

/** Security Hub writes numbers as text. */
function countOf(raw: AsffFinding, name: string): number | undefined {
  const text = productField(raw, name);
  return /^\d{1,9}$/.test(text) ? Number(text) : undefined;
}

function productField({ ProductFields }: AsffFinding, name: string): string {
  return textOf(ProductFields !== undefined && ProductFields !== null && Object.hasOwn(ProductFields, name) ? ProductFields[name] : '');
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
