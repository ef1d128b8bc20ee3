import type { ResourceTypes } from './resource-type.ts';
import { accessPointPolicy, bucketPolicy } from './s3-policies.ts';
import { LOST_DATA } from './data-risk.ts';
import { editPolicy } from './edit-policy.ts';
import { dataEvents } from './usage.ts';

export const S3_EXPRESS_TYPES: ResourceTypes = {
  'AWS::S3Express::DirectoryBucket': {
    words: 'S3 directory bucket',
    arn: { service: 's3express', kind: 'bucket/' },
    exampleArn: 'arn:aws:s3express:eu-west-1:444455556666:bucket/fast--euw1-az1--x-s3',
    usage: dataEvents('Reads and writes of objects'),
    guidance: {
      about: 'A directory bucket holds files for fast access from one zone',
      publicRisk: LOST_DATA,
      steps: editPolicy(bucketPolicy('AWS::S3Express::DirectoryBucket')),
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-express-security-iam-example-bucket-policies.html',
    },
  },
  'AWS::S3Express::AccessPoint': {
    words: 'access point of an S3 directory bucket',
    arn: { service: 's3express', kind: 'accesspoint/' },
    exampleArn: 'arn:aws:s3express:eu-west-1:444455556666:accesspoint/fast--euw1-az1--xa-s3',
    guidance: {
      about: 'An access point is a door to the files of a directory bucket, with a policy of its own',
      publicRisk: LOST_DATA,
      steps: editPolicy(accessPointPolicy('AWS::S3Express::AccessPoint', '{name}')),
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-points-directory-buckets.html',
    },
  },
};
