import { seededRandom, type Random } from './seeded-random.ts';
import { envelopeTime, findingTime, sampleId, type SampleDetail, type SampleEvent } from './sample-event.ts';

export interface SampleOptions {
  readonly count: number;
  /** The same seed and start give the same events. */
  readonly seed: number;
  /** Time of the first finding, epoch ms. */
  readonly startMs: number;
  /** From one finding to the next, ms. */
  readonly everyMs?: number;
}

/** Accounts of an invented company. */
export const SAMPLE_ACCOUNTS = {
  platform: '111122223333',
  shop: '222233334444',
  analytics: '333344445555',
  identity: '444455556666',
  sandbox: '555566667777',
} as const;

/** The account of the organization's analyzers. */
const SECURITY_ACCOUNT = '999988887777';
/** External accounts that have access. */
const OUTSIDE = ['123456789012', '210987654321', '888877776666'] as const;
const REGIONS = ['eu-central-1', 'eu-west-1', 'us-east-1'] as const;
const TEAMS = ['checkout', 'catalog', 'billing', 'search', 'reporting', 'ingest', 'media', 'partner'] as const;

interface Place {
  readonly account: string;
  readonly region: string;
  /** Unique among the samples. */
  readonly name: string;
  /** Hexadecimal digits, as in ids of resources. */
  readonly hex: string;
}

/** A resource with external access: its account, the actions, and the principal. */
interface Opening {
  readonly resourceType: string;
  readonly account: string;
  readonly arn: (place: Place) => string;
  readonly actions: readonly string[];
  readonly isPublic?: true;
  readonly condition?: Readonly<Record<string, string>>;
  /** A principal other than an external account. */
  readonly principal?: Readonly<Record<string, string>>;
}

const { platform, shop, analytics, identity, sandbox } = SAMPLE_ACCOUNTS;

