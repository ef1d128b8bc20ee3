import { API_GATEWAY_TYPES } from './api-gateway-types.ts';
import { BACKUP_TYPES } from './backup-types.ts';
import { CLOUD_TRAIL_TYPES } from './cloud-trail-types.ts';
import { CODE_ARTIFACT_TYPES } from './code-artifact-types.ts';
import { DYNAMODB_TYPES } from './dynamodb-types.ts';
import { EC2_TYPES } from './ec2-types.ts';
import { ECR_TYPES } from './ecr-types.ts';
import { EFS_TYPES } from './efs-types.ts';
import { GLACIER_TYPES } from './glacier-types.ts';
import { IAM_TYPES } from './iam-types.ts';
import { KINESIS_TYPES } from './kinesis-types.ts';
import { KMS_TYPES } from './kms-types.ts';
import { LAMBDA_TYPES } from './lambda-types.ts';
import { OPEN_SEARCH_TYPES } from './open-search-types.ts';
import { RDS_TYPES } from './rds-types.ts';
import { S3_EXPRESS_TYPES } from './s3-express-types.ts';
import { S3_OUTPOSTS_TYPES } from './s3-outposts-types.ts';
import { S3_TABLES_TYPES } from './s3-tables-types.ts';
import { S3_TYPES } from './s3-types.ts';
import { SECRETS_MANAGER_TYPES } from './secrets-manager-types.ts';
import { SNS_TYPES } from './sns-types.ts';
import { SQS_TYPES } from './sqs-types.ts';
import type { ResourceType, ResourceTypes } from './resource-type.ts';

/**
 * The types that Access Analyzer reports or checks. Further types work with general texts.
 * Sources of the list: https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html and, for the types that are only
 * checked for public access, https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_CheckNoPublicAccess.html
 */
export const RESOURCE_TYPES: ResourceTypes = {
  ...API_GATEWAY_TYPES,
  ...BACKUP_TYPES,
  ...CLOUD_TRAIL_TYPES,
  ...CODE_ARTIFACT_TYPES,
  ...DYNAMODB_TYPES,
  ...EC2_TYPES,
  ...ECR_TYPES,
  ...EFS_TYPES,
  ...GLACIER_TYPES,
  ...IAM_TYPES,
  ...KINESIS_TYPES,
  ...KMS_TYPES,
  ...LAMBDA_TYPES,
  ...OPEN_SEARCH_TYPES,
  ...RDS_TYPES,
  ...S3_EXPRESS_TYPES,
  ...S3_OUTPOSTS_TYPES,
  ...S3_TABLES_TYPES,
  ...S3_TYPES,
  ...SECRETS_MANAGER_TYPES,
  ...SNS_TYPES,
  ...SQS_TYPES,
};

/** @returns undefined for a type without an entry */
export function resourceTypeOf(name: string, types: ResourceTypes = RESOURCE_TYPES): ResourceType | undefined {
  return Object.hasOwn(types, name) ? types[name] : undefined;
}
