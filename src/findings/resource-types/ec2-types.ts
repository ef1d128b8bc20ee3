import type { ResourceTypes } from './resource-type.ts';
import { eventsNamed } from './usage.ts';

const LOST_DISK = 'A copy has all that was on the disk, and taking the right away does not take the copy back.';

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
      inShort: 'take the permission back from those who do not need it; copies that they have made stay.',
      steps: [
        {
          isWithNext: true,
          text: 'See who may make a disk of the snapshot:',
          commands: ['aws ec2 describe-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --region {region}'],
        },
        {
          when: 'public',
          text: 'Take it back from everyone. Accounts that still need it are added by their ids first; "add" in place of "remove" undoes it:',
          commands: [
            'aws ec2 modify-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --operation-type remove --group-names all --region {region}',
          ],
        },
        {
          when: 'shared',
          text: 'Take it back from the accounts that do not need it; "add" in place of "remove" undoes it:',
          commands: [
            'aws ec2 modify-snapshot-attribute --snapshot-id {name} --attribute createVolumePermission --operation-type remove --user-ids {outsiders} --region {region}',
          ],
        },
        // https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_EnableSnapshotBlockPublicAccess.html
        {
          when: 'public',
          text: 'To keep new snapshots of this account and Region from becoming public, block new sharing. First see the state: where it is block-all-sharing already, leave it, since a change would publish again what it hides. block-all-sharing also hides all snapshots that are public now, so it is for accounts that need none:',
          commands: [
            'aws ec2 get-snapshot-block-public-access-state --region {region}',
            'aws ec2 enable-snapshot-block-public-access --state block-new-sharing --region {region}',
          ],
        },
      ],
      source: 'https://docs.aws.amazon.com/ebs/latest/userguide/ebs-modifying-snapshot-permissions.html',
    },
  },
};
