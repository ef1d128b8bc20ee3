import type { ResourceTypes } from './resource-type.ts';
import { LOST_DATA } from './data-risk.ts';
import { accessPointPolicy, bucketPolicy, MULTI_REGION_POLICY } from './s3-policies.ts';
import type { FixStep } from './fix-step.ts';
import { copyCommand, editPolicy, undoCommand } from './edit-policy.ts';
import { dataEvents } from './usage.ts';

const SEEN_LATE = 'Block Public Access of the whole account and multi-Region access points take up to 6 hours.';

const PUT_GRANTS = 'aws s3api put-bucket-policy --bucket {name} --policy file://grants.json --region {region}';

/** @see https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-migrating-acls-prerequisites.html */
const ACL_STEPS: readonly FixStep[] = [
  {
    when: 'acl',
    isWithNext: true,
    text: 'Save the access control list, to go back to:',
    commands: ['aws s3api get-bucket-acl --bucket {name} --output json --region {region} > acl-before.json'],
  },
  {
    when: 'acl',
    isWithNext: true,
    text: 'Move the grants that are still needed to the bucket policy first, as statements in grants.json. The grant to the group LogDelivery, by which S3 writes access logs, becomes a statement for the service logging.s3.amazonaws.com. An error NoSuchBucketPolicy means that there is no policy yet:',
    commands: [
      'aws s3api get-bucket-policy --bucket {name} --query Policy --output text --region {region} > grants.json',
      copyCommand('grants'),
      PUT_GRANTS,
    ],
  },
  // https://docs.aws.amazon.com/AmazonS3/latest/userguide/object-ownership-error-responses.html
  {
    when: 'acl',
    text: 'Then take the list back to the owner alone. An error AccessControlListNotSupported means that ACLs are off, and let in no one:',
    commands: ['aws s3api put-bucket-acl --bucket {name} --acl private --region {region}'],
  },
  {
    when: 'acl',
    text: 'To undo this:',
    commands: [
      'aws s3api put-bucket-acl --bucket {name} --access-control-policy file://acl-before.json --region {region}',
      undoCommand(PUT_GRANTS, 'grants'),
    ],
  },
  {
    when: 'acl',
    text: 'ACLs can also be turned off for good, apart from this. Then uploads fail that set any ACL but bucket-owner-full-control, and grants on single objects end: move those to the bucket policy first. ObjectWriter in place of BucketOwnerEnforced undoes it:',
    commands: [
      "aws s3api put-bucket-ownership-controls --bucket {name} --ownership-controls 'Rules=[{ObjectOwnership=BucketOwnerEnforced}]' --region {region}",
    ],
  },
];

export const S3_TYPES: ResourceTypes = {
  'AWS::S3::Bucket': {
    words: 'S3 bucket',
    arn: { service: 's3', kind: '' },
    exampleArn: 'arn:aws:s3:::billing-export',
    usage: dataEvents(
      'Reads and writes of objects',
      'Look in a trail that records data events, or in the access logs of the bucket:',
      'aws s3api get-bucket-logging --bucket {name} --region {region}',
    ),
    securityHubType: 'AwsS3Bucket',
    page: { address: 'https://{host}/s3/buckets/{name}?tab=permissions' },
    seenLate: SEEN_LATE,
    hasSources: true,
    guidance: {
      about: 'A bucket holds files',
      publicRisk: LOST_DATA,
      inShort:
        'have the policy, access control list or access point let in only those who need it. If nothing in the bucket is public, block public access.',
      steps: [
        // https://docs.aws.amazon.com/AmazonS3/latest/API/API_PublicAccessBlockConfiguration.html
        {
          when: 'public',
          text: 'If nothing in the bucket is meant for the public, block public access: that overrides its policy, its ACL and its access points. It also stops other accounts that a public policy names, and websites that S3 serves from the bucket. Note the old values first (an error NoSuchPublicAccessBlockConfiguration means that all are false); putting them back undoes it:',
          commands: [
            'aws s3api get-public-access-block --bucket {name} --region {region}',
            'aws s3api put-public-access-block --bucket {name} --public-access-block-configuration BlockPublicAcls=true,IgnorePublicAcls=true,BlockPublicPolicy=true,RestrictPublicBuckets=true --region {region}',
          ],
        },
        // https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html and, on what the owner of the bucket can change,
        // https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
        {
          when: 'foreign-access-point',
          text: 'The bucket policy leaves the decision to access points of account {accessPointAccounts}. Those belong to that account, and cannot be changed from here: in the bucket policy, delete or narrow the statement with the condition s3:DataAccessPointAccount or s3:DataAccessPointArn. Where a finding is public, blocking public access ends it, and begins one on the access of that account.',
        },
        ...editPolicy({ ...bucketPolicy('AWS::S3::Bucket'), when: 'policy' }),
        ...ACL_STEPS,
        {
          when: 'access-point',
          text: 'An access point lets them in, not the bucket policy alone: {accessPoints}. Where several are named, change each.',
        },
        ...editPolicy({ ...accessPointPolicy('AWS::S3::AccessPoint', '{accessPoint}'), when: 'access-point' }),
        {
          when: 'multi-region-access-point',
          text: 'A multi-Region access point lets them in, not the bucket policy alone; its alias: {multiRegionAccessPoints}.',
        },
        ...MULTI_REGION_POLICY.map((step) => ({ ...step, when: 'multi-region-access-point' as const })),
      ],
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html',
    },
  },
  'AWS::S3::AccessPoint': {
    words: 'S3 access point',
    arn: { service: 's3', kind: 'accesspoint/' },
    exampleArn: 'arn:aws:s3:eu-west-1:444455556666:accesspoint/reports',
    usage: dataEvents('Reads and writes of objects'),
    seenLate: SEEN_LATE,
    guidance: {
      about: 'An access point is a door to the files of a bucket, with a policy of its own',
      publicRisk: LOST_DATA,
      steps: [
        ...editPolicy(accessPointPolicy('AWS::S3::AccessPoint', '{name}')),
        { text: 'The bucket policy may let in the same principals: read it, too. If the access point is not used, delete it.' },
      ],
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-policies.html',
    },
  },
  'AWS::S3::MultiRegionAccessPoint': {
    words: 'S3 multi-Region access point',
    arn: { service: 's3', kind: 'accesspoint/' },
    exampleArn: 'arn:aws:s3::444455556666:accesspoint/mfzwi23gnjvgw.mrap',
    usage: dataEvents('Reads and writes of objects'),
    seenLate: SEEN_LATE,
    guidance: {
      about: 'A multi-Region access point is one door to the files of buckets in several Regions',
      publicRisk: LOST_DATA,
      steps: MULTI_REGION_POLICY,
      source: 'https://docs.aws.amazon.com/cli/latest/reference/s3control/put-multi-region-access-point-policy.html',
    },
  },
};
