import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { PERMISSION_ACTIONS } from '../../src/findings/permission-actions.ts';
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
  ['write', 'es:ESHttpPost'],
  ['write', 'elasticfilesystem:ClientWrite'],
  ['write', 'lambda:UpdateFunctionCode'],
  ['write', 'new:FrobnicateThing'],
  ['write', ''],
  // By AWS's own list, whatever the name says.
  ['administer', 'kms:RetireGrant'],
  ['administer', 'kms:retiregrant'],
  ['administer', 'kms:RevokeGrant'],
  ['administer', 'ec2:ResetSnapshotAttribute'],
  ['administer', 'sns:SetTopicAttributes'],
  ['administer', 'lambda:AddPermission'],
  ['administer', 'lambda:AddLayerVersionPermission'],
  ['administer', 's3:ObjectOwnerOverrideToBucketOwner'],
  ['administer', 's3:BypassGovernanceRetention'],
  ['administer', 'glacier:CompleteVaultLock'],
  ['administer', 'iam:DeleteRolePermissionsBoundary'],
  ['administer', 'secretsmanager:ValidateResourcePolicy'],
  ['write', 'ecr:PutLifecyclePolicy'],
  ['write', 'backup:PutBackupVaultNotifications'],
  ['write', 's3:PutLifecycleConfiguration'],
  ['write', 'elasticfilesystem:PutBackupPolicy'],
  ['write', 'elasticfilesystem:DeleteReplicationPolicy'],
  // AWS calls these writing; each can set a policy or share a snapshot.
  ['administer', 'kinesis:PutResourcePolicy'],
  ['administer', 'rds:ModifyDBSnapshotAttribute'],
  // Services that the list lacks.
  ['administer', 'new:PutResourcePolicy'],
  ['administer', 'new:RetireGrant'],
  ['administer', 'new:Put*'],
  ['write', 'new:Send*'],
  // Wildcards.
  ['administer', 'kms:*'],
  ['administer', 'kms:Re*'],
  ['administer', 'kms:Re?ireGrant'],
  ['administer', 'k*:CreateGrant'],
  ['administer', 's3:*Acl'],
  ['administer', 's3:Delete*'],
  ['administer', 'ec2:*SnapshotAttribute'],
  ['write', 's3:DeleteObject*'],
  ['write', 's3:PutObjectT*'],
  ['write', 'sqs:Ch*'],
  ['administer', 'sts:*'],
  ['read', 'kms:Describe*'],
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

test('a wildcard that takes an action of the list administers as that action does, and takes no time', () => {
  const listed = Object.entries(PERMISSION_ACTIONS).flatMap(([service, names]) =>
    names.split(/\s+/).flatMap((name) => (name === '' ? [] : [`${service}:${name}`])),
  );
  expect(listed.length).toBeGreaterThan(120);
  fc.assert(
    fc.property(fc.constantFrom(...listed), fc.nat(), fc.nat(), (action, from, to) => {
      expect(accessLevel(action)).toBe('administer');
      const [colon, length] = [action.indexOf(':') + 1, action.length];
      const [start, end] = [from, to].map((at) => colon + (at % (length - colon + 1))).toSorted((a, b) => a - b);
      expect(accessLevel(`${action.slice(0, start)}*${action.slice(end)}`)).toBe('administer');
    }),
  );
  expect(accessLevel(`kms:${'*a'.repeat(78)}`)).toBe('write');
});

test('the case of an action does not matter', () => {
  fc.assert(
    fc.property(fc.stringMatching(/^[a-z]{1,8}:[A-Za-z*]{1,20}$/), (action) => {
      expect(accessLevel(action.toUpperCase())).toBe(accessLevel(action));
    }),
  );
});
