import { Type, type Static } from 'typebox';
import type { JsonObject } from './json.ts';

/**
 * The detail-types that carry a finding.
 * Source: https://docs.aws.amazon.com/eventbridge/latest/ref/events-ref-access-analyzer.html
 */
export const FINDING_KINDS = {
  'Access Analyzer Finding': 'external',
  'Unused Access Finding for IAM entities': 'unused',
  'Internal Access Finding': 'internal',
} as const;

export type FindingDetailType = keyof typeof FINDING_KINDS;
export type FindingKind = (typeof FINDING_KINDS)[FindingDetailType];

const Text = (maxLength: number) => Type.String({ minLength: 1, maxLength });
const OptionalText = Type.Optional(Type.Union([Type.String({ maxLength: 4096 }), Type.Null()]));
const Count = Type.Optional(Type.Union([Type.Number(), Type.Null()]));
const PrincipalValue = Type.Union([Type.String(), Type.Array(Type.String())]);

/**
 * The fields of a finding event that we read; further fields of `detail` are kept for rules.
 * Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html
 */
export const FindingEventFields = Type.Object({
  source: Type.Literal('aws.access-analyzer'),
  'detail-type': Type.Union([
    Type.Literal('Access Analyzer Finding'),
    Type.Literal('Unused Access Finding for IAM entities'),
    Type.Literal('Internal Access Finding'),
  ]),
  account: Text(64),
  region: Text(64),
  time: Text(64),
  resources: Type.Array(Text(2048), { minItems: 1, maxItems: 100 }),
  detail: Type.Object({
    id: OptionalText,
    findingId: OptionalText,
    findingType: OptionalText,
    status: Type.Union([Type.Literal('ACTIVE'), Type.Literal('ARCHIVED'), Type.Literal('RESOLVED')]),
    isDeleted: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    resource: Text(2048),
    resourceType: Text(256),
    accountId: OptionalText,
    region: OptionalText,
    principal: Type.Optional(
      Type.Union([
        Type.Record(Type.String(), PrincipalValue),
        PrincipalValue,
        Type.Array(Type.Record(Type.String(), PrincipalValue)),
        Type.Null(),
      ]),
    ),
    action: Type.Optional(Type.Union([Type.Array(Type.String()), Type.String(), Type.Null()])),
    condition: Type.Optional(Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()])),
    isPublic: Type.Optional(Type.Union([Type.Boolean(), Type.Null()])),
    accessType: OptionalText,
    principalType: OptionalText,
    principalOwnerAccount: OptionalText,
    resourceControlPolicyRestrictionType: OptionalText,
    serviceControlPolicyRestrictionType: OptionalText,
    error: OptionalText,
    numberOfUnusedServices: Count,
    numberOfUnusedActions: Count,
    createdAt: OptionalText,
    updatedAt: OptionalText,
    analyzedAt: OptionalText,
    // Their members are read one by one, because AWS adds kinds to these lists: see finding-details.ts.
    sources: Type.Optional(Type.Unknown()),
    findingDetails: Type.Optional(Type.Unknown()),
    recommendedSteps: Type.Optional(Type.Unknown()),
  }),
});

export type FindingEventFields = Static<typeof FindingEventFields>;

/** A finding as an EventBridge event with AWS's own field names: routing rules match against it. */
export interface FindingEvent {
  readonly source: string;
  readonly 'detail-type': string;
  readonly account: string;
  readonly region: string;
  readonly time: string;
  readonly resources: readonly string[];
  readonly detail: JsonObject;
}
