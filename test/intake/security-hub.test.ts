import { expect, test } from 'vitest';
import { hasAnalyzerId, type Finding } from '../../src/findings/finding.ts';
import { lifecycleOf } from '../../src/findings/lifecycle.ts';
import { mergeFinding } from '../../src/findings/merge-finding.ts';
import type { JsonObject } from '../../src/findings/json.ts';
import { groupKey } from '../../src/issues/group-key.ts';
import { ANALYZER_ARN, externalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { externalAsff, hubEvent, inspectorAsff, notification, ocsfEvent, unusedAsff } from '../support/findings/message-shapes.ts';
import { readAll, readOne } from '../support/service/read-one.ts';

const read = (...findings: readonly unknown[]) => readAll(JSON.stringify(hubEvent(findings)));

function findingIn(asff: JsonObject): Finding {
  const [part] = read(asff);
  if (part?.kind !== 'finding') throw new Error(JSON.stringify({ ...part, body: '' }));
  return part.finding;
}

function ofEvent(event: JsonObject): Finding {
  const part = readOne(JSON.stringify(event));
  if (part.kind !== 'finding') throw new Error(part.because);
  return part.finding;
}

/** Fields of both. Both give the type of unused access, neither that of external access. */
const SHARED = [
  'key',
  'findingId',
  'analyzerArn',
  'kind',
  'findingType',
  'status',
  'deleted',
  'error',
  'resource',
  'resourceType',
  'accountId',
  'region',
  'isPublic',
  'principals',
  'actions',
  'conditions',
  'unusedServices',
  'unusedActions',
  'createdAt',
  'updatedAt',
] as const;

test.each([
  ['external', externalAsff(), externalEvent()],
  ['unused', unusedAsff(), unusedEvent()],
])('an %s finding is the same one as from its own event', (_, asff, event) => {
  const [hub, own] = [findingIn(asff), ofEvent(event)];
  for (const field of SHARED) expect([field, hub[field]]).toEqual([field, own[field]]);
  expect(hub.event).toMatchObject({
    source: 'aws.access-analyzer',
    'detail-type': own.event['detail-type'],
    account: '111122223333',
    region: 'us-west-2',
    resources: [ANALYZER_ARN],
  });
  expect(groupKey(hub, 'access')).toBe(groupKey(own, 'access'));
});

test('findings of several products in one event, each read by itself', () => {
  const other = unusedAsff({ ProductFields: { findingId: 'other', findingType: 'UnusedIAMRole' } });
  const parts = read(externalAsff(), inspectorAsff(), unusedAsff(), other);
  expect(parts.map((part) => (part.kind === 'finding' ? part.finding.findingId : part.because))).toEqual([
    '22222222-dcba-4444-dcba-000000000001',
    'other-product',
    'b8ae0460-5d29-4922-b92a-000000000001',
    'other',
  ]);
});

test('a broken one is kept alone, and can be read alone when the cause is fixed', () => {
  const broken = externalAsff({ Resources: [] });
  const parts = read(externalAsff(), broken, inspectorAsff());
  expect(parts.map(({ kind }) => kind)).toEqual(['finding', 'unreadable', 'ignored']);
  const [, poison] = parts;
  if (poison?.kind !== 'unreadable') throw new Error('it was read');
  expect(poison).toMatchObject({ because: 'not-a-finding', path: 'detail.findings.1.Resources' });
  expect(JSON.parse(poison.body)).toEqual(hubEvent([broken]));
  expect(readOne(poison.body)).toMatchObject({ because: 'not-a-finding', path: 'detail.findings.0.Resources', body: poison.body });
});

test('an event with one broken finding is kept as it came', () => {
  const body = notification(JSON.stringify(hubEvent([externalAsff({ Id: '' })])));
  expect(readOne(body)).toMatchObject({ because: 'not-a-finding', path: 'detail.findings.0.Id', body });
});

test('two that are broken are kept as two', () => {
  const parts = read(externalAsff({ Id: 1 }), externalAsff({ Id: 2 }));
  expect(new Set(parts.map((part) => (part.kind === 'unreadable' ? part.body : ''))).size).toBe(2);
});

test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
  ['archived', { RecordState: 'ARCHIVED' }, 'ended'],
  ['archived, and suppressed by a person', { RecordState: 'ARCHIVED', Workflow: { Status: 'SUPPRESSED' } }, 'archived'],
  ['archived, and resolved', { RecordState: 'ARCHIVED', Workflow: { Status: 'RESOLVED' } }, 'resolved'],
  ['active, and suppressed', { Workflow: { Status: 'SUPPRESSED' } }, 'archived'],
])('the lifecycle of a record that is %s', (_, record, standing) => {
  expect(lifecycleOf(findingIn(externalAsff(record)))).toBe(standing);
  expect(lifecycleOf(findingIn(unusedAsff(record)))).toBe(standing);
});

