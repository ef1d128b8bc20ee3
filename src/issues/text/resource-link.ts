import { hasForm, parseArn, resourceName } from '../../findings/arn.ts';
import type { Finding } from '../../findings/finding.ts';
import type { ResourceTypes } from '../../findings/resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from '../../findings/resource-types/resource-types.ts';
import { consoleHost, encoded, isRegion, notTooLong } from './console-host.ts';

/** The console page of the resource, for a person who is signed in to the owner's account. @returns null if none is known, or the ARN leaves it open */
export function resourceLink(
  { resource, resourceType, accountId, region: saidRegion }: Pick<Finding, 'resource' | 'resourceType' | 'accountId' | 'region'>,
  types: ResourceTypes = RESOURCE_TYPES,
): string | null {
  const arn = parseArn(resource);
  const { page, arn: form } = resourceTypeOf(resourceType, types) ?? {};
  const host = arn === null ? null : consoleHost(arn.partition);
  if (arn === null || page === undefined || form === undefined || host === null || !hasForm(arn, form)) return null;
  const region = arn.region || saidRegion;
  if (page.address.includes('{region}') && !isRegion(region)) return null;
  const name = page.name === undefined ? resourceName(resource, types) : page.name(arn.resource.slice(form.kind.length));
  if (name === null) return null;
  const values: Readonly<Record<string, string>> = {
    host,
    region,
    arn: encoded(resource).replaceAll('%3A', ':'),
    account: encoded(accountId),
    name: encoded(name),
  };
  return notTooLong(page.address.replaceAll(/\{(\w+)\}/g, (_, key: string, at: number) => inPlace(values[key] ?? '', page.address, at)));
}

/** A path keeps its slashes, a query does not. */
function inPlace(value: string, address: string, at: number): string {
  return address.slice(0, at).includes('?') ? value : value.replaceAll('%2F', '/');
}
