import { expect, test } from 'vitest';
import type { Finding } from '../../src/findings/finding.ts';
import { mergeFinding } from '../../src/findings/merge-finding.ts';
import { externalEvent, internalEvent, unusedEvent, type EventOverrides } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

type Detail = NonNullable<EventOverrides['detail']>;

const external = (detail: Detail = {}): Finding => findingOf(externalEvent({ detail }));
const internal = (detail: Detail = {}): Finding => findingOf(internalEvent({ detail }));
const unused = (detail: Detail = {}): Finding => findingOf(unusedEvent({ detail }));

/** Fields that GetFindingV2 has inside, and the event at the top. */
const FLAT = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined } as const;

const LAST = '2025-11-02T08:00:00.123Z';
const AT = '2025-11-02T08:00:00.123000000Z';

test('unused access, one of each kind, as GetFindingV2 reports it', () => {
  const finding = unused({
    findingDetails: [
      { unusedIamRoleDetails: { lastAccessed: LAST } },
      { unusedIamRoleDetails: {} },
      { unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', lastAccessed: LAST } },
      { unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIAI44QH8DHBEXAMPLE' } },
      { unusedIamUserPasswordDetails: { lastAccessed: null } },
      { unusedPermissionDetails: { serviceNamespace: 'sqs', lastAccessed: LAST } },
      {
        unusedPermissionDetails: {
          serviceNamespace: 's3',
          actions: [{ action: 'PutObject', lastAccessed: LAST }, { action: 'GetObject' }],
        },
      },
    ],
  });
  expect(finding.unusedDetails).toEqual([
    { kind: 'role', lastAccessed: AT },
    { kind: 'role', lastAccessed: null },
    { kind: 'access-key', accessKeyId: 'AKIAIOSFODNN7EXAMPLE', lastAccessed: AT },
    { kind: 'access-key', accessKeyId: 'AKIAI44QH8DHBEXAMPLE', lastAccessed: null },
    { kind: 'password', lastAccessed: null },
    { kind: 'permission', serviceNamespace: 'sqs', lastAccessed: AT, actions: null },
    {
      kind: 'permission',
      serviceNamespace: 's3',
      lastAccessed: null,
      actions: [
        { action: 'PutObject', lastAccessed: AT },
        { action: 'GetObject', lastAccessed: null },
      ],
    },
  ]);
});

test('the recommendation of AWS', () => {
  const step = {
    recommendedAction: 'CREATE_POLICY',
    recommendedPolicy: '{"Version":"2012-10-17"}',
    existingPolicyId: 'arn:aws:iam::1:policy/p',
  };
  const finding = unused({
    recommendedSteps: [
      { unusedPermissionsRecommendedStep: { ...step, policyUpdatedAt: LAST } },
      { unusedPermissionsRecommendedStep: { recommendedAction: 'DETACH_POLICY' } },
    ],
  });
  expect(finding.recommendedSteps).toEqual([step, { recommendedAction: 'DETACH_POLICY', recommendedPolicy: null, existingPolicyId: null }]);
});

test('sources of access', () => {
  const detail = { accessPointArn: 'arn:aws:s3:us-west-2:1:accesspoint/a', accessPointAccount: '111111111111' };
  expect(external({ sources: [{ type: 'POLICY' }, { type: 'S3_ACCESS_POINT', detail }, { type: 'NEW', detail: null }] }).sources).toEqual([
    { type: 'POLICY', accessPointArn: null, accessPointAccount: null },
    { type: 'S3_ACCESS_POINT', ...detail },
    { type: 'NEW', accessPointArn: null, accessPointAccount: null },
  ]);
});

test('no list is not the same as an empty list', () => {
  expect(unused()).toMatchObject({ unusedDetails: null, recommendedSteps: null, sources: [] });
  expect(unused({ findingDetails: null, recommendedSteps: null, sources: null })).toMatchObject({
    unusedDetails: null,
    recommendedSteps: null,
  });
  expect(unused({ findingDetails: [], recommendedSteps: [], sources: [] })).toMatchObject({ unusedDetails: [], recommendedSteps: [] });
});

test.each<readonly [string, unknown]>([
  ['a new kind', { unusedSomethingDetails: { lastAccessed: LAST } }],
  ['no object', 'text'],
  ['null', null],
  ['a key without id', { unusedIamUserAccessKeyDetails: {} }],
  ['a time that is a number', { unusedIamRoleDetails: { lastAccessed: 5 } }],
  ['actions that are texts', { unusedPermissionDetails: { serviceNamespace: 's3', actions: ['s3:GetObject'] } }],
])('a member that is %s is left out, and the finding stays', (_, member) => {
  const good = { unusedIamRoleDetails: {} };
  expect(unused({ findingDetails: [member, good] }).unusedDetails).toEqual([{ kind: 'role', lastAccessed: null }]);
  expect(unused({ recommendedSteps: [member] }).recommendedSteps).toEqual([]);
  expect(external({ sources: [member] }).sources).toEqual([]);
});

test('a value that is no list counts as absent, and one that is no time as unknown', () => {
  expect(unused({ findingDetails: {}, recommendedSteps: 'x', sources: 5 })).toMatchObject({
    unusedDetails: null,
    recommendedSteps: null,
    sources: [],
  });
  expect(unused({ findingDetails: [{ unusedIamRoleDetails: { lastAccessed: 'long ago' } }] }).unusedDetails).toEqual([
    { kind: 'role', lastAccessed: null },
  ]);
});

test('access that an answer of the API has inside is read as if it were at the top, for rules too', () => {
  const inside = { principal: { AWS: '999988887777' }, action: ['s3:GetObject'], condition: { 'aws:SourceVpc': 'v' }, isPublic: false };
  const finding = external({
    ...FLAT,
    findingDetails: [
      { externalAccessDetails: { ...inside, sources: [{ type: 'POLICY' }], resourceControlPolicyRestriction: 'APPLICABLE' } },
    ],
  });
  expect(finding).toMatchObject({
    isPublic: false,
    principals: [{ kind: 'AWS', value: '999988887777' }],
    actions: ['s3:GetObject'],
    conditions: [{ key: 'aws:SourceVpc', value: 'v' }],
    sources: [{ type: 'POLICY' }],
    rcpRestriction: 'APPLICABLE',
    unusedDetails: [],
  });
  expect(finding.event.detail).toMatchObject({ ...inside, resourceControlPolicyRestrictionType: 'APPLICABLE' });
});

test('the same of internal access', () => {
  const finding = internal({
    ...FLAT,
    accessType: undefined,
    principalType: undefined,
    principalOwnerAccount: undefined,
    resourceControlPolicyRestrictionType: undefined,
    serviceControlPolicyRestrictionType: undefined,
    findingDetails: [
      {
        internalAccessDetails: {
          principal: { AWS: 'arn:aws:iam::1:user/u' },
          accessType: 'INTRA_ORG',
          principalType: 'IAM_USER',
          principalOwnerAccount: '111111111111',
          resourceControlPolicyRestriction: 'APPLIED',
          serviceControlPolicyRestriction: 'FAILED_TO_EVALUATE_SCP',
        },
      },
    ],
  });
  expect(finding).toMatchObject({
    principals: [{ kind: 'AWS', value: 'arn:aws:iam::1:user/u' }],
    accessType: 'INTRA_ORG',
    principalType: 'IAM_USER',
    principalOwnerAccount: '111111111111',
    rcpRestriction: 'APPLIED',
    scpRestriction: 'FAILED_TO_EVALUATE_SCP',
  });
});

test('the fields of an event of internal access', () => {
  expect(internal()).toMatchObject({
    accessType: 'INTRA_ACCOUNT',
    principalType: 'IAM_ROLE',
    principalOwnerAccount: '444455556666',
    rcpRestriction: 'NOT_APPLICABLE',
    scpRestriction: 'NOT_APPLICABLE',
  });
});

test('fields at the top take precedence, if they have a value', () => {
  const findingDetails = [{ externalAccessDetails: { isPublic: false, action: ['s3:PutObject'], principal: { AWS: '1' } } }];
  expect(external({ findingDetails })).toMatchObject({ isPublic: true, actions: ['s3:GetObject'], principals: [{ value: '*' }] });
  expect(external({ findingDetails, action: [], principal: null, isPublic: null })).toMatchObject({
    isPublic: false,
    actions: [],
    principals: [{ value: '1' }],
  });
});

test('names of the API for the same thing', () => {
  expect(external({ accountId: undefined, resourceOwnerAccount: '123123123123' })).toMatchObject({ accountId: '123123123123' });
  expect(external({ resourceOwnerAccount: '123123123123' }).accountId).toBe('444455556666');
  const details = internal({
    resourceControlPolicyRestrictionType: undefined,
    serviceControlPolicyRestrictionType: '',
    resourceControlPolicyRestriction: 'A',
    serviceControlPolicyRestriction: 'B',
  });
  expect(details).toMatchObject({ rcpRestriction: 'A', scpRestriction: 'B' });
});

test.each<readonly [string, unknown]>([
  ['empty', [{ externalAccessDetails: {} }]],
  ['of no shape', [{ externalAccessDetails: 'x' }, 5, null, []]],
  ['no list', 'x'],
])('details that are %s say nothing', (_, findingDetails) => {
  expect(external({ ...FLAT, findingDetails, error: 'ACCESS_DENIED' })).toMatchObject({ isPublic: null, principals: [], actions: [] });
});

test('fields of details named like parts of every object are not taken', () => {
  const findingDetails = JSON.parse('[{"externalAccessDetails":{"__proto__":{"isPublic":true,"principal":"x"},"constructor":"c"}}]');
  const finding = external({ ...FLAT, findingDetails });
  expect(finding).toMatchObject({ isPublic: null, principals: [] });
  expect(Object.hasOwn(Object.prototype, 'isPublic')).toBe(false);
});

const LATER = { updatedAt: '2026-03-02T10:00:00Z' };
const DETAILS = {
  findingDetails: [{ unusedPermissionDetails: { serviceNamespace: 's3' } }],
  recommendedSteps: [{ unusedPermissionsRecommendedStep: { recommendedAction: 'DETACH_POLICY' } }],
};

test('details stay when later events do not carry them, in whatever order both come', () => {
  const [asked, event] = [unused(DETAILS), unused({ ...LATER, status: 'RESOLVED' })];
  const { unusedDetails, recommendedSteps } = asked;
  expect(unusedDetails).toHaveLength(1);
  expect(recommendedSteps).toHaveLength(1);
  const merged = mergeFinding(asked, event).finding;
  expect(merged).toMatchObject({ status: 'RESOLVED', unusedDetails, recommendedSteps });
  expect(mergeFinding(event, asked)).toEqual({ finding: merged, because: 'fuller' });
  // Until they are fetched again they belong to the older one, and are recorded so.
  expect(Object.keys(merged.carried).toSorted()).toEqual(['findingDetails', 'recommendedSteps']);
  expect(merged.carried['findingDetails']?.startsWith(asked.updatedAt)).toBe(true);
});

test('newer details replace all older ones; empty ones too', () => {
  const [first, second, none] = [
    unused(DETAILS),
    unused({ ...LATER, findingDetails: [{ unusedIamRoleDetails: {} }] }),
    unused({ updatedAt: '2026-03-03T10:00:00Z', findingDetails: [], recommendedSteps: [] }),
  ];
  expect(mergeFinding(first, second).finding.unusedDetails).toEqual([{ kind: 'role', lastAccessed: null }]);
  expect(mergeFinding(second, first).finding.unusedDetails).toEqual([{ kind: 'role', lastAccessed: null }]);
  expect(mergeFinding(first, none).finding).toMatchObject({ unusedDetails: [], recommendedSteps: [] });
});

test('access in a newer event is never taken from inside an older answer of the API', () => {
  const inside = {
    externalAccessDetails: { isPublic: true, action: ['s3:PutObject'], principal: { AWS: '*' }, sources: [{ type: 'BUCKET_ACL' }] },
  };
  const answer = external({ ...FLAT, findingDetails: [inside] });
  const event = external({ ...LATER, isPublic: false, action: ['s3:GetObject'], principal: { AWS: '999988887777' } });
  for (const { finding } of [mergeFinding(answer, event), mergeFinding(event, answer)]) {
    expect(finding).toMatchObject({
      isPublic: false,
      actions: ['s3:GetObject'],
      principals: [{ value: '999988887777' }],
      sources: [{ type: 'BUCKET_ACL' }],
    });
  }
});
