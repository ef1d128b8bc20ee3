import type { ResourceTypes } from './resource-type.ts';
import { eventsNamed } from './usage.ts';

const LOST_DISK = 'Whoever copies it has all that was on the disk, and taking the right away does not take the copy back.';

export const EC2_TYPES: ResourceTypes = {
  'AWS::EC2::Snapshot': {
    words: 'EBS snapshot',
    arn: { service: 'ec2', kind: 'snapshot/' },
    exampleArn: 'arn:aws:ec2:eu-west-1::snapshot/snap-0123456789abcdef0',
    usage: eventsNamed('made a disk or a copy of the snapshot', 'SharedSnapshotVolumeCreated', 'SharedSnapshotCopyInitiated'),
    page: { address: 'https://{region}.{host}/ec2/home?region={region}#SnapshotDetails:snapshotId={name}' },
    isMasterKey: true,
    guidance: {
      about: 'An EBS snapshot is a copy of a whole disk',
      publicRisk: LOST_DISK,
      sharedRisk: LOST_DISK,
      steps: [
        {
          text: 'See who may make a disk of the snapshot:',
          commands: ['aws ec2 describe-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --region {region}'],
        },
        {
          when: 'public',
          text: 'Take it back from everyone:',
          commands: [
            'aws ec2 modify-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --operation-type remove --group-names all --region {region}',
          ],
        },
        {
          when: 'shared',
          text: 'Take it back from the account that does not need it:',
          commands: [
            'aws ec2 modify-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --operation-type remove --user-ids {outsider} --region {region}',
          ],
        },
        {
          when: 'public',
          text: 'So that it does not happen again, forbid public snapshots in this account and Region:',
          commands: ['aws ec2 enable-snapshot-block-public-access --state block-all-sharing --region {region}'],
        },
      ],
      source: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
    },
  },
};
