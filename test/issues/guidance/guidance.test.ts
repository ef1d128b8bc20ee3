import { AccessCheckResourceType, ResourceType } from '@aws-sdk/client-accessanalyzer';
import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { FixStep } from '../../../src/issues/guidance/fix-step.ts';
import { fixList } from '../../../src/issues/text/fix-list.ts';
import { fixCases, fixValues } from '../../../src/issues/text/fix-values.ts';
import { GUIDANCE, guidanceFor, INTERNAL_STEPS, unusedGuidance } from '../../../src/issues/guidance/guidance.ts';
import { ERROR_GUIDANCE, errorGuidance } from '../../../src/issues/guidance/guidance-errors.ts';
import { UNUSED_GUIDANCE } from '../../../src/issues/guidance/guidance-unused.ts';
import { resourceWords } from '../../../src/issues/text/resource-words.ts';
import { adfWords } from '../../support/jira/adf-check.ts';
import { externalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/service/service-parts.ts';

/** One ARN of each type, as AWS writes it. */
const ARNS: Readonly<Record<string, string>> = {
  'AWS::S3::Bucket': 'arn:aws:s3:::billing-export',
  'AWS::S3::AccessPoint': 'arn:aws:s3:eu-west-1:444455556666:accesspoint/reports',
  'AWS::S3::MultiRegionAccessPoint': 'arn:aws:s3::444455556666:accesspoint/mfzwi23gnjvgw.mrap',
  'AWS::S3::Glacier': 'arn:aws:glacier:eu-west-1:444455556666:vaults/archive',
  'AWS::S3Express::DirectoryBucket': 'arn:aws:s3express:eu-west-1:444455556666:bucket/fast--euw1-az1--x-s3',
  'AWS::S3Express::AccessPoint': 'arn:aws:s3express:eu-west-1:444455556666:accesspoint/fast--euw1-az1--xa-s3',
  'AWS::S3Outposts::Bucket': 'arn:aws:s3-outposts:eu-west-1:444455556666:outpost/op-01ac5d28a6a232904/bucket/near',
  'AWS::S3Outposts::AccessPoint': 'arn:aws:s3-outposts:eu-west-1:444455556666:outpost/op-01ac5d28a6a232904/accesspoint/near',
  'AWS::S3Tables::TableBucket': 'arn:aws:s3tables:eu-west-1:444455556666:bucket/tables',
  'AWS::S3Tables::Table': 'arn:aws:s3tables:eu-west-1:444455556666:bucket/tables/table/0b1c2d3e',
  'AWS::IAM::Role': 'arn:aws:iam::444455556666:role/team/Deploy',
  'AWS::IAM::AssumeRolePolicyDocument': 'arn:aws:iam::444455556666:role/Deploy',
  'AWS::KMS::Key': 'arn:aws:kms:eu-west-1:444455556666:key/1234abcd-12ab-34cd-56ef-1234567890ab',
  'AWS::Lambda::Function': 'arn:aws:lambda:eu-west-1:444455556666:function:webhook',
  'AWS::Lambda::LayerVersion': 'arn:aws:lambda:eu-west-1:444455556666:layer:tools:3',
  'AWS::SQS::Queue': 'arn:aws:sqs:eu-west-1:444455556666:orders',
  'AWS::SecretsManager::Secret': 'arn:aws:secretsmanager:eu-west-1:444455556666:secret:database-AbCdEf',
  'AWS::SNS::Topic': 'arn:aws:sns:eu-west-1:444455556666:alarms',
  'AWS::EC2::Snapshot': 'arn:aws:ec2:eu-west-1::snapshot/snap-0123456789abcdef0',
  'AWS::RDS::DBSnapshot': 'arn:aws:rds:eu-west-1:444455556666:snapshot:nightly',
  'AWS::RDS::DBClusterSnapshot': 'arn:aws:rds:eu-west-1:444455556666:cluster-snapshot:nightly',
  'AWS::ECR::Repository': 'arn:aws:ecr:eu-west-1:444455556666:repository/team/api',
  'AWS::EFS::FileSystem': 'arn:aws:elasticfilesystem:eu-west-1:444455556666:file-system/fs-0123456789abcdef0',
  'AWS::DynamoDB::Table': 'arn:aws:dynamodb:eu-west-1:444455556666:table/Orders',
  'AWS::DynamoDB::Stream': 'arn:aws:dynamodb:eu-west-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000',
  'AWS::Kinesis::Stream': 'arn:aws:kinesis:eu-west-1:444455556666:stream/clicks',
  'AWS::Kinesis::StreamConsumer': 'arn:aws:kinesis:eu-west-1:444455556666:stream/clicks/consumer/app:1525898737',
  'AWS::ApiGateway::RestApi': 'arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5',
  'AWS::Backup::BackupVault': 'arn:aws:backup:eu-west-1:444455556666:backup-vault:nightly',
  'AWS::CodeArtifact::Domain': 'arn:aws:codeartifact:eu-west-1:444455556666:domain/company',
  'AWS::CloudTrail::Dashboard': 'arn:aws:cloudtrail:eu-west-1:444455556666:dashboard/overview',
  'AWS::CloudTrail::EventDataStore': 'arn:aws:cloudtrail:eu-west-1:444455556666:eventdatastore/ee54f226-4ba1-4d2c-9f1d-000000000000',
  'AWS::OpenSearchService::Domain': 'arn:aws:es:eu-west-1:444455556666:domain/search',
};

const finding = (resourceType: string, detail: Readonly<Record<string, unknown>> = {}): Finding =>
  findingOf(externalEvent({ detail: { resourceType, resource: ARNS[resourceType] ?? 'x', region: 'eu-west-1', ...detail } }));

/** The commands as they are shown for a finding. */
function commandsOf(steps: readonly FixStep[], of: Finding, isOpen = true): string[] {
  const blocks = fixList(steps, fixCases(of, isOpen), fixValues(of, isOpen), of.accountId);
  return [...JSON.stringify(blocks).matchAll(/"type":"codeBlock","content":\[\{"type":"text","text":("(?:[^"\\]|\\.)*")/g)].flatMap(
    ([, text]) => {
      const lines: string = JSON.parse(text ?? '""');
      return lines.split('\n');
    },
  );
}

test('every type that Access Analyzer reports or checks has guidance and a name, and no other type has', () => {
  const known = new Set<string>([...Object.values(ResourceType), ...Object.values(AccessCheckResourceType)]);
  // Unused access has guidance by kind of finding; a multi-Region access point is reported as its bucket.
  known.delete(ResourceType.AWS_IAM_USER);
  known.add('AWS::S3::MultiRegionAccessPoint');
  expect(Object.keys(GUIDANCE).toSorted()).toEqual([...known].toSorted());
  expect(Object.keys(ARNS).toSorted()).toEqual([...known].toSorted());
  for (const type of known) expect(resourceWords(type)).not.toBe(type.replace('AWS::', '').replace('::', ' '));
});

describe.each(Object.keys(GUIDANCE))('%s', (type) => {
  const guidance = guidanceFor(type);

  test('says in two sentences why it matters, and names its source', () => {
    expect(guidance.about).toMatch(/^[A-Z][^.]*[^.]$/);
    for (const risk of [guidance.publicRisk, guidance.sharedRisk ?? guidance.publicRisk]) expect(risk).toMatch(/^[A-Z][^.]*\.$/);
    expect(guidance.source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\/\S+\.html$/);
    expect(guidance.steps.length).toBeGreaterThan(0);
  });

  test.each([
    ['public', true],
    ['shared', false],
  ])('has commands that can be pasted when it is %s', (_, isPublic) => {
    const commands = commandsOf(guidance.steps, finding(type, { isPublic, principal: { AWS: '999988887777' } }));
    expect(commands.length).toBeGreaterThan(0);
    for (const command of commands) {
      expect(command).toMatch(/^(?:jq -Rs '\{Policy: \.\}' \S+ > \S+(?: && )?)?(?:aws [a-z0-9]+ [a-z0-9-]+ --\S.*)?$/);
      // Every placeholder is filled, and IAM alone needs no Region.
      expect(command).not.toMatch(/\{\w+\}|undefined/);
      expect(/^aws (?!iam)/.test(command)).toBe(/--region (?:eu-west-1|us-west-2)/.test(command) && command.startsWith('aws'));
    }
    const resource = ARNS[type] ?? '';
    const names = [
      resource,
      resource.split(/[:/]/).at(-1) ?? '',
      'team/api',
      '--layer-name tools --version-number 3',
      'us-west-2',
      '/tables ',
    ];
    expect(commands.some((command) => names.some((name) => command.includes(name)))).toBe(true);
  });

  test('leaves out the principals where they must be hidden', () => {
    const commands = commandsOf(guidance.steps, finding(type, { isPublic: false, principal: { AWS: '999988887777' } }), false);
    expect(commands.join('\n')).not.toContain('999988887777');
  });
});

test('steps depend on the source of the access, and on the principals', () => {
  const words = (detail: Readonly<Record<string, unknown>>): string => {
    const of = finding('AWS::S3::Bucket', detail);
    return adfWords(fixList(guidanceFor(of.resourceType).steps, fixCases(of, true), fixValues(of, true), 'x'));
  };
  expect(words({ isPublic: true })).toContain('put-public-access-block');
  expect(words({ isPublic: false })).not.toContain('put-public-access-block');
  expect(words({ isPublic: false })).toContain('get-bucket-acl');
  expect(words({ isPublic: false })).toContain('get-bucket-policy');
  expect(words({ sources: [{ type: 'BUCKET_ACL' }] })).not.toContain('get-bucket-policy');
  expect(words({ sources: [{ type: 'POLICY' }] })).not.toContain('get-bucket-acl');
  const point = words({
    sources: [{ type: 'S3_ACCESS_POINT', detail: { accessPointArn: 'arn:aws:s3:eu-west-1:444455556666:accesspoint/a' } }],
  });
  expect(point).toContain('The access point a lets them in');
  expect(point).toContain('--account-id 444455556666 --name a ');
  expect(point).not.toContain('CAPITALS');
  const bare = words({ sources: [{ type: 'S3_ACCESS_POINT', detail: {} }] });
  expect(bare).toContain('--account-id ACCESS_POINT_ACCOUNT --name ACCESS_POINT_NAME ');
  expect(bare).toContain('Replace what is in CAPITALS.');
  expect(words({ sources: [{ type: 'NEW' }] })).toContain('get-bucket-policy');
});

/** ARNs whose names hold slashes, colons or an end that is no part of the name. */
test.each([
  ['AWS::SecretsManager::Secret', 'secretsmanager:eu-west-1:444455556666:secret:prod/db-AbCdEf', '--secret-id {arn} '],
  ['AWS::KMS::Key', 'kms:eu-west-1:444455556666:alias/prod/db', '--key-id {arn} '],
  ['AWS::SQS::Queue', 'sqs:eu-west-1:444455556666:orders.fifo', '--queue-name orders.fifo --queue-owner-aws-account-id 444455556666 '],
  ['AWS::SNS::Topic', 'sns:eu-west-1:444455556666:alarms.fifo', '--topic-arn {arn} '],
  ['AWS::ECR::Repository', 'ecr:eu-west-1:444455556666:repository/team/api', '--repository-name team/api '],
  ['AWS::IAM::Role', 'iam::444455556666:role/team/blue/Deploy', '--role-name Deploy '],
  ['AWS::EFS::FileSystem', 'elasticfilesystem:eu-west-1:444455556666:file-system/fs-01', '--file-system-id fs-01 '],
  ['AWS::Lambda::Function', 'lambda:eu-west-1:444455556666:function:webhook:prod', '--function-name webhook:prod '],
  ['AWS::Lambda::LayerVersion', 'lambda:eu-west-1:444455556666:layer:tools:3', '--layer-name tools --version-number 3 '],
  ['AWS::DynamoDB::Table', 'dynamodb:eu-west-1:444455556666:table/Orders', '--resource-arn {arn} '],
  [
    'AWS::DynamoDB::Table',
    'dynamodb:eu-west-1:444455556666:table/Orders/index/by-day',
    '--resource-arn arn:aws:dynamodb:eu-west-1:444455556666:table/Orders ',
  ],
  ['AWS::DynamoDB::Stream', 'dynamodb:eu-west-1:444455556666:table/Orders/stream/2026-01-01T00:00:00.000', '--resource-arn {arn} '],
  ['AWS::S3::AccessPoint', 's3:eu-west-1:444455556666:accesspoint/finance', '--name finance '],
  ['AWS::S3Express::DirectoryBucket', 's3express:eu-west-1:444455556666:bucket/fast--euw1-az1--x-s3', '--bucket fast--euw1-az1--x-s3 '],
  ['AWS::RDS::DBSnapshot', 'rds:eu-west-1:444455556666:snapshot:rds:nightly-01', '--db-snapshot-identifier rds:nightly-01 '],
  [
    'AWS::RDS::DBClusterSnapshot',
    'rds:eu-west-1:444455556666:cluster-snapshot:rds:nightly-01',
    '--db-cluster-snapshot-identifier rds:nightly-01 ',
  ],
])('the commands for %s %s', (type, rest, words) => {
  const arn = `arn:aws:${rest}`;
  const commands = commandsOf(guidanceFor(type).steps, finding(type, { resource: arn }));
  expect(commands.join('\n')).toContain(words.replace('{arn}', arn));
});

test('access to a snapshot is taken back from the outside account, or from everyone', () => {
  const steps = guidanceFor('AWS::EC2::Snapshot').steps;
  const shared = commandsOf(
    steps,
    finding('AWS::EC2::Snapshot', { isPublic: false, principal: { AWS: 'arn:aws:iam::999988887777:root' } }),
  );
  expect(shared.join('\n')).toContain('--operation-type remove --user-ids 999988887777 ');
  expect(commandsOf(steps, finding('AWS::EC2::Snapshot')).join('\n')).toContain('--group-names all');
  const unsaid = commandsOf(steps, finding('AWS::EC2::Snapshot', { isPublic: false, principal: {} }));
  expect(unsaid.join('\n')).toContain('--user-ids OUTSIDE_ACCOUNT ');
});

test.each([
  ['arn:aws:iam::444455556666:role/Deploy', 'delete-role', ['delete-service-linked-role', 'Identity Center']],
  [
    'arn:aws:iam::444455556666:role/aws-service-role/x.amazonaws.com/AWSServiceRoleForX',
    'delete-service-linked-role',
    ['iam delete-role', 'Identity Center'],
  ],
  [
    'arn:aws:iam::444455556666:role/aws-reserved/sso.amazonaws.com/AWSReservedSSO_x',
    'Identity Center',
    ['iam delete-role', 'delete-service-linked-role'],
  ],
])('an unused role is removed in the way that fits its creator: %s', (resource, expected, notSaid) => {
  const of = findingOf(unusedEvent({ detail: { findingType: 'UnusedIAMRole', resource } }));
  const words = adfWords(fixList(unusedGuidance('UnusedIAMRole').steps, fixCases(of, true), fixValues(of, true), 'x'));
  expect(words).toContain(expected);
  for (const other of notSaid) expect(words).not.toContain(other);
});

test('an unused key is named in the commands once it is known', () => {
  const of = (findingDetails: unknown): string[] =>
    commandsOf(
      unusedGuidance('UnusedIAMUserAccessKey').steps,
      findingOf(
        unusedEvent({ detail: { findingType: 'UnusedIAMUserAccessKey', resource: 'arn:aws:iam::444455556666:user/ann', findingDetails } }),
      ),
    );
  expect(of([{ unusedIamUserAccessKeyDetails: { accessKeyId: 'AKIAIOSFODNN7EXAMPLE' } }])).toContain(
    'aws iam update-access-key --user-name ann --access-key-id AKIAIOSFODNN7EXAMPLE --status Inactive',
  );
  expect(of(null)).toContain('aws iam update-access-key --user-name ann --access-key-id ACCESS_KEY_ID --status Inactive');
});

test('unused access and errors have guidance for every kind that AWS reports, and for later ones', () => {
  expect(Object.keys(UNUSED_GUIDANCE)).toEqual(['UnusedIAMRole', 'UnusedIAMUserAccessKey', 'UnusedIAMUserPassword', 'UnusedPermission']);
  expect(Object.keys(ERROR_GUIDANCE)).toEqual([
    'ACCESS_DENIED',
    'INTERNAL_ERROR',
    'PRINCIPAL_LIMIT_EXCEEDED',
    'PRINCIPAL_ERRORS_LIMIT_EXCEEDED',
  ]);
  for (const { why, source } of [...Object.values(UNUSED_GUIDANCE), unusedGuidance('toString')]) {
    expect(why.match(/\.(?: |$)/g)).toHaveLength(2);
    expect(source).toMatch(/^https:\/\/docs\.aws\.amazon\.com\//);
  }
  for (const { why, steps } of [...Object.values(ERROR_GUIDANCE), errorGuidance('toString', 'resource')]) {
    expect(why).toMatch(/^[A-Z].*\.$/);
    expect(steps.length).toBeGreaterThan(0);
  }
  expect(errorGuidance('NEW', 'resource').words).toBe('NEW');
  expect(guidanceFor('toString').steps.length).toBe(2);
  expect(INTERNAL_STEPS.length).toBe(2);
});

test('an error about one principal or about unused access has words of its own', () => {
  for (const error of ['ACCESS_DENIED', 'INTERNAL_ERROR', 'NEW', 'toString']) {
    const [resource, ...others] = (['resource', 'principal', 'unused'] as const).map((subject) => errorGuidance(error, subject));
    expect(new Set([resource, ...others].map((one) => one?.why)).size).toBe(3);
    for (const one of others) {
      expect(one?.why).toMatch(/^[A-Z].*\.$/);
      expect(one?.why).toMatch(/role or user/);
      expect(JSON.stringify(one?.steps)).not.toContain('policy of the resource');
    }
  }
  expect(errorGuidance('PRINCIPAL_LIMIT_EXCEEDED', 'principal')).toBe(ERROR_GUIDANCE['PRINCIPAL_LIMIT_EXCEEDED']);
});

test('only a key has the step for keys', () => {
  const words = (type: string): string => {
    const of = finding(type, { error: 'ACCESS_DENIED' });
    return adfWords(fixList(errorGuidance('ACCESS_DENIED', 'resource').steps, fixCases(of, true), fixValues(of, true), 'x'));
  };
  expect(words('AWS::KMS::Key')).toContain('kms:GetKeyPolicy');
  expect(words('AWS::S3::Bucket')).not.toContain('kms:GetKeyPolicy');
});
