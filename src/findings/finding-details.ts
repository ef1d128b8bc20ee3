import { Type, type Static, type TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { parseTimestamp, type Timestamp } from './timestamp.ts';

/** What lets the access in, which AWS says for S3 only: `POLICY`, `BUCKET_ACL`, `S3_ACCESS_POINT` or `S3_ACCESS_POINT_ACCOUNT`. */
export interface AccessSource {
  readonly type: string;
  readonly accessPointArn: string | null;
  readonly accessPointAccount: string | null;
}

/** One thing that is not used, as GetFindingV2 tells it; `lastAccessed` null: never, or longer ago than AWS looks back. */
export type UnusedDetail =
  | { readonly kind: 'role'; readonly lastAccessed: Timestamp | null }
  | { readonly kind: 'access-key'; readonly accessKeyId: string; readonly lastAccessed: Timestamp | null }
  | { readonly kind: 'password'; readonly lastAccessed: Timestamp | null }
  | UnusedPermission;

/** A service of which permissions are not used. */
export interface UnusedPermission {
  readonly kind: 'permission';
  /** As in IAM actions: `s3`. */
  readonly serviceNamespace: string;
  readonly lastAccessed: Timestamp | null;
  /** Those that are not used; null: the whole service. */
  readonly actions: readonly UnusedAction[] | null;
}

export interface UnusedAction {
  /** Without the service: `GetObject`. */
  readonly action: string;
  readonly lastAccessed: Timestamp | null;
}

/** One step that AWS recommends against unused permissions. */
export interface RecommendedStep {
  /** `CREATE_POLICY` or `DETACH_POLICY`; open to new values. */
  readonly recommendedAction: string;
  /** The policy to put in place, JSON as text. */
  readonly recommendedPolicy: string | null;
  /** ARN or name of the policy that it replaces, or that is to be detached. */
  readonly existingPolicyId: string | null;
}

const MaybeText = Type.Optional(Type.Union([Type.String(), Type.Null()]));
const LastAccessed = { lastAccessed: MaybeText };

const SaidSource = Type.Object({
  type: Type.String(),
  detail: Type.Optional(Type.Union([Type.Object({ accessPointArn: MaybeText, accessPointAccount: MaybeText }), Type.Null()])),
});

/** Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingDetails.html */
const SaidRole = Type.Object({ unusedIamRoleDetails: Type.Object(LastAccessed) });
const SaidAccessKey = Type.Object({ unusedIamUserAccessKeyDetails: Type.Object({ accessKeyId: Type.String(), ...LastAccessed }) });
const SaidPassword = Type.Object({ unusedIamUserPasswordDetails: Type.Object(LastAccessed) });
const SaidPermission = Type.Object({
  unusedPermissionDetails: Type.Object({
    serviceNamespace: Type.String(),
    actions: Type.Optional(Type.Union([Type.Array(Type.Object({ action: Type.String(), ...LastAccessed })), Type.Null()])),
    ...LastAccessed,
  }),
});

/** Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_UnusedPermissionsRecommendedStep.html */
const SaidStep = Type.Object({
  unusedPermissionsRecommendedStep: Type.Object({
    recommendedAction: Type.String(),
    recommendedPolicy: MaybeText,
    existingPolicyId: MaybeText,
  }),
});

const readSource = reader(SaidSource, ({ type, detail }): AccessSource => ({
  type,
  accessPointArn: detail?.accessPointArn || null,
  accessPointAccount: detail?.accessPointAccount || null,
}));

const readUnused: readonly ((said: unknown) => UnusedDetail | null)[] = [
  reader(SaidRole, ({ unusedIamRoleDetails: said }) => ({ kind: 'role', lastAccessed: timeOf(said) })),
  reader(SaidAccessKey, ({ unusedIamUserAccessKeyDetails: said }) => ({
    kind: 'access-key',
    accessKeyId: said.accessKeyId,
    lastAccessed: timeOf(said),
  })),
  reader(SaidPassword, ({ unusedIamUserPasswordDetails: said }) => ({ kind: 'password', lastAccessed: timeOf(said) })),
  reader(SaidPermission, ({ unusedPermissionDetails: said }) => ({
    kind: 'permission',
    serviceNamespace: said.serviceNamespace,
    lastAccessed: timeOf(said),
    actions: said.actions?.map((one) => ({ action: one.action, lastAccessed: timeOf(one) })) ?? null,
  })),
];

const readStep = reader(SaidStep, ({ unusedPermissionsRecommendedStep: said }): RecommendedStep => ({
  recommendedAction: said.recommendedAction,
  recommendedPolicy: said.recommendedPolicy || null,
  existingPolicyId: said.existingPolicyId || null,
}));

/** What is of another shape is left out: AWS adds members to these lists, and none of them is worth losing the finding. */
export function accessSources(said: unknown): readonly AccessSource[] {
  return listOf(said)?.flatMap((one) => readSource(one) ?? []) ?? [];
}

/** @returns null when nothing was said, which is not the same as an empty list */
export function unusedDetails(said: unknown): readonly UnusedDetail[] | null {
  return listOf(said)?.flatMap((one) => readUnused.flatMap((read) => read(one) ?? [])) ?? null;
}

/** @returns null when nothing was said: an empty list says that AWS recommends nothing */
export function recommendedSteps(said: unknown): readonly RecommendedStep[] | null {
  return listOf(said)?.flatMap((one) => readStep(one) ?? []) ?? null;
}

function reader<S extends TSchema, T>(schema: S, toOurs: (said: Static<S>) => T): (said: unknown) => T | null {
  const compiled: Validator<{}, S> = Compile(schema);
  return (said) => (compiled.Check(said) ? toOurs(said) : null);
}

function timeOf({ lastAccessed }: { readonly lastAccessed?: string | null }): Timestamp | null {
  return lastAccessed ? parseTimestamp(lastAccessed) : null;
}

function listOf(said: unknown): readonly unknown[] | null {
  return Array.isArray(said) ? said : null;
}