test('an event that says archived is believed, whatever Security Hub left open', () => {
  const hub = findingIn(externalAsff({ RecordState: 'ARCHIVED', UpdatedAt: '2026-03-02T10:00:00Z' }));
  const event = ofEvent(externalEvent({ detail: { status: 'ARCHIVED', updatedAt: '2026-03-02T11:00:00Z' } }));
  expect(lifecycleOf(mergeFinding(hub, event).finding)).toBe('archived');
});

test.each<readonly [string, Readonly<Record<string, unknown>>, string]>([
  ['active', {}, 'ACTIVE'],
  ['without a state', { RecordState: undefined, Workflow: undefined }, 'ACTIVE'],
  ['archived: resolved or archived, which is unknown', { RecordState: 'ARCHIVED' }, 'ARCHIVED'],
  ['archived, without a workflow', { RecordState: 'ARCHIVED', Workflow: null }, 'ARCHIVED'],
  ['archived, and resolved by its workflow', { RecordState: 'ARCHIVED', Workflow: { Status: 'RESOLVED' } }, 'RESOLVED'],
  ['active, and suppressed', { Workflow: { Status: 'SUPPRESSED' } }, 'ARCHIVED'],
  ['active, though its workflow is resolved', { Workflow: { Status: 'RESOLVED' } }, 'ACTIVE'],
  ['active, and its workflow is notified', { Workflow: { Status: 'NOTIFIED' } }, 'ACTIVE'],
])('a record that is %s', (_, record, status) => {
  expect(findingIn(externalAsff(record)).status).toBe(status);
  expect(findingIn(unusedAsff(record)).status).toBe(status);
});

test.each<readonly [string, string | undefined, string]>([
  ['of the console today', 'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/details/the-id', 'the-id'],
  ['of the console before', 'https://console.aws.amazon.com/access-analyzer/home?region=us-west-2#/findings/the-id', 'the-id'],
  ['of another partition', 'https://console.amazonaws.cn/access-analyzer/home?region=cn-north-1#/findings/details/the-id', 'the-id'],
  [
    'of another page',
    'https://console.aws.amazon.com/access-analyzer/home#/analyzer/the-analyzer',
    `${ANALYZER_ARN}/arn:aws:s3:::billing-export`,
  ],
  ['that is not there', undefined, `${ANALYZER_ARN}/arn:aws:s3:::billing-export`],
])('the id of external access comes from an address %s', (_, SourceUrl, findingId) => {
  expect(findingIn(externalAsff({ SourceUrl })).findingId).toBe(findingId);
});

test('a record without an id of Access Analyzer is the same finding whenever it comes, and shares the issue of its own event by access', () => {
  const bare = { SourceUrl: undefined, ProductFields: { 'aws/securityhub/ProductName': 'IAM Access Analyzer' } };
  const [first, later] = [findingIn(externalAsff(bare)), findingIn(externalAsff({ ...bare, UpdatedAt: '2026-03-02T10:00:00Z' }))];
  expect(first.key).toBe(`${ANALYZER_ARN}|${ANALYZER_ARN}/arn:aws:s3:::billing-export`);
  expect(later.key).toBe(first.key);
  expect(hasAnalyzerId(first)).toBe(false);
  const own = ofEvent(externalEvent());
  expect(hasAnalyzerId(own)).toBe(true);
  for (const by of ['access', 'resource'] as const) expect(groupKey(first, by)).toBe(groupKey(own, by));
  // Its id says nothing about the event's: one issue for each finding cannot bring them together.
  expect(groupKey(first, 'finding')).not.toBe(groupKey(own, 'finding'));
});

