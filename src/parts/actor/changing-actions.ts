import { parseArn, resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';

/** What an action changes of the access to a resource: each grants access by itself, but for `block`, which only lets the others through. */
export type Aspect = 'policy' | 'acl' | 'block' | 'grant';

/** An action that can lead to a finding, or undo one that did. */
export interface ChangingAction {
  readonly aspect: Aspect;
  /** `replaces`: what was there before counts no more. `adds`: it does. `removes`: nothing of the aspect is left. */
  readonly effect: 'replaces' | 'adds' | 'removes';
  /** Whether a call of the action changed access at all, by its parameters, which are kept nowhere. Absent: every call does. */
  readonly isMeant?: (parameters: JsonObject) => boolean;
  /** Whether a call of it took all access of the aspect away. Absent: none does. */
  readonly undoes?: (parameters: JsonObject) => boolean;
}

/** How the changes of a type of resource are found. */
export interface ResourceChanges {
  /** The `eventSource` of its service. */
  readonly source: string;
  /** The names by which CloudTrail may know it, the most likely first: AWS names none of them for every type. */
  readonly names: (arn: string) => readonly string[];
  /** By `eventName`. */
  readonly actions: Readonly<Record<string, ChangingAction>>;
}

const REPLACES_POLICY: ChangingAction = { aspect: 'policy', effect: 'replaces' };
const ADDS_TO_POLICY: ChangingAction = { aspect: 'policy', effect: 'adds' };
const REMOVES_POLICY: ChangingAction = { aspect: 'policy', effect: 'removes' };

const nameAndArn = (arn: string): readonly string[] => [resourceName(arn), arn];

/** The name after the last slash or colon: an id of a snapshot, a file system or a table. */
const lastAndArn = (arn: string): readonly string[] => [arn.slice(Math.max(arn.lastIndexOf('/'), arn.lastIndexOf(':')) + 1), arn];

/** Attributes are set one by one or together; a call about others than the policy changes no access. */
const setsPolicy = ({ attributes, attributeName }: JsonObject): boolean => {
  if (typeof attributeName === 'string') return attributeName === 'Policy';
  return !isJsonObject(attributes) || Object.hasOwn(attributes, 'Policy');
};

const isPrivateAcl = (parameters: JsonObject): boolean => ['private', '["private"]'].includes(textOf(parameters['x-amz-acl']));

/** A new bucket is private, unless the call that creates it says otherwise. */
const hasOpenAcl = (parameters: JsonObject): boolean =>
  (textOf(parameters['x-amz-acl']) !== '' && !isPrivateAcl(parameters)) ||
  Object.keys(parameters).some((name) => name.toLowerCase().startsWith('x-amz-grant-'));

const blocksAll = ({ PublicAccessBlockConfiguration: block }: JsonObject): boolean =>
  isJsonObject(block) && BLOCKS.every((name) => block[name] === true);

const BLOCKS = ['BlockPublicAcls', 'IgnorePublicAcls', 'BlockPublicPolicy', 'RestrictPublicBuckets'];

function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}

const createsWithPolicy: ChangingAction = {
  ...REPLACES_POLICY,
  isMeant: ({ attributes }) => isJsonObject(attributes) && Object.hasOwn(attributes, 'Policy'),
};

const SHARES_SNAPSHOT: ChangingAction = {
  aspect: 'grant',
  effect: 'adds',
  isMeant: ({ createVolumePermission: change, valuesToAdd }) =>
    isJsonObject(change) ? Object.hasOwn(change, 'add') : Array.isArray(valuesToAdd) && valuesToAdd.length > 0,
};

const TABLE: ResourceChanges = {
  source: 'dynamodb.amazonaws.com',
  names: (arn) => [arn, resourceName(arn)],
  actions: {
    PutResourcePolicy: REPLACES_POLICY,
    DeleteResourcePolicy: REMOVES_POLICY,
    CreateTable: { ...REPLACES_POLICY, isMeant: ({ resourcePolicy }) => typeof resourcePolicy === 'string' },
  },
};

const DATABASE_SNAPSHOT: ResourceChanges = {
  source: 'rds.amazonaws.com',
  names: lastAndArn,
  actions: { ModifyDBSnapshotAttribute: SHARES_SNAPSHOT, ModifyDBClusterSnapshotAttribute: SHARES_SNAPSHOT },
};

const LAMBDA = 'lambda.amazonaws.com';

/**
 * The actions that change who has access, by type of resource. Names of events are those that CloudTrail records, which may have the version of
 * an API at their end. Source: https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
 */
