import type { ResourceTypes } from '../../findings/resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from '../../findings/resource-types/resource-types.ts';

/** `S3 bucket` for `AWS::S3::Bucket`; a type that AWS adds later reads as `Service Thing`. */
export function resourceWords(resourceType: string, types: ResourceTypes = RESOURCE_TYPES): string {
  return resourceTypeOf(resourceType, types)?.words ?? (resourceType.replace(/^AWS::/, '').replaceAll('::', ' ') || 'resource');
}
