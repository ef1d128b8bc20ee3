import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';
import { RESOURCE_TYPES } from '../../src/findings/resource-types/resource-types.ts';
import { severityOf, type Severity } from '../../src/findings/severity.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/findings/finding-events.ts';
import { findingOf } from '../support/findings/parsed.ts';

const document = readFileSync(new URL('../../docs/rules.md', import.meta.url), 'utf8');

test.each<readonly [Severity, string, Readonly<Record<string, unknown>>]>([
  ['high', 'a public bucket that can be read', {}],
  [
    'high',
    'a public bucket whose objects can be listed, described and read',
    { action: ['s3:List*', 's3:GetObject', 'ec2:DescribeImages'] },
  ],
  ['critical', 'a public bucket that can be written', { action: ['s3:GetObject', 's3:PutObject'] }],
  ['critical', 'a public bucket where everything may be done', { action: ['s3:*'] }],
  ['critical', 'a public action without a service', { action: ['*'] }],
  [
    'critical',
    'a public secret that can be read',
    { resourceType: 'AWS::SecretsManager::Secret', action: ['secretsmanager:GetSecretValue'] },
  ],
  ['critical', 'a public role', { resourceType: 'AWS::IAM::Role', action: ['sts:GetCallerIdentity'] }],
  ['critical', 'a public key', { resourceType: 'AWS::KMS::Key', action: ['kms:DescribeKey'] }],
  ['high', 'public without actions', { action: undefined }],
  ['critical', 'a public snapshot, which is a whole disk', { resourceType: 'AWS::EC2::Snapshot', action: ['ec2:CreateVolume'] }],
  ['critical', 'a public snapshot without actions', { resourceType: 'AWS::RDS::DBSnapshot', action: [] }],
  ['critical', 'a public queue that can be sent to', { resourceType: 'AWS::SQS::Queue', action: ['sqs:SendMessage'] }],
  ['high', 'a public queue that can be read', { resourceType: 'AWS::SQS::Queue', action: ['sqs:ReceiveMessage'] }],
  ['high', 'a public function that can be invoked', { resourceType: 'AWS::Lambda::Function', action: ['lambda:InvokeFunction'] }],
  ['high', 'another account that can change the policy', { isPublic: false, action: ['s3:GetObject', 's3:PutBucketPolicy'] }],
  ['high', 'another account that can do everything', { isPublic: false, action: ['kms:*'], resourceType: 'AWS::KMS::Key' }],
  ['medium', 'a role that another account can assume', { isPublic: false, resourceType: 'AWS::IAM::Role', action: ['sts:AssumeRole'] }],
  [
    'medium',
    'a secret that another account can read',
    { isPublic: false, resourceType: 'AWS::SecretsManager::Secret', action: ['secretsmanager:GetSecretValue'] },
  ],
  [
    'medium',
    'everyone under a condition, which AWS does not call public',
    { isPublic: false, principal: { AWS: '*' }, condition: { 'aws:SourceVpc': 'vpc-1' } },
  ],
  ['medium', 'open to another account', { isPublic: false, action: ['s3:PutObject'] }],
  ['medium', 'without isPublic', { isPublic: undefined }],
  ['low', 'an error, even of what is public', { error: 'ACCESS_DENIED' }],
])('%s: %s', (severity, _, detail) => {
  expect(severityOf(findingOf(externalEvent({ detail })))).toBe(severity);
});

test('low: unused access and access inside the organization', () => {
  expect(severityOf(findingOf(unusedEvent()))).toBe('low');
  expect(severityOf(findingOf(internalEvent({ detail: { isPublic: true } })))).toBe('low');
});

test.each(Object.keys(RESOURCE_TYPES))(
  '%s: public and writable resources come first, unused access last, as docs/rules.md says',
  (resourceType) => {
    const severity = (detail: Readonly<Record<string, unknown>>): Severity =>
      severityOf(findingOf(externalEvent({ detail: { resourceType, ...detail } })));
    const [critical = ''] = /^\| `critical` \|.*$/m.exec(document) ?? [];
    expect(severity({ action: ['s3:PutObject'] })).toBe('critical');
    expect(severity({ action: ['s3:GetObject'] })).toBe(critical.includes(`\`${resourceType}\``) ? 'critical' : 'high');
    expect(severity({ isPublic: false, action: ['s3:*'] })).toBe('high');
    expect(severity({ isPublic: false, action: ['s3:GetObject'] })).toBe('medium');
  },
);
