import type { ResourceTypes } from './resource-type.ts';
import { LOST_DATA } from './data-risk.ts';
import { editPolicy } from './edit-policy.ts';

export const S3_TABLES_TYPES: ResourceTypes = {
  'AWS::S3Tables::TableBucket': {
    words: 'S3 table bucket',
    arn: { service: 's3tables', kind: 'bucket/' },
    exampleArn: 'arn:aws:s3tables:eu-west-1:444455556666:bucket/tables',
    guidance: {
      about: 'A table bucket holds tables for analysis, and its policy counts for all of them',
      publicRisk: LOST_DATA,
      steps: editPolicy({
        policy: 'table bucket policy',
        checkedAs: 'AWS::S3Tables::TableBucket',
        read: 'aws s3tables get-table-bucket-policy --table-bucket-arn {arn} --query resourcePolicy --output text --region {region}',
        write: 'aws s3tables put-table-bucket-policy --table-bucket-arn {arn} --resource-policy file://policy.json --region {region}',
        remove: 'aws s3tables delete-table-bucket-policy --table-bucket-arn {arn} --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/AmazonS3/latest/userguide/s3-tables-bucket-policy.html',
    },
  },
  'AWS::S3Tables::Table': {
    words: 'S3 table',
    arn: { service: 's3tables', kind: 'bucket/' },
    exampleArn: 'arn:aws:s3tables:eu-west-1:444455556666:bucket/tables/table/0b1c2d3e',
    values: (arn) => ({ tableBucketArn: arn.replace(/\/table\/.*$/s, '') }),
    guidance: {
      about: 'A table of S3 Tables holds data for analysis',
      publicRisk: LOST_DATA,
      steps: editPolicy({
        policy: 'table policy',
        checkedAs: 'AWS::S3Tables::Table',
        read: 'aws s3tables get-table-policy --table-bucket-arn {tableBucketArn} --namespace TABLE_NAMESPACE --name TABLE_NAME --query resourcePolicy --output text --region {region}',
        write:
          'aws s3tables put-table-policy --table-bucket-arn {tableBucketArn} --namespace TABLE_NAMESPACE --name TABLE_NAME --resource-policy file://policy.json --region {region}',
        remove:
          'aws s3tables delete-table-policy --table-bucket-arn {tableBucketArn} --namespace TABLE_NAMESPACE --name TABLE_NAME --region {region}',
      }),
      source: 'https://docs.aws.amazon.com/cli/latest/reference/s3tables/put-table-policy.html',
    },
  },
};
