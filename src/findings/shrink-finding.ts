import type { Finding } from './finding.ts';

/** What identifies a finding and orders its observations, besides the few facts that say what it was about. */
const KEPT = new Set([
  'id',
  'findingId',
  'findingType',
  'status',
  'isDeleted',
  'RecordState',
  'resource',
  'resourceType',
  'accountId',
  'region',
  'isPublic',
  'error',
  'createdAt',
  'updatedAt',
]);

/** What is left of a finding that ended long ago: enough to recognise every later observation of it. Pure. */
export function shrinkFinding(finding: Finding): Finding {
  const { event, carried } = finding;
  return {
    ...finding,
    principals: [],
    actions: [],
    conditions: [],
    sources: [],
    rcpRestriction: null,
    scpRestriction: null,
    accessType: null,
    principalType: null,
    principalOwnerAccount: null,
    unusedServices: null,
    unusedActions: null,
    unusedDetails: null,
    recommendedSteps: null,
    event: { ...event, detail: keptOf(event.detail) },
    carried: keptOf(carried),
    shrunk: true,
  };
}

function keptOf<T>(fields: Readonly<Record<string, T>>): Readonly<Record<string, T>> {
  return Object.fromEntries(Object.entries(fields).filter(([field]) => KEPT.has(field)));
}
