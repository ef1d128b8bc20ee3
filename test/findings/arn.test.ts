import { expect, test } from 'vitest';
import { parseArn, resourceName } from '../../src/findings/arn.ts';

test('an ARN has six parts, and the last may hold colons', () => {
  expect(parseArn('arn:aws:rds:eu-west-1:111122223333:snapshot:nightly')).toEqual({
    partition: 'aws',
    service: 'rds',
    region: 'eu-west-1',
    accountId: '111122223333',
    resource: 'snapshot:nightly',
  });
  expect(parseArn('arn:aws:s3:::bucket')).toMatchObject({ service: 's3', region: '', accountId: '', resource: 'bucket' });
});

test.each(['', 'bucket', 'arn:aws:s3', 'arn:aws:s3::', 'urn:aws:s3:::bucket', 'arn::s3:::bucket', 'arn:aws::::bucket'])(
  '"%s" is no ARN',
  (text) => {
    expect(parseArn(text)).toBeNull();
  },
);

test.each([
  ['arn:aws:s3:::billing-export', 'billing-export'],
  ['arn:aws:iam::111122223333:role/Deploy', 'Deploy'],
  ['arn:aws:iam::111122223333:role/aws-reserved/sso.amazonaws.com/eu-west-1/Admin_0123', 'Admin_0123'],
  ['arn:aws:kms:eu-west-1:111122223333:key/0123-4567', '0123-4567'],
  ['arn:aws:lambda:eu-west-1:111122223333:function:webhook', 'webhook'],
  ['arn:aws:lambda:eu-west-1:111122223333:layer:tools:3', 'tools:3'],
  ['arn:aws:sqs:eu-west-1:111122223333:orders', 'orders'],
  ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:database-AbCdEf', 'database-AbCdEf'],
  ['arn:aws:rds:eu-west-1:111122223333:snapshot:nightly', 'nightly'],
  ['arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:rds:nightly', 'rds:nightly'],
  ['arn:aws:ec2:eu-west-1::snapshot/snap-0123', 'snap-0123'],
  ['arn:aws:ecr:eu-west-1:111122223333:repository/team/api', 'team/api'],
  ['arn:aws:backup:eu-west-1:111122223333:backup-vault:nightly', 'nightly'],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/Orders', 'Orders'],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/stream/2026-01-01T00:00:00.000', 'Orders/stream/2026-01-01T00:00:00.000'],
  ['not an arn', 'not an arn'],
  ['arn:aws:iam::111122223333:role/', 'arn:aws:iam::111122223333:role/'],
])('%s is known as %s', (arn, name) => {
  expect(resourceName(arn)).toBe(name);
});
