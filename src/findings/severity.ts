import { accessLevel } from './access-level.ts';
import type { Finding } from './finding.ts';
import type { ResourceTypes } from './resource-types/resource-type.ts';
import { RESOURCE_TYPES, resourceTypeOf } from './resource-types/resource-types.ts';

/** The highest first. */
export const SEVERITIES = ['critical', 'high', 'medium', 'low'] as const;

export type Severity = (typeof SEVERITIES)[number];

/**
 * The urgency of a finding: public and writable data first, unused access last. Pure; docs/rules.md has it as a table.
 * critical: everyone can change it, or it is a role, key, secret, snapshot or backup that everyone can reach.
 * high: everyone can read or use it, or an outside principal can change who has access to it.
 * medium: an outside principal can reach it.
 * low: access inside the organization, resources that AWS could not analyse, unused access.
 */
export function severityOf(finding: Finding, types: ResourceTypes = RESOURCE_TYPES): Severity {
  if (finding.error !== null || finding.kind !== 'external') return 'low';
  const levels = new Set(finding.actions.map((action) => accessLevel(action)));
  if (finding.isPublic !== true) return levels.has('administer') ? 'high' : 'medium';
  return resourceTypeOf(finding.resourceType, types)?.isMasterKey === true || levels.has('write') || levels.has('administer')
    ? 'critical'
    : 'high';
}
