import { parseArn } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';

/**
 * Further values for the commands about internal access and about roles of IAM Identity Center; see `fixValues`.
 * @param open whether the issue may name the principals
 */
export function principalValues({ principals, principalOwnerAccount, resource }: Finding, open: boolean): Readonly<Record<string, string>> {
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
