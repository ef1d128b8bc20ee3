import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { accessLevel, type AccessLevel } from '../../src/findings/access-level.ts';

test.each<readonly [AccessLevel, string]>([
  ['read', 's3:GetObject'],
  ['read', 's3:getobject'],
  ['read', 's3:Get*'],
  ['read', 's3:ListBucket'],
  ['read', 's3:GetBucketAcl'],
  ['read', 'sqs:ReceiveMessage'],
  ['read', 'sns:Subscribe'],
  ['read', 'kinesis:SubscribeToShard'],
  ['read', 'ecr:BatchGetImage'],
  ['read', 'ecr:BatchCheckLayerAvailability'],
  ['read', 'ecr:GetDownloadUrlForLayer'],
  ['read', 'dynamodb:Query'],
  ['read', 'dynamodb:PartiQLSelect'],
  ['read', 'dynamodb:ConditionCheckItem'],
  ['read', 'es:ESHttpGet'],
  ['read', 'ec2:CreateVolume'],
  ['read', 'rds:CopyDBSnapshot'],
  ['read', 'rds:RestoreDBInstanceFromDBSnapshot'],
  ['read', 'elasticfilesystem:ClientMount'],
  ['use', 'lambda:InvokeFunction'],
  ['use', 'lambda:Invoke*'],
  ['use', 'execute-api:Invoke'],
  ['use', 'sts:AssumeRole'],
  ['use', 'sts:AssumeRoleWithWebIdentity'],
  ['use', 'sts:TagSession'],
  ['use', 'kms:Decrypt'],
  ['use', 'kms:GenerateDataKeyWithoutPlaintext'],
  ['write', 's3:PutObject'],
  ['write', 's3:DeleteObject'],
  ['write', 's3:ReplicateObject'],
  ['write', 'sqs:SendMessage'],
  ['write', 'sqs:Send*'],
  ['write', 'sns:Publish'],
  ['write', 'ecr:PutImage'],
  ['write', 'kms:RetireGrant'],
  ['write', 'es:ESHttpPost'],
  ['write', 'elasticfilesystem:ClientWrite'],
  ['write', 'lambda:UpdateFunctionCode'],
  ['write', 'new:FrobnicateThing'],
  ['write', ''],
  ['administer', '*'],
  ['administer', 's3:*'],
  ['administer', 's3:Put*'],
  ['administer', 's3:PutObject*'],
  ['administer', 's3:PutObjectAcl'],
  ['administer', 's3:PutBucketPolicy'],
  ['administer', 's3:PutBucketPublicAccessBlock'],
  ['administer', 's3:DeleteBucket'],
  ['administer', 'kms:CreateGrant'],
  ['administer', 'kms:PutKeyPolicy'],
  ['administer', 'kms:ScheduleKeyDeletion'],
  ['administer', 'sqs:AddPermission'],
  ['administer', 'sqs:SetQueueAttributes'],
  ['administer', 'lambda:RemovePermission'],
  ['administer', 'ec2:ModifySnapshotAttribute'],
  ['administer', 'secretsmanager:PutResourcePolicy'],
])('%s: %s', (level, action) => {
  expect(accessLevel(action)).toBe(level);
});

test('the case of an action does not matter', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,8}:[A-Za-z*]{1,20}$/), (action) => {
      expect(accessLevel(action.toUpperCase())).toBe(accessLevel(action));
    }),
  );
});