const OPENINGS: readonly Opening[] = [
  {
    resourceType: 'AWS::S3::Bucket',
    account: analytics,
    arn: ({ name }) => `arn:aws:s3:::${name}-exports`,
    actions: ['s3:GetObject', 's3:ListBucket'],
    isPublic: true,
  },
  {
    resourceType: 'AWS::IAM::Role',
    account: identity,
    arn: ({ account, name }) => `arn:aws:iam::${account}:role/${name}-deploy`,
    actions: ['sts:AssumeRole'],
  },
  {
    resourceType: 'AWS::SQS::Queue',
    account: platform,
    arn: ({ region, account, name }) => `arn:aws:sqs:${region}:${account}:${name}-orders`,
    actions: ['sqs:ReceiveMessage', 'sqs:SendMessage'],
  },
  {
    resourceType: 'AWS::KMS::Key',
    account: identity,
    arn: ({ region, account, hex }) =>
      `arn:aws:kms:${region}:${account}:key/${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(12, 15)}-8${hex.slice(15, 18)}-${hex.slice(18, 30)}`,
    actions: ['kms:Decrypt', 'kms:DescribeKey'],
  },
  {
    resourceType: 'AWS::Lambda::Function',
    account: shop,
    arn: ({ region, account, name }) => `arn:aws:lambda:${region}:${account}:function:${name}-webhook`,
    actions: ['lambda:InvokeFunction'],
    isPublic: true,
  },
  {
    resourceType: 'AWS::SecretsManager::Secret',
    account: platform,
    arn: ({ region, account, name, hex }) => `arn:aws:secretsmanager:${region}:${account}:secret:${name}-database-${hex.slice(0, 6)}`,
    actions: ['secretsmanager:GetSecretValue'],
  },
  {
    resourceType: 'AWS::SNS::Topic',
    account: shop,
    arn: ({ region, account, name }) => `arn:aws:sns:${region}:${account}:${name}-events`,
    actions: ['SNS:Publish', 'SNS:Subscribe'],
    isPublic: true,
  },
  {
    resourceType: 'AWS::RDS::DBSnapshot',
    account: analytics,
    arn: ({ region, account, name }) => `arn:aws:rds:${region}:${account}:snapshot:${name}-before-migration`,
    actions: ['rds:CopyDBSnapshot', 'rds:RestoreDBInstanceFromDBSnapshot'],
  },
  {
    resourceType: 'AWS::DynamoDB::Table',
    account: analytics,
    arn: ({ region, account, name }) => `arn:aws:dynamodb:${region}:${account}:table/${name}-sessions`,
    actions: ['dynamodb:GetItem', 'dynamodb:Query'],
  },
  {
    resourceType: 'AWS::ECR::Repository',
    account: platform,
    arn: ({ region, account, name }) => `arn:aws:ecr:${region}:${account}:repository/${name}-api`,
    actions: ['ecr:BatchGetImage', 'ecr:GetDownloadUrlForLayer'],
  },
  {
    resourceType: 'AWS::EC2::Snapshot',
    account: sandbox,
    arn: ({ region, account, hex }) => `arn:aws:ec2:${region}:${account}:snapshot/snap-${hex.slice(0, 17)}`,
    actions: ['ec2:CreateVolume'],
  },
  {
    resourceType: 'AWS::IAM::Role',
    account: identity,
    arn: ({ account, name }) => `arn:aws:iam::${account}:role/ci/${name}-github`,
    actions: ['sts:AssumeRoleWithWebIdentity'],
    principal: { Federated: 'arn:aws:iam::444455556666:oidc-provider/token.actions.githubusercontent.com' },
    condition: { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' },
  },
];

/** One of this many findings is of unused access, and one of internal access. */
const UNUSED_EVERY = 7;
const INTERNAL_EVERY = 11;

/**
 * Finding events as an organization with five accounts gets them: mostly external access to eleven types of resources, a few of unused and
 * internal access. All are ACTIVE, and each is a different finding. Pure.
 */
export function sampleFindings({ count, seed, startMs, everyMs = 1_000 }: SampleOptions): SampleEvent[] {
  const random = seededRandom(seed);
  return Array.from({ length: count }, (_, position) => {
    const atMs = startMs + position * everyMs;
    const region = pick(random, REGIONS);
    const hex = Array.from({ length: 32 }, () => Math.floor(random() * 16).toString(16)).join('');
    const name = `${pick(random, TEAMS)}-${position + 1}`;
    if (position % INTERNAL_EVERY === INTERNAL_EVERY - 1) return internalFinding({ account: analytics, region, name, hex }, atMs);
    if (position % UNUSED_EVERY === UNUSED_EVERY - 1)
      return unusedFinding({ account: pick(random, [identity, platform]), region, name, hex }, atMs, random);
    const opening = OPENINGS[position % OPENINGS.length];
    if (opening === undefined) throw new Error('There is no sample to take');
    return externalFinding(opening, { account: opening.account, region, name, hex }, atMs, random);
  });
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-eventbridge.html */
function externalFinding(opening: Opening, place: Place, atMs: number, random: Random): SampleEvent {
  const principal = opening.isPublic ? { AWS: '*' } : (opening.principal ?? { AWS: pick(random, OUTSIDE) });
  return envelope('Access Analyzer Finding', place, 'organization-external-access', atMs, {
    version: '1.0',
    id: sampleId(place.hex, 'external'),
    status: 'ACTIVE',
    resourceType: opening.resourceType,
    resource: opening.arn(place),
    createdAt: findingTime(atMs, 3),
    analyzedAt: findingTime(atMs, 3),
    updatedAt: findingTime(atMs, 3),
    accountId: place.account,
    region: place.region,
    principal,
    action: opening.actions,
    condition: opening.condition ?? {},
    isDeleted: false,
    isPublic: opening.isPublic ?? false,
  });
}

function unusedFinding(place: Place, atMs: number, random: Random): SampleEvent {
  const whole = random() < 0.5;
  return envelope('Unused Access Finding for IAM entities', place, 'organization-unused-access', atMs, {
    findingId: sampleId(place.hex, 'unused'),
    resource: `arn:aws:iam::${place.account}:role/${place.name}-batch`,
    resourceType: 'AWS::IAM::Role',
    accountId: place.account,
    createdAt: findingTime(atMs, 3),
    updatedAt: findingTime(atMs, 3),
    analyzedAt: findingTime(atMs, 3),
    previousStatus: '',
    status: 'ACTIVE',
    version: sampleId(place.hex, 'version'),
    isDeleted: false,
    findingType: whole ? 'UnusedIAMRole' : 'UnusedPermission',
    ...(whole ? {} : { numberOfUnusedServices: 1 + Math.floor(random() * 6), numberOfUnusedActions: 1 + Math.floor(random() * 40) }),
  });
}

function internalFinding(place: Place, atMs: number): SampleEvent {
  return envelope('Internal Access Finding', place, 'organization-internal-access', atMs, {
    accessType: 'INTRA_ORG',
    action: ['s3:GetObject', 's3:PutObject'],
    analyzedAt: findingTime(atMs, 9),
    condition: {},
    createdAt: findingTime(atMs, 9),
    id: sampleId(place.hex, 'internal'),
    isDeleted: false,
    findingType: 'InternalAccess',
    principal: { AWS: `arn:aws:iam::${shop}:role/${place.name}-worker` },
    principalOwnerAccount: shop,
    principalType: 'IAM_ROLE',
    resource: `arn:aws:s3:::${place.name}-customer-records`,
    resourceControlPolicyRestrictionType: 'NOT_APPLICABLE',
    accountId: place.account,
    resourceType: 'AWS::S3::Bucket',
    serviceControlPolicyRestrictionType: 'NOT_APPLICABLE',
    status: 'ACTIVE',
    updatedAt: findingTime(atMs, 9),
    version: '1.0',
  });
}

function envelope(
  type: SampleEvent['detail-type'],
  { region, hex }: Place,
  analyzer: string,
  atMs: number,
  detail: SampleDetail,
): SampleEvent {
  return {
    version: '0',
    id: sampleId(hex, 'event'),
    'detail-type': type,
    source: 'aws.access-analyzer',
    account: SECURITY_ACCOUNT,
    time: envelopeTime(atMs),
    region,
    resources: [`arn:aws:access-analyzer:${region}:${SECURITY_ACCOUNT}:analyzer/${analyzer}`],
    detail,
  };
}

function pick<T>(random: Random, from: readonly [T, ...T[]] | readonly T[]): T {
  const one = from[Math.floor(random() * from.length)];
  if (one === undefined) throw new Error('There is nothing to pick from');
  return one;
}