test('the id of unused access is a field of its own, else that of Security Hub', () => {
  expect(findingIn(unusedAsff({ ProductFields: { findingType: 'UnusedPermission' } })).findingId).toBe(
    `${ANALYZER_ARN}/arn:aws:iam::444455556666:role/Reporting/UnusedPermissions`,
  );
});

test.each([
  [`${ANALYZER_ARN}/arn:aws:s3:::b`, ANALYZER_ARN],
  [
    'arn:aws-us-gov:access-analyzer:us-gov-west-1:1:analyzer/a.b_c-d/arn:x',
    'arn:aws-us-gov:access-analyzer:us-gov-west-1:1:analyzer/a.b_c-d',
  ],
  ['arn:aws:securityhub:us-east-1:123456789012:finding/def-456', 'unknown'],
  [ANALYZER_ARN, 'unknown'],
  ['arn:aws:access-analyzer:us-west-2:1:analyzer/a|b/arn:x', 'unknown'],
])('the analyzer of %s', (Id, analyzerArn) => {
  expect(findingIn(externalAsff({ Id })).analyzerArn).toBe(analyzerArn);
});

test.each<readonly [string, JsonObject, string]>([
  ['the field that begins with a capital', { ProductFields: { ResourceOwnerAccount: '222222222222' } }, '222222222222'],
  ['the field that does not', { ProductFields: { resourceOwnerAccount: '333333333333' } }, '333333333333'],
  ['the account of the analyzer, where the ARN names none', { ProductFields: null }, '111122223333'],
  [
    'the ARN of the resource',
    { ProductFields: {}, Resources: [{ Type: 'AwsSqsQueue', Id: 'arn:aws:sqs:us-west-2:555555555555:q' }] },
    '555555555555',
  ],
])('the owner is %s', (_, record, accountId) => {
  expect(findingIn(externalAsff(record)).accountId).toBe(accountId);
});

test.each([
  ['AwsS3Bucket', undefined, 'AWS::S3::Bucket'],
  ['AwsIamUser', undefined, 'AWS::IAM::User'],
  ['AwsRdsDbClusterSnapshot', undefined, 'AWS::RDS::DBClusterSnapshot'],
  ['Other', 'AWS::EC2::Snapshot/arn:aws:ec2:us-west-2::snapshot/snap-1/ allows public access', 'AWS::EC2::Snapshot'],
  ['AwsS3Bucket', 'AWS::S3Express::DirectoryBucket/arn:aws:s3express:x/ allows', 'AWS::S3Express::DirectoryBucket'],
  ['AwsNewThing', 'A new thing is open', 'AwsNewThing'],
  ['constructor', undefined, 'constructor'],
])('the type %s with the description %s', (Type, Description, resourceType) => {
  const Resources = [{ Type, Id: 'arn:aws:s3:::b' }];
  expect(findingIn(externalAsff({ Description, Resources })).resourceType).toBe(resourceType);
});

const BEST_PRACTICES = 'Software and Configuration Checks/AWS Security Best Practices';

test.each<readonly [string, readonly string[], boolean | null]>([
  ['public', ['Effects/Data Exposure/External Access Granted'], true],
  ['from another account', [`${BEST_PRACTICES}/External Access Granted`], false],
  ['of a type that we do not know', ['Effects/Other'], null],
])('access %s', (_, Types, isPublic) => {
  expect(findingIn(externalAsff({ Types })).isPublic).toBe(isPublic);
});

