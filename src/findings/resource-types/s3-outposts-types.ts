import type { ResourceTypes } from './resource-type.ts';
import { LOST_DATA } from './data-risk.ts';
import { afterLastSlash } from './arn-words.ts';
import { editPolicy } from './edit-policy.ts';

export const S3_OUTPOSTS_TYPES: ResourceTypes = {
  'AWS::S3Outposts::Bucket': {
    words: 'S3 bucket on Outposts',
    arn: { service: 's3-outposts', kind: 'outpost/', name: afterLastSlash },
    exampleArn: 'arn:aws:s3-outposts:eu-west-1:444455556666:outpost/op-01ac5d28a6a232904/bucket/near',
    guidance: {
      about: 'A bucket on Outposts holds files in your own data centre',
      publicRisk: LOST_DATA,
      steps: editPolicy({
        policy: 'bucket policy',
        checkedAs: 'AWS::S3Outposts::Bucket',
        read: 'aws s3control get-bucket-policy --account-id {account} --bucket {arn} --query Policy --output text --region {region}',
        write: 'aws s3control put-bucket-policy --account-id {account} --bucket {arn} --policy file://policy.json --region {region}',
        remove: 'aws s3control delete-bucket-policy --account-id {account} --bucket {arn} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/cli/latest/reference/s3control/put-bucket-policy.html',
    },
  },
  'AWS::S3Outposts::AccessPoint': {
    words: 'S3 access point on Outposts',
    arn: { service: 's3-outposts', kind: 'outpost/', name: afterLastSlash },
    exampleArn: 'arn:aws:s3-outposts:eu-west-1:444455556666:outpost/op-01ac5d28a6a232904/accesspoint/near',
    guidance: {
      about: 'An access point is a door to the files of a bucket on Outposts, with a policy of its own',
      publicRisk: LOST_DATA,
      steps: editPolicy({
        policy: 'access point policy',
        checkedAs: 'AWS::S3Outposts::AccessPoint',
        read: 'aws s3control get-access-point-policy --account-id {account} --name {arn} --query Policy --output text --region {region}',
        write: 'aws s3control put-access-point-policy --account-id {account} --name {arn} --policy file://policy.json --region {region}',
        remove: 'aws s3control delete-access-point-policy --account-id {account} --name {arn} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/cli/latest/reference/s3control/put-access-point-policy.html',
    },
  },
};
