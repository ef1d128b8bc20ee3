import { editPolicy, type FixStep, type Guidance } from './fix-step.ts';

/*
 * Resources that hold data: files, tables, disks, images. The page of an entry is the source of its special facts.
 */

const LOST_DATA = 'What could be read has to be taken for copied, and what could be written may have been changed or planted.';

const LOST_DISK = 'Whoever copies it has all that was on the disk, and taking the right away does not take the copy back.';
const LOST_DATABASE = 'Whoever copies it has all that was in the database, and taking the right away does not take the copy back.';

const ACCESS_POINT_POLICY = editPolicy({
  policy: 'policy of the access point',
  read: 'aws s3control get-access-point-policy --account-id {accessPointAccount} --name {accessPoint} --query Policy --output text --region {region}',
  write:
    'aws s3control put-access-point-policy --account-id {accessPointAccount} --name {accessPoint} --policy file://policy.json --region {region}',
  remove: 'aws s3control delete-access-point-policy --account-id {accessPointAccount} --name {accessPoint} --region {region}',
});

const BUCKET_POLICY = {
  policy: 'bucket policy',
  read: 'aws s3api get-bucket-policy --bucket {name} --query Policy --output text --region {region}',
  write: 'aws s3api put-bucket-policy --bucket {name} --policy file://policy.json --region {region}',
  remove: 'aws s3api delete-bucket-policy --bucket {name} --region {region}',
};

const TABLE_POLICY = {
  policy: 'resource policy',
  read: 'aws dynamodb get-resource-policy --resource-arn {tableArn} --query Policy --output text --region {region}',
  write: 'aws dynamodb put-resource-policy --resource-arn {tableArn} --policy file://policy.json --region {region}',
  remove: 'aws dynamodb delete-resource-policy --resource-arn {tableArn} --region {region}',
};

const OWN_ACCESS_POINT: readonly FixStep[] = editPolicy({
  policy: 'access point policy',
  read: 'aws s3control get-access-point-policy --account-id {account} --name {name} --query Policy --output text --region {region}',
  write: 'aws s3control put-access-point-policy --account-id {account} --name {name} --policy file://policy.json --region {region}',
  remove: 'aws s3control delete-access-point-policy --account-id {account} --name {name} --region {region}',
});

