import { expect, test } from 'vitest';
import { severityOf, type Severity } from '../../src/findings/severity.ts';
import { externalEvent, internalEvent, unusedEvent } from '../support/finding-events.ts';
import { findingOf } from '../support/service-parts.ts';

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
  ['high', 'public with no actions said', { action: undefined }],
  ['medium', 'open to another account', { isPublic: false, action: ['s3:PutObject'] }],
  ['medium', 'whether it is public was not said', { isPublic: undefined }],
  ['low', 'an error, even of what is public', { error: 'ACCESS_DENIED' }],
])('%s: %s', (severity, _, detail) => {
  expect(severityOf(findingOf(externalEvent({ detail })))).toBe(severity);
});

test('low: unused access and access inside the organization', () => {
  expect(severityOf(findingOf(unusedEvent()))).toBe('low');
  expect(severityOf(findingOf(internalEvent({ detail: { isPublic: true } })))).toBe('low');
});
