import { Type, type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { parseArn } from './arn.ts';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** The source of the access, which AWS names for S3 only: `POLICY`, `BUCKET_ACL`, `S3_ACCESS_POINT` or `S3_ACCESS_POINT_ACCOUNT`. */
export interface AccessSource {
  readonly type: string;
  readonly accessPointArn: string | null;
  /** The account that the access point belongs to: as AWS says, else from the ARN. */
  readonly accessPointAccount: string | null;
}

/** One unused item, as GetFindingV2 reports it; `lastAccessed` null: never, or longer ago than AWS looks back. */
export type UnusedDetail =
  | { readonly kind: 'role'; readonly lastAccessed: Timestamp | null }
  | { readonly kind: 'access-key'; readonly accessKeyId: string; readonly lastAccessed: Timestamp | null }
  | { readonly kind: 'password'; readonly lastAccessed: Timestamp | null }
  | UnusedPermission;

/** A service with unused permissions. */
export interface UnusedPermission {
  readonly kind: 'permission';
  /** As in IAM actions: `s3`. */
  readonly serviceNamespace: string;
  readonly lastAccessed: Timestamp | null;
  /** The unused actions; null: the whole service. */
  readonly actions: readonly UnusedAction[] | null;
}

export interface UnusedAction {
  /** Without the service: `GetObject`. */
  readonly action: string;
  readonly lastAccessed: Timestamp | null;
}

/** One step that AWS recommends for unused permissions. */
export interface RecommendedStep {
  /** `CREATE_POLICY` or `DETACH_POLICY`; open to new values. */
  readonly recommendedAction: string;
  /** The policy to put in place, JSON as text. */
  readonly recommendedPolicy: string | null;
  /** ARN or name of the policy to replace or detach. */
  readonly existingPolicyId: string | null;
}

const MaybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const LastAccessed = { lastAccessed: MaybeText };

const RawSource = Type.Object({
  type: Type.String(),
  detail: Type.Optional(Type.Union([Type.Object({ accessPointArn: MaybeText, accessPointAccount: MaybeText }), Type.Null()])),
});

/** Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingDetails.html */
const RawRole = Type.Object({ unusedIamRoleDetails: Type.Object(LastAccessed) });
const RawAccessKey = Type.Object({ unusedIamUserAccessKeyDetails: Type.Object({ accessKeyId: Type.String(), ...LastAccessed }) });
const RawPassword = Type.Object({ unusedIamUserPasswordDetails: Type.Object(LastAccessed) });
const RawPermission = Type.Object({
  unusedPermissionDetails: Type.Object({
    serviceNamespace: Type.String(),
    actions: Type.Optional(Type.Union([Type.Array(Type.Object({ action: Type.String(), ...LastAccessed })), Type.Null()])),
    ...LastAccessed,
  }),
});

/** Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_UnusedPermissionsRecommendedStep.html */
const RawStep = Type.Object({
  unusedPermissionsRecommendedStep: Type.Object({
    recommendedAction: Type.String(),
    recommendedPolicy: MaybeText,
    existingPolicyId: MaybeText,
  }),
});

const readSource = reader(RawSource, ({ type, detail }): AccessSource => ({
  type,
  accessPointArn: detail?.accessPointArn || null,
  accessPointAccount: detail?.accessPointAccount || parseArn(detail?.accessPointArn ?? '')?.accountId || null,
}));

const readUnused: readonly ((raw: unknown) => UnusedDetail | null)[] = [
  reader(RawRole, ({ unusedIamRoleDetails: raw }) => ({ kind: 'role', lastAccessed: timeOf(raw) })),
  reader(RawAccessKey, ({ unusedIamUserAccessKeyDetails: raw }) => ({
    kind: 'access-key',
    accessKeyId: raw.accessKeyId,
    lastAccessed: timeOf(raw),
  })),
  reader(RawPassword, ({ unusedIamUserPasswordDetails: raw }) => ({ kind: 'password', lastAccessed: timeOf(raw) })),
  reader(RawPermission, ({ unusedPermissionDetails: raw }) => ({
    kind: 'permission',
    serviceNamespace: raw.serviceNamespace,
    lastAccessed: timeOf(raw),
    actions: raw.actions?.map((one) => ({ action: one.action, lastAccessed: timeOf(one) })) ?? null,
  })),
];

const readStep = reader(RawStep, ({ unusedPermissionsRecommendedStep: raw }): RecommendedStep => ({
  recommendedAction: raw.recommendedAction,
  recommendedPolicy: raw.recommendedPolicy || null,
  existingPolicyId: raw.existingPolicyId || null,
}));

/** Members of another shape are left out: AWS adds kinds to these lists, and none of them is worth losing the finding. */
export function accessSources(raw: unknown): readonly AccessSource[] {
  return listOf(raw)?.flatMap((one) => readSource(one) ?? []) ?? [];
}

/** @returns null if AWS sent no list, which is not the same as an empty one */
export function unusedDetails(raw: unknown): readonly UnusedDetail[] | null {
  return listOf(raw)?.flatMap((one) => readUnused.flatMap((read) => read(one) ?? [])) ?? null;
}

/** @returns null if AWS sent no list: an empty one means that AWS recommends nothing */
export function recommendedSteps(raw: unknown): readonly RecommendedStep[] | null {
  return listOf(raw)?.flatMap((one) => readStep(one) ?? []) ?? null;
}

function reader<S extends TSchema, T>(schema: S, toOurs: (raw: Static<S>) => T): (raw: unknown) => T | null {
  const compiled: Validator<{}, S> = Compile(schema);
  return (raw) => (compiled.Check(raw) ? toOurs(raw) : null);
}

function timeOf({ lastAccessed }: { readonly lastAccessed?: string | null }): Timestamp | null {
  return lastAccessed ? parseTimestamp(lastAccessed) : null;
}

function listOf(raw: unknown): readonly unknown[] | null {
  return Array.isArray(raw) ? raw : null;
}
