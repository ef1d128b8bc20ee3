import { parseArn, resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import { isRegion } from './console-host.ts';
import type { ResourceTypes } from '../../findings/resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { accessPointValues, sourceCases } from './source-cases.ts';
import type { ShellValues } from './shell-line.ts';
import type { FixCase } from '../../findings/resource-types/fix-step.ts';

/**
 * The values of the `{names}` of guidance. An unknown or hidden value is a word in capitals, for the reader to fill in.
 * @param open whether the issue may name the principals
 */
export function fixValues(finding: Finding, open: boolean, types: ResourceTypes = RESOURCE_TYPES): ShellValues {
  const { resource, accountId, region } = finding;
  const name = resourceName(resource, types);
  const points = accessPointValues(finding, open);
  return {
    name,
    arn: resource,
    account: /^\d{12}$/.test(accountId) ? accountId : 'ACCOUNT_ID',
    region: regionOf(resource, region),
    partition: partitionOf(resource),
    outsiders: open ? outsideAccounts(finding) : [OUTSIDE],
    accessPoint: points['accessPoints']?.[0] ?? 'ACCESS_POINT_NAME',
    ...points,
    accessKeyId: (open ? accessKeyId(finding) : null) ?? 'ACCESS_KEY_ID',
    ...principalValues(finding, open),
    ...resourceTypeOf(finding.resourceType, types)?.values?.(resource, name),
  };
}

/**
 * Further values for the commands about internal access and about roles of IAM Identity Center.
 * @param open whether the issue may name the principals
 */
function principalValues({ principals, principalOwnerAccount, resource }: Finding, open: boolean): Readonly<Record<string, string>> {
  const [principal] = open ? principals : [];
  const arn = parseArn(principal?.value ?? '');
  return {
    principal: arn?.resource.split('/').at(-1) || 'PRINCIPAL_NAME',
    principalArn: arn === null ? 'PRINCIPAL_ARN' : (principal?.value ?? 'PRINCIPAL_ARN'),
    principalAccount: (open ? principalOwnerAccount || arn?.accountId : null) || 'PRINCIPAL_ACCOUNT',
    permissionSet: permissionSet(resource) ?? 'PERMISSION_SET',
    identityCenterRegion: identityCenterRegion(resource),
  };
}

/**
 * The name of a role of IAM Identity Center ends with a random part, and its path has the Region of Identity Center, except for us-east-1.
 * Source: https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
 */
function permissionSet(arn: string): string | null {
  return /\/AWSReservedSSO_(.+)_[0-9a-f]{16}$/.exec(arn)?.[1] ?? null;
}

function identityCenterRegion(arn: string): string {
  return /:role\/aws-reserved\/sso\.amazonaws\.com\/([a-z0-9-]+)\//.exec(arn)?.[1] ?? 'us-east-1';
}

function partitionOf(resource: string): string {
  return parseArn(resource)?.partition ?? 'aws';
}

/** The Region of the resource; ARNs of S3 and IAM have none. */
function regionOf(resource: string, fallback: string): string {
  const region = parseArn(resource)?.region || fallback;
  return isRegion(region) ? region : 'AWS_REGION';
}

/** Stands for an account that is unknown or hidden. */
const OUTSIDE = 'OUTSIDE_ACCOUNT';

/** RDS takes no more in one command. */
const MAX_ACCOUNTS = 20;

function outsideAccounts({ principals, accountId }: Finding): readonly string[] {
  const accounts = principals.map(({ value }) => (/^\d{12}$/.test(value) ? value : (parseArn(value)?.accountId ?? '')));
  const outside = new Set(accounts.filter((account) => account !== '' && account !== accountId));
  return outside.size === 0 ? [OUTSIDE] : [...outside].toSorted().slice(0, MAX_ACCOUNTS);
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
