import type { JsonObject } from '../../../src/findings/json.ts';

/** Replaces parts of an event; `detail` is merged field by field. A field set to undefined is left out. */
export interface EventOverrides {
  readonly detail?: Readonly<Record<string, unknown>>;
  /** In place of the event's one resource. */
  readonly analyzerArn?: string;
  readonly [envelopeField: string]: unknown;
}

export const ANALYZER_ARN = 'arn:aws:access-analyzer:us-west-2:111122223333:analyzer/Company';

/** A public S3 bucket, as EventBridge delivers it. */
export function externalEvent(overrides: EventOverrides = {}): JsonObject {
  return merged(
    {
      version: '0',
      id: '11111111-2222-4444-aaaa-333333333333',
      'detail-type': 'Access Analyzer Finding',
      source: 'aws.access-analyzer',
      account: '111122223333',
      time: '2026-03-01T10:05:00Z',
      region: 'us-west-2',
      resources: [ANALYZER_ARN],
      detail: {
        version: '1.0',
        id: '22222222-dcba-4444-dcba-000000000001',
        status: 'ACTIVE',
        resourceType: 'AWS::S3::Bucket',
        resource: 'arn:aws:s3:::billing-export',
        createdAt: '2026-03-01T10:00:00Z',
        analyzedAt: '2026-03-01T10:00:30Z',
        updatedAt: '2026-03-01T10:00:00Z',
        accountId: '444455556666',
        region: 'us-west-2',
        principal: { AWS: '*' },
        action: ['s3:GetObject'],
        condition: {},
        isDeleted: false,
        isPublic: true,
      },
    },
    overrides,
  );
}

/** A role with permissions that it does not use. */
export function unusedEvent(overrides: EventOverrides = {}): JsonObject {
  return merged(
    {
      version: '0',
      id: 'dc7ce3ee-114b-3243-e249-7f10f9054b21',
      'detail-type': 'Unused Access Finding for IAM entities',
      source: 'aws.access-analyzer',
      account: '111122223333',
      time: '2026-03-01T10:05:00Z',
      region: 'us-west-2',
      resources: [ANALYZER_ARN],
      detail: {
        findingId: 'b8ae0460-5d29-4922-b92a-000000000001',
        findingType: 'UnusedPermission',
        resource: 'arn:aws:iam::444455556666:role/Reporting',
        resourceType: 'AWS::IAM::Role',
        accountId: '444455556666',
        createdAt: '2026-03-01T10:00:00.758Z',
        updatedAt: '2026-03-01T10:00:00.758Z',
        analyzedAt: '2026-03-01T10:00:00.758Z',
        previousStatus: '',
        status: 'ACTIVE',
        version: '62160bda-8e94-46d6-ac97-9670930d8ffb',
        isDeleted: false,
        numberOfUnusedServices: 0,
        numberOfUnusedActions: 1,
      },
    },
    overrides,
  );
}

/** A role inside the organization that can read a critical bucket. */
export function internalEvent(overrides: EventOverrides = {}): JsonObject {
  return merged(
    {
      version: '0',
      id: 'b45c3678-c278-b593-6121-c155259ce1b5',
      'detail-type': 'Internal Access Finding',
      source: 'aws.access-analyzer',
      account: '111122223333',
      time: '2026-03-01T10:05:00Z',
      region: 'us-east-1',
      resources: [ANALYZER_ARN],
      detail: {
        id: '33333333-2222-4444-aaaa-000000000001',
        findingType: 'InternalAccess',
        accessType: 'INTRA_ACCOUNT',
        action: ['s3:GetObject'],
        condition: {},
        principal: { AWS: 'arn:aws:iam::444455556666:role/Reader' },
        principalOwnerAccount: '444455556666',
        principalType: 'IAM_ROLE',
        resource: 'arn:aws:s3:::critical-data',
        resourceType: 'AWS::S3::Bucket',
        accountId: '444455556666',
        resourceControlPolicyRestrictionType: 'NOT_APPLICABLE',
        serviceControlPolicyRestrictionType: 'NOT_APPLICABLE',
        status: 'ACTIVE',
        createdAt: '2026-03-01T10:00:00.914099224Z',
        updatedAt: '2026-03-01T10:00:00.914099224Z',
        analyzedAt: '2026-03-01T10:00:00.914099224Z',
        isDeleted: false,
        version: '1.0',
      },
    },
    overrides,
  );
}

function merged(
  base: Record<string, unknown> & { resources: readonly string[]; detail: Record<string, unknown> },
  { detail, analyzerArn, ...envelope }: EventOverrides,
): JsonObject {
  const resources = analyzerArn === undefined ? base.resources : [analyzerArn];
  return JSON.parse(JSON.stringify({ ...base, resources, ...envelope, detail: { ...base.detail, ...detail } }));
}