export const STORAGE_GUIDANCE: Readonly<Record<string, Guidance>> = {
  'AWS::S3::Bucket': {
    about: 'A bucket holds files',
    publicRisk: LOST_DATA,
    steps: [
      {
        when: 'public',
        text: 'If nothing in the bucket is meant for the public, block all public access to it. That overrides its policy, its ACL and its access points, and nothing more is to do:',
        commands: [
          'aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true --region {region}',
        ],
      },
      ...editPolicy({ ...BUCKET_POLICY, when: 'policy' }),
      {
        when: 'acl',
        text: 'Look at the access control list, and take it back to the owner alone, or turn ACLs off for good:',
        commands: [
          'aws s3api get-bucket-acl --bucket {name} --region {region}',
          'aws s3api put-bucket-acl --bucket {name} --acl private --region {region}',
          "aws s3api put-bucket-ownership-controls --bucket {name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]' --region {region}",
        ],
      },
      { when: 'access-point', text: 'The access point {accessPoint} lets them in, not the bucket policy alone.' },
      ...ACCESS_POINT_POLICY.map((step) => ({ ...step, when: 'access-point' as const })),
    ],
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
  },
  'AWS::S3::AccessPoint': {
    about: 'An access point is a door to the files of a bucket, with a policy of its own',
    publicRisk: LOST_DATA,
    steps: [
      ...OWN_ACCESS_POINT,
      { text: 'The bucket policy may let in the same people: read it, too. If nobody uses the access point, delete it.' },
    ],
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html',
  },
  'AWS::S3::MultiRegionAccessPoint': {
    about: 'A multi-Region access point is one door to the files of buckets in several Regions',
    publicRisk: LOST_DATA,
    steps: [
      {
        text: 'Find the name of the access point (its ARN has the alias), and read its policy. These calls always go to us-west-2:',
        commands: [
          'aws s3control list-multi-region-access-points --account-id {account} --region us-west-2',
          'aws s3control get-multi-region-access-point-policy --account-id {account} --name ACCESS_POINT_NAME --region us-west-2',
        ],
      },
      {
        text: 'Put a policy in its place that names only the accounts and roles that need the access. In details.json stand Name and Policy, the policy as a text:',
        commands: [
          'aws s3control put-multi-region-access-point-policy --account-id {account} --details file://details.json --region us-west-2',
        ],
      },
    ],
    source: 'https://docs.aws.amazon.com/cli/latest/reference/s3control/put-multi-region-access-point-policy.html',
  },
  'AWS::S3Express::DirectoryBucket': {
    about: 'A directory bucket holds files for fast access from one zone',
    publicRisk: LOST_DATA,
    steps: editPolicy(BUCKET_POLICY),
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam-example-bucket-policies.html',
  },
  'AWS::S3Express::AccessPoint': {
    about: 'An access point is a door to the files of a directory bucket, with a policy of its own',
    publicRisk: LOST_DATA,
    steps: OWN_ACCESS_POINT,
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets.html',
  },
  'AWS::S3Outposts::Bucket': {
    about: 'A bucket on Outposts holds files in your own data centre',
    publicRisk: LOST_DATA,
    steps: editPolicy({
      policy: 'bucket policy',
      read: 'aws s3control get-bucket-policy --account-id {account} --bucket {arn} --query Policy --output text --region {region}',
      write: 'aws s3control put-bucket-policy --account-id {account} --bucket {arn} --policy file://policy.json --region {region}',
      remove: 'aws s3control delete-bucket-policy --account-id {account} --bucket {arn} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/cli/latest/reference/s3control/put-bucket-policy.html',
  },
  'AWS::S3Outposts::AccessPoint': {
    about: 'An access point is a door to the files of a bucket on Outposts, with a policy of its own',
    publicRisk: LOST_DATA,
    steps: editPolicy({
      policy: 'access point policy',
      read: 'aws s3control get-access-point-policy --account-id {account} --name {arn} --query Policy --output text --region {region}',
      write: 'aws s3control put-access-point-policy --account-id {account} --name {arn} --policy file://policy.json --region {region}',
      remove: 'aws s3control delete-access-point-policy --account-id {account} --name {arn} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/cli/latest/reference/s3control/put-access-point-policy.html',
  },
  'AWS::S3Tables::TableBucket': {
    about: 'A table bucket holds tables for analysis, and its policy counts for all of them',
    publicRisk: LOST_DATA,
    steps: editPolicy({
      policy: 'table bucket policy',
      read: 'aws s3tables get-table-bucket-policy --table-bucket-arn {arn} --query resourcePolicy --output text --region {region}',
      write: 'aws s3tables put-table-bucket-policy --table-bucket-arn {arn} --resource-policy file://policy.json --region {region}',
      remove: 'aws s3tables delete-table-bucket-policy --table-bucket-arn {arn} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-bucket-policy.html',
  },
  'AWS::S3Tables::Table': {
    about: 'A table of S3 Tables holds data for analysis',
    publicRisk: LOST_DATA,
    steps: editPolicy({
      policy: 'table policy',
      read: 'aws s3tables get-table-policy --table-bucket-arn {tableBucketArn} --namespace TABLE_NAMESPACE --name TABLE_NAME --query resourcePolicy --output text --region {region}',
      write:
        'aws s3tables put-table-policy --table-bucket-arn {tableBucketArn} --namespace TABLE_NAMESPACE --name TABLE_NAME --resource-policy file://policy.json --region {region}',
      remove:
        'aws s3tables delete-table-policy --table-bucket-arn {tableBucketArn} --namespace TABLE_NAMESPACE --name TABLE_NAME --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/cli/latest/reference/s3tables/put-table-policy.html',
  },
  'AWS::S3::Glacier': {
    about: 'A Glacier vault holds archives',
    publicRisk: LOST_DATA,
    steps: editPolicy({
      policy: 'vault access policy',
      read: 'aws glacier get-vault-access-policy --account-id {account} --vault-name {name} --query policy.Policy --output text --region {region}',
      write:
        "jq -Rs '{Policy: .}' policy.json > vault.json && aws glacier set-vault-access-policy --account-id {account} --vault-name {name} --policy file://vault.json --region {region}",
      remove: 'aws glacier delete-vault-access-policy --account-id {account} --vault-name {name} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/amazonglacier/latest/dev/vault-access-policy.html',
  },
  'AWS::DynamoDB::Table': {
    about: 'A DynamoDB table holds the data of an application',
    publicRisk: LOST_DATA,
    steps: editPolicy(TABLE_POLICY),
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html',
  },
  'AWS::DynamoDB::Stream': {
    about: 'A DynamoDB stream tells every change of a table, with the data',
    publicRisk: 'Whoever reads it sees what is written to the table, as it is written.',
    steps: editPolicy(TABLE_POLICY),
    source: 'https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/rbac-cross-account-access.html',
  },
  'AWS::EFS::FileSystem': {
    about: 'An EFS file system is a network drive',
    publicRisk: 'Whoever reaches its network can mount it, and does not have to log in.',
    steps: [
      ...editPolicy({
        policy: 'file system policy',
        read: 'aws efs describe-file-system-policy --file-system-id {name} --query Policy --output text --region {region}',
        write: 'aws efs put-file-system-policy --file-system-id {name} --policy file://policy.json --region {region}',
      }),
      {
        text: 'Do not just delete the policy: without one, every client that reaches a mount target is let in. Look also at the mount targets: none belongs into a public subnet.',
        commands: ['aws efs describe-mount-targets --file-system-id {name} --region {region}'],
      },
    ],
    source: 'https://docs.aws.amazon.com/efs/latest/ug/iam-access-control-nfs-efs.html',
  },
  'AWS::ECR::Repository': {
    about: 'A repository holds the container images that your services run',
    publicRisk: 'Images hold code and often secrets; whoever can push puts their own code into what you run.',
    steps: editPolicy({
      policy: 'repository policy',
      read: 'aws ecr get-repository-policy --repository-name {name} --query policyText --output text --region {region}',
      write: 'aws ecr set-repository-policy --repository-name {name} --policy-text file://policy.json --region {region}',
      remove: 'aws ecr delete-repository-policy --repository-name {name} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/AmazonECR/latest/userguide/set-repository-policy.html',
  },
  'AWS::CodeArtifact::Domain': {
    about: 'A CodeArtifact domain holds the packages that your builds use',
    publicRisk: 'Packages hold code; whoever can publish puts their own code into what you build.',
    steps: editPolicy({
      policy: 'domain policy',
      read: 'aws codeartifact get-domain-permissions-policy --domain {name} --domain-owner {account} --query policy.document --output text --region {region}',
      write:
        'aws codeartifact put-domain-permissions-policy --domain {name} --domain-owner {account} --policy-document file://policy.json --region {region}',
      remove: 'aws codeartifact delete-domain-permissions-policy --domain {name} --domain-owner {account} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/codeartifact/latest/ug/domain-policies.html',
  },
  'AWS::EC2::Snapshot': {
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
  'AWS::RDS::DBSnapshot': {
    about: 'An RDS snapshot is a copy of a whole database',
    publicRisk: LOST_DATABASE,
    sharedRisk: LOST_DATABASE,
    steps: snapshotSteps('db-snapshot'),
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/UserGuide/USER_ShareSnapshot.html',
  },
  'AWS::RDS::DBClusterSnapshot': {
    about: 'An RDS cluster snapshot is a copy of a whole database cluster',
    publicRisk: LOST_DATABASE,
    sharedRisk: LOST_DATABASE,
    steps: snapshotSteps('db-cluster-snapshot'),
    source: 'https://docs.aws.amazon.com/AmazonRDS/latest/AuroraUserGuide/aurora-share-snapshot.html',
  },
  'AWS::Backup::BackupVault': {
    about: 'A backup vault holds the backups of your databases, disks and files',
    publicRisk: 'Whoever copies a backup has all that was in it, and whoever deletes one takes your way back.',
    steps: editPolicy({
      policy: 'vault access policy',
      read: 'aws backup get-backup-vault-access-policy --backup-vault-name {name} --query Policy --output text --region {region}',
      write: 'aws backup put-backup-vault-access-policy --backup-vault-name {name} --policy file://policy.json --region {region}',
      remove: 'aws backup delete-backup-vault-access-policy --backup-vault-name {name} --region {region}',
    }),
    source: 'https://docs.aws.amazon.com/aws-backup/latest/devguide/create-a-vault-access-policy.html',
  },
};

/** Only manual snapshots can be shared, through their `restore` attribute. */
function snapshotSteps(kind: 'db-snapshot' | 'db-cluster-snapshot'): readonly FixStep[] {
  const modify = `aws rds modify-${kind}-attribute --${kind}-identifier {name} --attribute-name restore --values-to-remove`;
  return [
    {
      text: 'See who may restore the snapshot:',
      commands: [`aws rds describe-${kind}-attributes --${kind}-identifier {name} --region {region}`],
    },
    { when: 'public', text: 'Take it back from everyone:', commands: [`${modify} all --region {region}`] },
    { when: 'shared', text: 'Take it back from the account that does not need it:', commands: [`${modify} {outsider} --region {region}`] },
  ];
}