test.each([
  ['Unused Permission', 'UnusedPermission'],
  ['Unused IAM Role', 'UnusedIAMRole'],
  ['Unused IAM User Password', 'UnusedIAMUserPassword'],
  ['Unused IAM User Access Key', 'UnusedIAMUserAccessKey'],
])('%s, recognized by its type alone', (type, findingType) => {
  expect(findingIn(unusedAsff({ Types: [`${BEST_PRACTICES}/${type}`], ProductFields: { findingId: 'x' } }))).toMatchObject({
    kind: 'unused',
    findingType,
    findingId: 'x',
    unusedServices: null,
  });
});

test('the field that names the type counts before the words of Security Hub', () => {
  const Types = [`${BEST_PRACTICES}/Unused Permission`];
  expect(findingIn(unusedAsff({ Types, ProductFields: { findingId: 'x', findingType: 'UnusedIAMRole' } })).findingType).toBe(
    'UnusedIAMRole',
  );
});

test('internal access, should Security Hub ever report it', () => {
  const Types = [`${BEST_PRACTICES}/Internal Access Granted`];
  expect(findingIn(externalAsff({ Types }))).toMatchObject({ kind: 'internal', findingType: 'InternalAccess', isPublic: null });
});

test('counts are written as text, and other texts are ignored', () => {
  const counts = (numberOfUnusedActions: unknown, numberOfUnusedServices: unknown) =>
    findingIn(unusedAsff({ ProductFields: { findingId: 'x', numberOfUnusedActions, numberOfUnusedServices } }));
  expect(counts('256', '15')).toMatchObject({ unusedActions: 256, unusedServices: 15 });
  expect(counts('many', '-1')).toMatchObject({ unusedActions: null, unusedServices: null });
  expect(counts(256, '')).toMatchObject({ unusedActions: null, unusedServices: null });
});

const access = (other: JsonObject): Finding =>
  findingIn(externalAsff({ Resources: [{ Type: 'AwsIamRole', Id: 'arn:aws:iam::444455556666:role/r', Details: { Other: other } }] }));

test('who, what and when', () => {
  expect(
    access({
      'External Principal Type': 'Federated',
      'External Principal': 'accounts.google.com',
      'Action Granted': 'sts:TagSession, sts:AssumeRole',
      'Resource Control Policy Restriction Type': 'APPLICABLE',
    }),
  ).toMatchObject({
    principals: [{ kind: 'Federated', value: 'accounts.google.com' }],
    actions: ['sts:AssumeRole', 'sts:TagSession'],
    conditions: [],
    rcpRestriction: 'APPLICABLE',
  });
  expect(access({})).toMatchObject({ principals: [], actions: [], conditions: [], rcpRestriction: null });
  expect(access({ 'External Principal': '444455556666' }).principals).toEqual([{ kind: 'AWS', value: '444455556666' }]);
});

test.each([
  ['none', []],
  [
    '{"aws:SourceVpc":"vpc-1","aws:SourceIp":["192.0.2.1"]}',
    [
      ['aws:SourceIp', '["192.0.2.1"]'],
      ['aws:SourceVpc', 'vpc-1'],
    ],
  ],
  ['aws:SourceVpc is vpc-1', [['Condition', 'aws:SourceVpc is vpc-1']]],
  ['["x"]', [['Condition', '["x"]']]],
  [`{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`, [['Condition', `{"a":${'['.repeat(5_000)}${']'.repeat(5_000)}}`]]],
])('the condition %s', (Condition, conditions) => {
  expect(access({ Condition }).conditions.map(({ key, value }) => [key, value])).toEqual(conditions);
});

test('the Region is that of the resource, else of the analyzer, else of Security Hub', () => {
  const Resources = [{ Type: 'AwsKmsKey', Id: 'arn:aws:kms:eu-west-1:1:key/k', Region: 'eu-west-1' }];
  expect(findingIn(externalAsff({ Resources })).region).toBe('eu-west-1');
  expect(readOne(JSON.stringify(hubEvent([externalAsff()], { region: 'sa-east-1' })))).toMatchObject({
    finding: { region: 'us-west-2', event: { region: 'us-west-2' } },
  });
  expect(readOne(JSON.stringify(hubEvent([externalAsff({ Id: 'x' })], { region: 'sa-east-1' })))).toMatchObject({
    finding: { region: 'sa-east-1', analyzerArn: 'unknown' },
  });
});

