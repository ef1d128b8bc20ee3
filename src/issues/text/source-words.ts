import type { AccessSource } from '../../findings/finding-details.ts';
import { resourceName } from '../../findings/arn.ts';

/**
 * The source of the access, in words.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSource.html
 */
export function sourceWords({ type, accessPointArn, accessPointAccount }: AccessSource): string {
  const point = accessPointArn === null ? '' : ` ${resourceName(accessPointArn)}`;
  const account = accessPointAccount === null ? '' : ` of account ${accessPointAccount}`;
  switch (type) {
    case 'POLICY':
      return 'the bucket policy';
    case 'BUCKET_ACL':
      return 'the access control list of the bucket';
    case 'S3_ACCESS_POINT':
      return `the access point${point}${account}`;
    case 'S3_ACCESS_POINT_ACCOUNT':
      return `an access point that the bucket policy trusts${point}${account}`;
    default:
      return `${type}${point}${account}`;
  }
}
