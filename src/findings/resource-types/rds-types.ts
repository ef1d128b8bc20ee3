import type { FixStep } from './fix-step.ts';
import type { ResourceTypes } from './resource-type.ts';
import { RESTORE_USAGE } from './usage.ts';

const LOST_DATABASE = 'A copy has all that was in the database, and taking the right away does not take the copy back.';

export const RDS_TYPES: ResourceTypes = {
  'AWS::RDS::DBSnapshot': {
    words: 'RDS snapshot',
    arn: { service: 'rds', kind: 'snapshot:' },
    exampleArn: 'arn:aws:rds:eu-west-1:444455556666:snapshot:nightly',
    usage: RESTORE_USAGE,
    isWithoutPolicy: true,
    securityHubType: 'AwsRdsDbSnapshot',
    isMasterKey: true,
    guidance: {
      about: 'An RDS snapshot is a copy of a whole database',
      publicRisk: LOST_DATABASE,
      sharedRisk: LOST_DATABASE,
      inShort: 'take the permission back from those who do not need it; copies that they have made stay.',
      steps: snapshotSteps('db-snapshot'),
      source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html',
    },
  },
  'AWS::RDS::DBClusterSnapshot': {
    words: 'RDS cluster snapshot',
    arn: { service: 'rds', kind: 'cluster-snapshot:' },
    exampleArn: 'arn:aws:rds:eu-west-1:444455556666:cluster-snapshot:nightly',
    usage: RESTORE_USAGE,
    isWithoutPolicy: true,
    securityHubType: 'AwsRdsDbClusterSnapshot',
    isMasterKey: true,
    guidance: {
      about: 'An RDS cluster snapshot is a copy of a whole database cluster',
      publicRisk: LOST_DATABASE,
      sharedRisk: LOST_DATABASE,
      inShort: 'take the permission back from those who do not need it; copies that they have made stay.',
      steps: snapshotSteps('db-cluster-snapshot'),
      source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-share-snapshot.html',
    },
  },
};

/**
 * Only manual snapshots can be shared, through their `restore` attribute, with at most 20 accounts.
 * Source: https://docs.aws.amazon.com/AmazonRDS/latest/APIReference/API_ModifyDBSnapshotAttribute.html
 */
function snapshotSteps(kind: 'db-snapshot' | 'db-cluster-snapshot'): readonly FixStep[] {
  const modify = `aws rds modify-${kind}-attribute --${kind}-identifier {name} --attribute-name restore --values-to-remove`;
  const undo = '--values-to-add in place of --values-to-remove undoes it:';
  return [
    {
      isWithNext: true,
      text: 'See who may restore the snapshot:',
      commands: [`aws rds describe-${kind}-attributes --${kind}-identifier {name} --region {region}`],
    },
    {
      when: 'public',
      text: `Take it back from everyone. Accounts that still need it are added by their ids first; ${undo}`,
      commands: [`${modify} all --region {region}`],
    },
    {
      when: 'shared',
      text: `Take it back from the accounts that do not need it; ${undo}`,
      commands: [`${modify} {outsiders} --region {region}`],
    },
  ];
}