const CHANGES: Readonly<Record<string, ResourceChanges>> = {
  'AWS::S3::Bucket': {
    source: 's3.amazonaws.com',
    names: nameAndArn,
    actions: {
      PutBucketPolicy: REPLACES_POLICY,
      DeleteBucketPolicy: REMOVES_POLICY,
      PutBucketAcl: { aspect: 'acl', effect: 'replaces', undoes: isPrivateAcl },
      CreateBucket: { aspect: 'acl', effect: 'replaces', isMeant: hasOpenAcl },
      PutBucketPublicAccessBlock: { aspect: 'block', effect: 'replaces', undoes: blocksAll },
      DeleteBucketPublicAccessBlock: { aspect: 'block', effect: 'replaces' },
    },
  },
  'AWS::S3Express::DirectoryBucket': {
    source: 's3express.amazonaws.com',
    names: lastAndArn,
    actions: { PutBucketPolicy: REPLACES_POLICY, DeleteBucketPolicy: REMOVES_POLICY },
  },
  'AWS::IAM::Role': {
    source: 'iam.amazonaws.com',
    names: nameAndArn,
    actions: { UpdateAssumeRolePolicy: REPLACES_POLICY, CreateRole: REPLACES_POLICY },
  },
  'AWS::KMS::Key': {
    source: 'kms.amazonaws.com',
    names: (arn) => [arn, resourceName(arn)],
    actions: { PutKeyPolicy: REPLACES_POLICY, CreateKey: REPLACES_POLICY, CreateGrant: { aspect: 'grant', effect: 'adds' } },
  },
  'AWS::Lambda::Function': {
    source: LAMBDA,
    names: (arn) => [functionName(arn), arn],
    actions: { AddPermission20150331v2: ADDS_TO_POLICY, AddPermission20150331: ADDS_TO_POLICY, AddPermission: ADDS_TO_POLICY },
  },
  'AWS::Lambda::LayerVersion': {
    source: LAMBDA,
    // A layer is named with or without its version.
    names: (arn) => [arn, arn.replace(/:\d+$/, ''), arn.replace(/:\d+$/, '').replace(/^.*:/, '')],
    actions: { AddLayerVersionPermission20181031: ADDS_TO_POLICY, AddLayerVersionPermission: ADDS_TO_POLICY },
  },
  'AWS::SQS::Queue': {
    source: 'sqs.amazonaws.com',
    names: (arn) => [queueUrl(arn), resourceName(arn), arn],
    actions: {
      SetQueueAttributes: { ...REPLACES_POLICY, isMeant: setsPolicy },
      AddPermission: ADDS_TO_POLICY,
      CreateQueue: createsWithPolicy,
    },
  },
  'AWS::SNS::Topic': {
    source: 'sns.amazonaws.com',
    names: (arn) => [arn, resourceName(arn)],
    actions: {
      SetTopicAttributes: { ...REPLACES_POLICY, isMeant: setsPolicy },
      AddPermission: ADDS_TO_POLICY,
      CreateTopic: createsWithPolicy,
    },
  },
  'AWS::SecretsManager::Secret': {
    source: 'secretsmanager.amazonaws.com',
    names: (arn) => nameAndArn(arn).toReversed(),
    actions: { PutResourcePolicy: REPLACES_POLICY, DeleteResourcePolicy: REMOVES_POLICY },
  },
  'AWS::EFS::FileSystem': {
    source: 'elasticfilesystem.amazonaws.com',
    names: lastAndArn,
    actions: { PutFileSystemPolicy: REPLACES_POLICY, DeleteFileSystemPolicy: REMOVES_POLICY },
  },
  'AWS::EC2::Snapshot': {
    source: 'ec2.amazonaws.com',
    names: lastAndArn,
    actions: { ModifySnapshotAttribute: SHARES_SNAPSHOT },
  },
  'AWS::RDS::DBSnapshot': DATABASE_SNAPSHOT,
  'AWS::RDS::DBClusterSnapshot': DATABASE_SNAPSHOT,
  'AWS::ECR::Repository': {
    source: 'ecr.amazonaws.com',
    names: nameAndArn,
    actions: { SetRepositoryPolicy: REPLACES_POLICY, DeleteRepositoryPolicy: REMOVES_POLICY },
  },
  'AWS::DynamoDB::Table': TABLE,
  'AWS::DynamoDB::Stream': { ...TABLE, actions: { PutResourcePolicy: REPLACES_POLICY, DeleteResourcePolicy: REMOVES_POLICY } },
};

/** The types of resources whose changes can be found. */
export const TYPES_WITH_CHANGES: readonly string[] = Object.keys(CHANGES);

/** Null: no change of its resource tells how the finding came to be, such as unused access, which comes from what was not done. */
export function changesOf({ kind, error, resourceType }: Pick<Finding, 'kind' | 'error' | 'resourceType'>): ResourceChanges | null {
  if (kind !== 'external' || error !== null || !Object.hasOwn(CHANGES, resourceType)) return null;
  return CHANGES[resourceType] ?? null;
}

/**
 * The aspects that can have led to a finding. Access Analyzer names the source of access to a bucket, if it was asked for details; access by an
 * access point is changed at the access point. A public access block only matters to access of everyone.
 */
export function aspectsOf({ sources, isPublic }: Pick<Finding, 'sources' | 'isPublic'>): ReadonlySet<Aspect> {
  const granting: readonly Aspect[] =
    sources.length === 0
      ? ['policy', 'acl', 'grant']
      : sources.flatMap(({ type }): readonly Aspect[] => (type === 'POLICY' ? ['policy'] : type === 'BUCKET_ACL' ? ['acl'] : []));
  return new Set(isPublic === true && granting.length > 0 ? [...granting, 'block'] : granting);
}

/** Without the version or alias. */
function functionName(arn: string): string {
  return parseArn(arn)?.resource.split(':')[1] ?? arn;
}

function queueUrl(arn: string): string {
  const { partition = '', region = '', accountId = '', resource = '' } = parseArn(arn) ?? {};
  return `https://sqs.${region}.amazonaws.com${partition === 'aws-cn' ? '.cn' : ''}/${accountId}/${resource}`;
}

/**
 * The Region whose CloudTrail has the changes. IAM is global, and its changes are recorded in one Region of each partition.
 * Source: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-concepts.html#cloudtrail-concepts-global-service-events
 * @returns null when nothing tells it
 */
export function regionOfChanges({ resource, region }: Pick<Finding, 'resource' | 'region'>): string | null {
  const arn = parseArn(resource);
  if (arn?.service === 'iam') return IAM_REGIONS[arn.partition] ?? null;
  const own = arn?.region || region;
  return /^[a-z]{2,4}(-[a-z]+){1,3}-\d{1,2}$/.test(own) ? own : null;
}

const IAM_REGIONS: Readonly<Record<string, string>> = { aws: 'us-east-1', 'aws-cn': 'cn-north-1', 'aws-us-gov': 'us-gov-west-1' };
