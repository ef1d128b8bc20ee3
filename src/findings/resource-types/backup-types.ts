import type { ResourceTypes } from './resource-type.ts';
import { editPolicy } from './edit-policy.ts';

export const BACKUP_TYPES: ResourceTypes = {
  'AWS::Backup::BackupVault': {
    words: 'backup vault',
    arn: { service: 'backup', kind: 'backup-vault:' },
    exampleArn: 'arn:aws:backup:eu-west-1:444455556666:backup-vault:nightly',
    isMasterKey: true,
    guidance: {
      about: 'A backup vault holds the backups of your databases, disks and files',
      publicRisk: 'Anyone who copies a backup has all that was in it, and anyone who deletes one takes your way back.',
      steps: editPolicy({
        policy: 'vault access policy',
        checkedAs: 'AWS::Backup::BackupVault',
        read: 'aws backup get-backup-vault-access-policy --backup-vault-name {name} --query Policy --output text --region {region}',
        write: 'aws backup put-backup-vault-access-policy --backup-vault-name {name} --policy file://policy.json --region {region}',
        remove: 'aws backup delete-backup-vault-access-policy --backup-vault-name {name} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html',
    },
  },
};
