import type { ResourceTypes } from './resource-type.ts';
import { LOST_DATA } from './data-risk.ts';
import { BUCKET_POLICY, OWN_ACCESS_POINT } from './s3-policies.ts';
import { editPolicy } from './fix-step.ts';
import { dataEvents } from './usage.ts';

const ACCESS_POINT_POLICY = editPolicy({
  policy: 'policy of the access point',
  read: 'aws s3control get-access-point-policy --account-id {accessPointAccount} --name {accessPoint} --query Policy --output text --region {region}',
  write:
    'aws s3control put-access-point-policy --account-id {accessPointAccount} --name {accessPoint} --policy file://policy.json --region {region}',
  remove: 'aws s3control delete-access-point-policy --account-id {accessPointAccount} --name {accessPoint} --region {region}',
});

const SEEN_LATE = 'Block Public Access of the whole account and multi-Region access points take up to 6 hours.';

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
    guidance: {
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
        ...OWN_ACCESS_POINT,
        { text: 'The bucket policy may let in the same people: read it, too. If nobody uses the access point, delete it.' },
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
  },
};
