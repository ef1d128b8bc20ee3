import type { JsonObject } from '../../../src/findings/json.ts';
import { externalEvent, internalEvent, unusedEvent } from './finding-events.ts';

/** An event with a name for it: `SQS::Queue, an account`. */
export interface CorpusEvent {
  readonly name: string;
  readonly event: JsonObject;
}

type Detail = Readonly<Record<string, unknown>>;

/** A partition of AWS with one of its Regions. */
type Place = readonly [partition: string, region: string];

const USUAL: Place = ['aws', 'eu-west-1'];
const OTHER_PARTITIONS: readonly Place[] = [
  ['aws-cn', 'cn-north-1'],
  ['aws-us-gov', 'us-gov-west-1'],
];

/** The types that external access analyzers look at: an ARN without its partition, and an action that the type knows. */
const EXTERNAL_TYPES: Readonly<Record<string, readonly [arn: string, ...actions: string[]]>> = {
  'AWS::S3::Bucket': ['s3:::billing-export', 's3:GetObject', 's3:ListBucket'],
  'AWS::S3Express::DirectoryBucket': ['s3express:{region}:444455556666:bucket/fast--euw1-az1--x-s3', 's3express:CreateSession'],
  'AWS::IAM::Role': ['iam::444455556666:role/team/Deploy', 'sts:AssumeRole'],
  'AWS::KMS::Key': ['kms:{region}:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab', 'kms:Decrypt', 'kms:DescribeKey'],
  'AWS::Lambda::Function': ['lambda:{region}:444455556666:function:webhook', 'lambda:InvokeFunction'],
  'AWS::Lambda::LayerVersion': ['lambda:{region}:444455556666:layer:tools:3', 'lambda:GetLayerVersion'],
  'AWS::SQS::Queue': ['sqs:{region}:444455556666:orders', 'sqs:SendMessage', 'sqs:ReceiveMessage'],
  'AWS::SecretsManager::Secret': ['secretsmanager:{region}:444455556666:secret:prod/database-AbCdEf', 'secretsmanager:GetSecretValue'],
  'AWS::SNS::Topic': ['sns:{region}:444455556666:alarms', 'SNS:Publish', 'SNS:Subscribe'],
  'AWS::EC2::Snapshot': ['ec2:{region}::snapshot/snap-0123456789abcdef0', 'ec2:CreateVolume'],
  'AWS::RDS::DBSnapshot': ['rds:{region}:444455556666:snapshot:nightly', 'rds:RestoreDBInstanceFromDBSnapshot'],
  'AWS::RDS::DBClusterSnapshot': ['rds:{region}:444455556666:cluster-snapshot:nightly', 'rds:RestoreDBClusterFromSnapshot'],
  'AWS::ECR::Repository': ['ecr:{region}:444455556666:repository/team/api', 'ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  'AWS::EFS::FileSystem': ['elasticfilesystem:{region}:444455556666:file-system/fs-0123456789abcdef0', 'elasticfilesystem:ClientMount'],
  'AWS::DynamoDB::Table': ['dynamodb:{region}:444455556666:table/Orders', 'dynamodb:GetItem', 'dynamodb:Query'],
  'AWS::DynamoDB::Stream': ['dynamodb:{region}:444455556666:table/Orders/stream/2026-01-01T00:00:00.000', 'dynamodb:GetRecords'],
};

/** Who has the access; `{partition}` is filled in. */
const PRINCIPALS: Readonly<Record<string, Detail>> = {
  everyone: { isPublic: true, principal: { AWS: '*' } },
  'everyone under conditions': { isPublic: false, principal: { AWS: '*' }, condition: { 'aws:SourceIp': '203.0.113.0/24' } },
  'an account': { isPublic: false, principal: { AWS: '999988887777' } },
  'an account root': { isPublic: false, principal: { AWS: 'arn:{partition}:iam::999988887777:root' } },
  'a role': { isPublic: false, principal: { AWS: 'arn:{partition}:iam::999988887777:role/Partner' } },
  'a service': { isPublic: false, principal: { Service: 'delivery.logs.amazonaws.com' } },
  'an identity provider': {
    isPublic: false,
    principal: { Federated: 'arn:{partition}:iam::444455556666:oidc-provider/token.actions.githubusercontent.com' },
    condition: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
  },
  'a deleted role': { isPublic: false, principal: { AWS: 'AROAIOSFODNN7EXAMPLE' } },
  'a canonical user': { isPublic: false, principal: { CanonicalUser: '79a59df900b949e55d96a1e698fbacedfd6e09d98eacf8f8d5218e7cd47ef2be' } },
  'two accounts': { isPublic: false, principal: { AWS: ['999988887777', '888877776666'] } },
};

const SOURCES: Readonly<Record<string, readonly Detail[]>> = {
  'the policy': [{ type: 'POLICY' }],
  'the ACL': [{ type: 'BUCKET_ACL' }],
  'an access point': [
    {
      type: 'S3_ACCESS_POINT',
      detail: { accessPointArn: 'arn:{partition}:s3:{region}:444455556666:accesspoint/reports', accessPointAccount: '444455556666' },
    },
  ],
  'an access point of another account': [
    {
      type: 'S3_ACCESS_POINT_ACCOUNT',
      detail: { accessPointArn: 'arn:{partition}:s3:{region}:777766665555:accesspoint/partner', accessPointAccount: '777766665555' },
    },
  ],
  'a multi-Region access point': [
    { type: 'S3_ACCESS_POINT', detail: { accessPointArn: 'arn:{partition}:s3::444455556666:accesspoint/mabc123.mrap' } },
  ],
  'a new source': [{ type: 'NEW_SOURCE' }],
};

const NOT_ANALYSED: Detail = { principal: undefined, action: undefined, condition: undefined, isPublic: undefined };

/** Errors of external access, each on one resource. */
const EXTERNAL_ERRORS: readonly (readonly [type: string, error: string])[] = [
  ['AWS::S3::Bucket', 'ACCESS_DENIED'],
  ['AWS::KMS::Key', 'ACCESS_DENIED'],
  ['AWS::SQS::Queue', 'ACCESS_DENIED'],
  ['AWS::IAM::Role', 'INTERNAL_ERROR'],
  ['AWS::S3::Bucket', 'NEW_ERROR'],
];

const INTERNAL_TYPES = [
  'AWS::S3::Bucket',
  'AWS::S3Express::DirectoryBucket',
  'AWS::RDS::DBSnapshot',
  'AWS::RDS::DBClusterSnapshot',
  'AWS::DynamoDB::Table',
  'AWS::DynamoDB::Stream',
];

const INTERNAL_ERRORS = ['ACCESS_DENIED', 'INTERNAL_ERROR', 'PRINCIPAL_LIMIT_EXCEEDED', 'PRINCIPAL_ERRORS_LIMIT_EXCEEDED'];

const ROLE = 'arn:{partition}:iam::444455556666:role/Reporting';
const USER = 'arn:{partition}:iam::444455556666:user/ann';
const SSO_ROLE = 'arn:{partition}:iam::444455556666:role/aws-reserved/sso.amazonaws.com/{region}/AWSReservedSSO_Admin_0123456789abcdef';

const PERMISSIONS = [
  { unusedPermissionDetails: { serviceNamespace: 's3', actions: [{ action: 'PutObject' }, { action: 'DeleteObject' }] } },
  { unusedPermissionDetails: { serviceNamespace: 'sqs', lastAccessed: '2025-06-07T08:09:10Z' } },
];

const RECOMMENDED = [
  recommended('CREATE_POLICY', 'arn:{partition}:iam::444455556666:policy/Wide', '{"Version":"2012-10-17","Statement":[]}'),
  recommended('DETACH_POLICY', 'arn:{partition}:iam::444455556666:policy/Wide'),
  recommended('CREATE_POLICY', 'inline-policy', '{"Version":"2012-10-17","Statement":[]}'),
  recommended('DETACH_POLICY', 'inline-policy'),
];

function recommended(recommendedAction: string, existingPolicyId: string, recommendedPolicy: string | null = null): Detail {
  return { unusedPermissionsRecommendedStep: { recommendedAction, existingPolicyId, recommendedPolicy } };
}

const UNUSED: Readonly<Record<string, Detail>> = {
  'a role': { findingType: 'UnusedIAMRole', resource: ROLE, findingDetails: [{ unusedIamRoleDetails: {} }] },
  'a role of a service': {
    findingType: 'UnusedIAMRole',
    resource: 'arn:{partition}:iam::444455556666:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX',
  },
  'a role of Identity Center': { findingType: 'UnusedIAMRole', resource: SSO_ROLE },
  'a key': {
    findingType: 'UnusedIAMUserAccessKey',
    resource: USER,
    resourceType: 'AWS::IAM::User',
    findingDetails: [{ unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE', lastAccessed: '2025-06-07T08:09:10Z' } }],
  },
  'a key that is not known yet': { findingType: 'UnusedIAMUserAccessKey', resource: USER, resourceType: 'AWS::IAM::User' },
  'a password': { findingType: 'UnusedIAMUserPassword', resource: USER, resourceType: 'AWS::IAM::User' },
  'permissions of a role': { resource: ROLE, findingDetails: PERMISSIONS, recommendedSteps: RECOMMENDED },
  'permissions of a user': { resource: USER, resourceType: 'AWS::IAM::User', findingDetails: PERMISSIONS, recommendedSteps: RECOMMENDED },
  'permissions without a recommendation': { resource: ROLE, findingDetails: PERMISSIONS },
  'permissions of a role of Identity Center': { resource: SSO_ROLE, findingDetails: PERMISSIONS, recommendedSteps: [] },
  'a new kind': { findingType: 'UnusedNewThing', resource: ROLE },
};

/** Events of every kind of finding, made of the parts above; nothing in them is random. */
export const CORPUS: readonly CorpusEvent[] = [
  ...Object.keys(EXTERNAL_TYPES).flatMap((type) =>
    Object.entries(PRINCIPALS).map(([who, detail]) => external(`${short(type)}, ${who}`, type, detail)),
  ),
  ...Object.entries(SOURCES).flatMap(([source, sources]) =>
    ['everyone', 'an account'].map((who) =>
      external(`S3::Bucket, ${who}, by ${source}`, 'AWS::S3::Bucket', { ...PRINCIPALS[who], sources }),
    ),
  ),
  ...['APPLICABLE', 'FAILED_TO_EVALUATE_RCP'].map((restriction) =>
    external(`S3::Bucket, everyone, ${restriction}`, 'AWS::S3::Bucket', { resourceControlPolicyRestrictionType: restriction }),
  ),
  external('KMS::Key, an account, a grant', 'AWS::KMS::Key', { ...PRINCIPALS['an account'], action: ['kms:RetireGrant'] }),
  external('New::Thing, an account', 'AWS::New::Thing', { ...PRINCIPALS['an account'] }),
  ...EXTERNAL_ERRORS.map(([type, error]) => external(`${short(type)}, ${error}`, type, { error, ...NOT_ANALYSED })),
  ...INTERNAL_TYPES.flatMap((type) => [
    internal(`internal ${short(type)}, a role`, type, {}),
    internal(`internal ${short(type)}, a user of another account`, type, {
      principal: { AWS: 'arn:{partition}:iam::777766665555:user/ann' },
      principalType: 'IAM_USER',
      principalOwnerAccount: '777766665555',
      accessType: 'INTRA_ORG',
    }),
  ]),
  ...INTERNAL_ERRORS.map((error) => internal(`internal S3::Bucket, ${error}`, 'AWS::S3::Bucket', { error })),
  ...Object.entries(UNUSED).map(([what, detail]) => unused(`unused: ${what}`, detail)),
  ...['ACCESS_DENIED', 'INTERNAL_ERROR'].map((error) => unused(`unused: ${error}`, { error, findingType: 'UnusedIAMRole' })),
  ...OTHER_PARTITIONS.flatMap((place) => [
    ...Object.keys(EXTERNAL_TYPES).map((type) => external(`${short(type)}, a role, ${place[0]}`, type, { ...PRINCIPALS['a role'] }, place)),
    internal(`internal DynamoDB::Table, a role, ${place[0]}`, 'AWS::DynamoDB::Table', {}, place),
    ...Object.entries(UNUSED).map(([what, detail]) => unused(`unused: ${what}, ${place[0]}`, detail, place)),
  ]),
];

function short(type: string): string {
  return type.replace(/^AWS::/, '');
}

function external(name: string, resourceType: string, detail: Detail, place = USUAL): CorpusEvent {
  return { name, event: placed(externalEvent({ detail: { region: place[1], ...resourceOf(resourceType), ...detail } }), place) };
}

function internal(name: string, resourceType: string, detail: Detail, place = USUAL): CorpusEvent {
  return { name, event: placed(internalEvent({ detail: { region: place[1], ...resourceOf(resourceType), ...detail } }), place) };
}

function unused(name: string, detail: Detail, place = USUAL): CorpusEvent {
  return { name, event: placed(unusedEvent({ detail }), place) };
}

function resourceOf(resourceType: string): Detail {
  const [arn, ...action] = EXTERNAL_TYPES[resourceType] ?? ['new:{region}:444455556666:thing/x', 'new:GetThing'];
  return { resourceType, resource: `arn:{partition}:${arn}`, action };
}

/** An organization's analyzer in another account, in that partition and Region. */
function placed(event: JsonObject, [partition, region]: Place): JsonObject {
  const resources = [`arn:${partition}:access-analyzer:${region}:111122223333:analyzer/Company`];
  const text = JSON.stringify({ ...event, region, resources });
  return JSON.parse(text.replaceAll('{partition}', partition).replaceAll('{region}', region).replaceAll('arn:aws:', `arn:${partition}:`));
}
