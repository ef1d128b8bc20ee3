import { parseArn, resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { isRegion } from './console-host.ts';
import { principalValues } from './principal-values.ts';
import type { ResourceTypes } from '../../findings/resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import type { FixCase } from '../../findings/resource-types/fix-step.ts';

/**
 * The values of the `{names}` of guidance. An unknown or hidden value is a word in capitals, for the reader to fill in.
 * @param open whether the issue may name the principals
 */
export function fixValues(finding: Finding, open: boolean, types: ResourceTypes = RESOURCE_TYPES): Readonly<Record<string, string>> {
  const { resource, accountId, region } = finding;
  const name = resourceName(resource, types);
  const [accessPoint] = open ? finding.sources.filter(({ accessPointArn }) => accessPointArn !== null) : [];
  return {
    name,
    arn: resource,
    account: /^\d{12}$/.test(accountId) ? accountId : 'ACCOUNT_ID',
    region: regionOf(resource, region),
    partition: partitionOf(resource),
    outsider: (open ? outsideAccount(finding) : null) ?? 'OUTSIDE_ACCOUNT',
    accessPoint: accessPoint?.accessPointArn ? resourceName(accessPoint.accessPointArn) : 'ACCESS_POINT_NAME',
    accessPointAccount: accessPoint?.accessPointAccount ?? 'ACCESS_POINT_ACCOUNT',
    accessKeyId: (open ? accessKeyId(finding) : null) ?? 'ACCESS_KEY_ID',
    ...principalValues(finding, open),
    ...resourceTypeOf(finding.resourceType, types)?.values?.(resource, name),
  };
}

function partitionOf(resource: string): string {
  return parseArn(resource)?.partition ?? 'aws';
}

/** The Region of the resource; ARNs of S3 and IAM have none. */
function regionOf(resource: string, fallback: string): string {
  const region = parseArn(resource)?.region || fallback;
  return isRegion(region) ? region : 'AWS_REGION';
}

function outsideAccount({ principals }: Finding): string | null {
  const accounts = principals.flatMap(({ value }) => (/^\d{12}$/.test(value) ? value : (parseArn(value)?.accountId ?? [])));
  return accounts.find((account) => account !== '') ?? null;
}

/** Known once GetFindingV2 has answered. */
export function accessKeyId({ unusedDetails }: Finding): string | null {
  const [key] = unusedDetails?.flatMap((detail) => (detail.kind === 'access-key' ? detail.accessKeyId : [])) ?? [];
  return key ?? null;
}

/** The cases that apply to this finding. @param open whether the issue may name the principals and the source of their access */
export function fixCases(finding: Finding, open: boolean, types: ResourceTypes = RESOURCE_TYPES): ReadonlySet<FixCase> {
  const cases = new Set<FixCase>([roleMaker(finding.resource), ...(resourceTypeOf(finding.resourceType, types)?.cases ?? [])]);
  if (open) cases.add(finding.isPublic === true ? 'public' : 'shared');
  for (const source of sourceCases(finding, open)) cases.add(source);
  return cases;
}

/** Source: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html */
function roleMaker(arn: string): FixCase {
  if (arn.includes(':role/aws-service-role/')) return 'service-linked';
  return arn.includes(':role/aws-reserved/sso.amazonaws.com/') ? 'identity-center' : 'plain';
}

/** If AWS does not name the source, it may be the policy or the ACL. */
function sourceCases({ sources }: Finding, open: boolean): readonly FixCase[] {
  const fallback = open ? sources.flatMap(({ type }) => (Object.hasOwn(SOURCE_CASES, type) ? (SOURCE_CASES[type] ?? []) : [])) : [];
  return fallback.length > 0 ? fallback : ['policy', 'acl'];
}

/** A bucket that delegates to access points does so in its policy. */
const SOURCE_CASES: Readonly<Record<string, readonly FixCase[]>> = {
  POLICY: ['policy'],
  BUCKET_ACL: ['acl'],
  S3_ACCESS_POINT: ['access-point'],
  S3_ACCESS_POINT_ACCOUNT: ['policy', 'access-point'],
};
