import { expect, test } from 'vitest';
import { resourceLink } from '../../../src/issues/text/resource-link.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const linkOf = (resourceType: string, resource: string, region = 'eu-west-1'): string | null =>
  resourceLink(findingOf(externalEvent({ detail: { resourceType, resource, region } })));

test.each([
  ['AWS::S3::Bucket', 'arn:aws:s3:::logs', 'https://console.aws.amazon.com/s3/buckets/logs?tab=permissions'],
  ['AWS::S3::Bucket', 'arn:aws-cn:s3:::logs', 'https://console.amazonaws.cn/s3/buckets/logs?tab=permissions'],
  ['AWS::IAM::Role', 'arn:aws:iam::444455556666:role/team/Deploy', 'https://console.aws.amazon.com/iam/home#/roles/details/Deploy'],
  ['AWS::IAM::Role', 'arn:aws-us-gov:iam::444455556666:role/Deploy', 'https://console.amazonaws-us-gov.com/iam/home#/roles/details/Deploy'],
  [
    'AWS::IAM::User',
    'arn:aws:iam::444455556666:user/ann@example.com',
    'https://console.aws.amazon.com/iam/home#/users/details/ann%40example.com',
  ],
  [
    'AWS::KMS::Key',
    'arn:aws:kms:us-east-1:444455556666:key/1-2',
    'https://us-east-1.console.aws.amazon.com/kms/home?region=us-east-1#/kms/keys/1-2',
  ],
  [
    'AWS::SNS::Topic',
    'arn:aws:sns:us-east-1:444455556666:alarms',
    'https://us-east-1.console.aws.amazon.com/sns/v3/home?region=us-east-1#/topic/arn:aws:sns:us-east-1:444455556666:alarms',
  ],
  [
    'AWS::SecretsManager::Secret',
    'arn:aws:secretsmanager:us-east-1:444455556666:secret:database-AbCdEf',
    'https://us-east-1.console.aws.amazon.com/secretsmanager/secret?name=database&region=us-east-1',
  ],
  [
    'AWS::SecretsManager::Secret',
    'arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/db-AbCdEf',
    'https://us-west-2.console.aws.amazon.com/secretsmanager/secret?name=prod%2Fdb&region=us-west-2',
  ],
  [
    'AWS::SecretsManager::Secret',
    'arn:aws:secretsmanager:us-west-2:111122223333:secret:dev/db-GhIjKl',
    'https://us-west-2.console.aws.amazon.com/secretsmanager/secret?name=dev%2Fdb&region=us-west-2',
  ],
  [
    'AWS::Lambda::Function',
    'arn:aws:lambda:us-east-1:444455556666:function:webhook:prod',
    'https://us-east-1.console.aws.amazon.com/lambda/home?region=us-east-1#/functions/webhook',
  ],
  [
    'AWS::ECR::Repository',
    'arn:aws:ecr:us-east-1:444455556666:repository/team/api',
    'https://us-east-1.console.aws.amazon.com/ecr/repositories/private/444455556666/team/api?region=us-east-1',
  ],
  [
    'AWS::DynamoDB::Table',
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders',
    'https://us-east-1.console.aws.amazon.com/dynamodbv2/home?region=us-east-1#table?name=Orders',
  ],
  [
    'AWS::DynamoDB::Table',
    'arn:aws:dynamodb:us-east-1:444455556666:table/Orders/index/by-day',
    'https://us-east-1.console.aws.amazon.com/dynamodbv2/home?region=us-east-1#table?name=Orders',
  ],
])('the page of %s %s', (type, arn, link) => {
  expect(linkOf(type, arn)).toBe(link);
});

test.each([
  ['a type whose page we do not know', 'AWS::RDS::DBSnapshot', 'arn:aws:rds:eu-west-1:444455556666:snapshot:x', 'eu-west-1'],
  ['the alias of a key', 'AWS::KMS::Key', 'arn:aws:kms:eu-west-1:444455556666:alias/prod/db', 'eu-west-1'],
  [
    'a secret whose ARN may lack its random end',
    'AWS::SecretsManager::Secret',
    'arn:aws:secretsmanager:eu-west-1:444455556666:secret:prod/my-secret',
    'eu-west-1',
  ],
  ['a type named like a part of every object', 'constructor', 'arn:aws:s3:::logs', 'eu-west-1'],
  ['a partition that we do not know', 'AWS::S3::Bucket', 'arn:aws-new:s3:::logs', 'eu-west-1'],
  ['a text that is no ARN', 'AWS::S3::Bucket', 'logs', 'eu-west-1'],
  ['a Region that would end the host', 'AWS::KMS::Key', 'arn:aws:kms:evil.example/:444455556666:key/x', 'eu-west-1'],
  [
    'a Region of the finding with a query of its own',
    'AWS::EFS::FileSystem',
    'arn:aws:elasticfilesystem::444455556666:file-system/fs-1',
    'x-y-1&y=#',
  ],
  ['a Region that is not known', 'AWS::EFS::FileSystem', 'arn:aws:elasticfilesystem::444455556666:file-system/fs-1', 'unknown'],
  ['a name that makes it too long', 'AWS::S3::Bucket', `arn:aws:s3:::${'🪣'.repeat(500)}`, 'eu-west-1'],
])('no link for %s', (_, type, arn, region) => {
  expect(linkOf(type, arn, region)).toBeNull();
});

test('values in a link are encoded', () => {
  expect(linkOf('AWS::S3::Bucket', 'arn:aws:s3:::"><script>\ud800#?&')).toBe(
    'https://console.aws.amazon.com/s3/buckets/%22%3E%3Cscript%3E%EF%BF%BD%23%3F%26?tab=permissions',
  );
});