test('a beta is refused, and only allowed accounts count, each finding by itself', () => {
  const beta = externalAsff({ Id: 'arn:aws:access-analyzer-beta:us-west-2:1:analyzer/x/arn:aws:s3:::b' });
  expect(read(externalAsff(), beta)[1]).toMatchObject({ because: 'test-source', path: 'detail.findings.1' });
  const parts = readAll(JSON.stringify(hubEvent([externalAsff(), unusedAsff({ ProductFields: { resourceOwnerAccount: '9' } })])), [
    '444455556666',
  ]);
  expect(parts.map((part) => (part.kind === 'finding' ? part.kind : part.because))).toEqual(['finding', 'account-not-allowed']);
});

test.each<readonly [because: string, path: string, what: string, event: JsonObject]>([
  ['not-a-finding', 'detail.findings', 'no findings', hubEvent([])],
  ['not-a-finding', 'detail.findings', 'findings that are no list', hubEvent([], { detail: { findings: {} } })],
  ['not-a-finding', 'detail.findings', 'no detail', hubEvent([], { detail: null })],
  ['not-a-finding', 'detail.findings.0.ProductArn', 'a finding that is a text', hubEvent(['x'])],
  ['not-a-finding', 'detail.findings.0.ProductArn', 'null', hubEvent([null])],
  ['not-a-finding', 'detail.findings.0.RecordState', 'a new state', hubEvent([externalAsff({ RecordState: 'SNOOZED' })])],
  ['not-a-finding', 'detail.findings.0', 'the future', hubEvent([externalAsff({ UpdatedAt: '2027-01-01T00:00:00Z' })])],
  ['not-a-finding', 'detail.findings.0', 'an envelope without time', hubEvent([externalAsff()], { time: undefined })],
  ['unknown-detail-type', 'detail-type', 'insights', hubEvent([externalAsff()], { 'detail-type': 'Security Hub Insight Results' })],
  ['unknown-detail-type', 'detail-type', 'no detail-type', hubEvent([externalAsff()], { 'detail-type': undefined })],
])('%s at "%s": %s', (because, path, _, event) => {
  expect(readOne(JSON.stringify(event))).toMatchObject({ kind: 'unreadable', because, path });
});

test.each([
  ['arn:aws:securityhub:us-west-2::product/aws/inspector', 'other-product'],
  ['arn:aws:securityhub:us-west-2::product/vendor/aws/access-analyzer', 'other-product'],
  ['arn:aws:another:us-west-2::product/aws/access-analyzer', 'other-product'],
  ['product/aws/access-analyzer', 'other-product'],
])('the product %s', (ProductArn, because) => {
  expect(read(externalAsff({ ProductArn }))).toEqual([{ kind: 'ignored', because }]);
});

test.each([
  'arn:aws-cn:securityhub:cn-north-1::product/aws/access-analyzer',
  'arn:aws-us-gov:securityhub:us-gov-west-1::product/aws/access-analyzer',
])('the product of another partition: %s', (ProductArn) => {
  expect(read(externalAsff({ ProductArn }))).toMatchObject([{ kind: 'finding' }]);
});

test.each([
  [{ name: 'IAM Access Analyzer', vendor_name: 'AWS' }, 'ocsf-finding'],
  [{ uid: 'arn:aws:securityhub:us-west-2::product/aws/access-analyzer' }, 'ocsf-finding'],
  [{ name: 'Inspector' }, 'other-product'],
])('the newer form of %o is not read', (product, because) => {
  expect(readOne(JSON.stringify(ocsfEvent(product)))).toEqual({ kind: 'ignored', because });
});

test('the newer form without anything in it', () => {
  for (const detail of [{}, null, { findings: [null, { metadata: 5 }] }]) {
    expect(readOne(JSON.stringify(hubEvent([], { 'detail-type': 'Findings Imported V2', detail })))).toEqual({
      kind: 'ignored',
      because: 'other-product',
    });
  }
});
