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
  ['arn:aws:lambda:eu-west-1:111122223333:function:webhook:prod', 'webhook:prod'],
  ['arn:aws:lambda:eu-west-1:111122223333:function:webhook:7', 'webhook:7'],
  ['arn:aws:kms:eu-west-1:111122223333:alias/prod/db', 'alias/prod/db'],
  ['arn:aws:secretsmanager:eu-west-1:111122223333:secret:database-AbCdEf', 'database'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/db-AbCdEf', 'prod/db'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:dev/db-GhIjKl', 'dev/db'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:a/b/c-1a2b3c', 'a/b/c'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/db-AbCdEf-GhIjKl', 'prod/db-AbCdEf'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/db', 'prod/db'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:prod/my-secret', 'prod/my-secret'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:backup-202411', 'backup-202411'],
  ['arn:aws:sns:eu-west-1:111122223333:alarms.fifo', 'alarms.fifo'],
  ['arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/webhook:*', '/aws/lambda/webhook'],
  ['arn:aws:logs:eu-west-1:111122223333:log-group:/aws/lambda/webhook:log-stream:a/b', '/aws/lambda/webhook:log-stream:a/b'],
  ['arn:aws:ssm:eu-west-1:111122223333:parameter/prod/db', '/prod/db'],
  ['arn:aws:ssm:eu-west-1:111122223333:parameter/db', 'db'],
  ['arn:aws:ssm:eu-west-1:111122223333:document/Patch', 'Patch'],
  ['arn:aws:elasticfilesystem:eu-west-1:111122223333:file-system/fs-0123', 'fs-0123'],
  ['arn:aws:elasticfilesystem:eu-west-1:111122223333:access-point/fsap-0123', 'fsap-0123'],
  ['arn:aws:s3:eu-west-1:111122223333:accesspoint/finance', 'finance'],
  ['arn:aws:s3::111122223333:accesspoint/mfzwi23gnjvgw.mrap', 'mfzwi23gnjvgw.mrap'],
  ['arn:aws:s3express:eu-west-1:111122223333:bucket/fast--euw1-az1--x-s3', 'fast--euw1-az1--x-s3'],
  ['arn:aws:s3express:eu-west-1:111122223333:accesspoint/fast--euw1-az1--xa-s3', 'fast--euw1-az1--xa-s3'],
  ['arn:aws:s3-outposts:eu-west-1:111122223333:outpost/op-01ac/bucket/near', 'near'],
  ['arn:aws:apigateway:eu-west-1::/restapis/a1b2c3d4e5', 'a1b2c3d4e5'],
  ['arn:aws:kinesis:eu-west-1:111122223333:stream/clicks/consumer/app:1525898737', 'clicks/consumer/app:1525898737'],
  ['arn:aws:new:eu-west-1:111122223333:thing/prod/db', 'prod/db'],
  ['arn:aws:rds:eu-west-1:111122223333:snapshot:nightly', 'nightly'],
  ['arn:aws:rds:eu-west-1:111122223333:cluster-snapshot:rds:nightly', 'rds:nightly'],
  ['arn:aws:ec2:eu-west-1::snapshot/snap-0123', 'snap-0123'],
  ['arn:aws:ecr:eu-west-1:111122223333:repository/team/api', 'team/api'],
  ['arn:aws:backup:eu-west-1:111122223333:backup-vault:nightly', 'nightly'],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/Orders', 'Orders'],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/stream/2026-01-01T00:00:00.000', 'Orders/stream/2026-01-01T00:00:00.000'],
  ['arn:aws:dynamodb:eu-west-1:111122223333:table/Orders/index/by-table/day', 'Orders/index/by-table/day'],
  ['arn:aws:rds:eu-west-1:111122223333:snapshot:rds:nightly-2026-01-01-00-05', 'rds:nightly-2026-01-01-00-05'],
  ['not an arn', 'not an arn'],
  ['arn:aws:iam::111122223333:role/', 'arn:aws:iam::111122223333:role/'],
  ['arn:aws:secretsmanager:us-west-2:111122223333:secret:-AbCdEf', 'arn:aws:secretsmanager:us-west-2:111122223333:secret:-AbCdEf'],
])('%s is known as %s', (arn, name) => {
  expect(resourceName(arn)).toBe(name);
});
