import { resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import type { AccessSource } from '../../findings/finding-details.ts';
import type { FixCase } from '../../findings/resource-types/fix-step.ts';

/** The cases of guidance by what grants the access. If AWS does not name it, it may be the policy or the ACL. @param open whether the issue may name it */
export function sourceCases(finding: Finding, open: boolean): readonly FixCase[] {
  const named = open ? finding.sources.flatMap((source) => sourceCase(source, finding)) : [];
  return named.length > 0 ? named : ['policy', 'acl'];
}

/** Source of the types: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSource.html */
function sourceCase(source: AccessSource, finding: Finding): readonly FixCase[] {
  switch (source.type) {
    case 'POLICY':
      return ['policy'];
    case 'BUCKET_ACL':
      return ['acl'];
    case 'S3_ACCESS_POINT':
    case 'S3_ACCESS_POINT_ACCOUNT': {
      const point = pointCase(source, finding);
      // The policy of the bucket lets in access points of other accounts.
      return point === 'foreign-access-point' ? [point, 'policy'] : [point];
    }
    default:
      return [];
  }
}

function isAccessPoint({ type }: AccessSource): boolean {
  return type === 'S3_ACCESS_POINT' || type === 'S3_ACCESS_POINT_ACCOUNT';
}

/** The owner of the bucket cannot change an access point of another account. */
function pointCase({ type, accessPointArn, accessPointAccount }: AccessSource, { accountId }: Finding): PointCase {
  if (type === 'S3_ACCESS_POINT_ACCOUNT' || (accessPointAccount !== null && accessPointAccount !== accountId))
    return 'foreign-access-point';
  return accessPointArn !== null && isMultiRegion(accessPointArn) ? 'multi-region-access-point' : 'access-point';
}

type PointCase = 'access-point' | 'multi-region-access-point' | 'foreign-access-point';

/** Source of the form: https://docs.aws.amazon.com/AmazonS3/latest/userguide/multi-region-access-point-naming.html */
function isMultiRegion(arn: string): boolean {
  return arn.endsWith('.mrap');
}

/** Values of guidance on access points. @param open whether the issue may name them */
export function accessPointValues(finding: Finding, open: boolean): Readonly<Record<string, readonly string[]>> {
  const points = open ? finding.sources.filter(isAccessPoint) : [];
  const of = (wanted: PointCase): readonly AccessSource[] => points.filter((point) => pointCase(point, finding) === wanted);
  return {
    accessPoints: known(of('access-point').map(nameOf), 'ACCESS_POINT_NAME'),
    multiRegionAccessPoints: known(of('multi-region-access-point').map(nameOf), 'ACCESS_POINT_ALIAS'),
    accessPointAccounts: known(
      of('foreign-access-point').map(({ accessPointAccount }) => accessPointAccount),
      'ACCESS_POINT_ACCOUNT',
    ),
  };
}

function nameOf({ accessPointArn }: AccessSource): string | null {
  return accessPointArn === null ? null : resourceName(accessPointArn);
}

function known(values: readonly (string | null)[], unknown: string): readonly string[] {
  const found = new Set(values.filter((value) => value !== null));
  return found.size === 0 ? [unknown] : [...found];
}
