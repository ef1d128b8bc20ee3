import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { FixStep } from '../../../src/findings/resource-types/fix-step.ts';
import { RESOURCE_TYPES } from '../../../src/findings/resource-types/resource-types.ts';
import { fixList } from '../../../src/issues/text/fix-list.ts';
import { fixCases, fixValues } from '../../../src/issues/text/fix-values.ts';
import { guidanceFor, unusedGuidance } from '../../../src/issues/guidance/guidance.ts';
import { ERROR_GUIDANCE, errorGuidance } from '../../../src/issues/guidance/guidance-errors.ts';
import { UNUSED_GUIDANCE } from '../../../src/issues/guidance/guidance-unused.ts';
import { adfWords } from '../../support/jira/adf-check.ts';
import { externalEvent, unusedEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const TYPES = Object.entries(RESOURCE_TYPES).flatMap(([type, { guidance }]) => (guidance === undefined ? [] : [type]));
const exampleOf = (type: string): string => RESOURCE_TYPES[type]?.exampleArn ?? 'x';

const finding = (resourceType: string, detail: Readonly<Record<string, unknown>> = {}): Finding =>
  findingOf(externalEvent({ detail: { resourceType, resource: exampleOf(resourceType), region: 'eu-west-1', ...detail } }));

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

describe.each(TYPES)('%s', (type) => {
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
      expect(command).toMatch(
        /^(?:cp ([a-z-]+)\.json \1-before\.json|jq -Rs '\{(?:Name: "ACCESS_POINT_NAME", )?Policy: \.\}' \S+ > \S+(?: && )?)?(?:aws [a-z0-9]+ [a-z0-9-]+ --\S.*)?$/,
      );
      // Every placeholder is filled, and IAM alone needs no Region.
      expect(command).not.toMatch(/\{\w+\}|undefined/);
      expect(/^aws (?!iam)/.test(command)).toBe(/--region (?:eu-west-1|us-west-2)/.test(command) && command.startsWith('aws'));
    }
    const resource = exampleOf(type);
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
  expect(guidanceFor('toString').steps.length).toBe(3);
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
