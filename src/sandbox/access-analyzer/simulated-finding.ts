import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';

/** A finding as the simulated Access Analyzer keeps it, under the names of its API. */
export interface SimulatedFinding {
  readonly analyzerArn: string;
  readonly id: string;
  /** ACTIVE, ARCHIVED or RESOLVED. */
  readonly status: string;
  readonly findingType: string;
  readonly resource: string;
  readonly resourceType: string;
  readonly resourceOwnerAccount: string;
  /** ISO 8601. */
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly analyzedAt: string;
  readonly error: string | null;
  /** Members of the union FindingDetails, in pages. */
  readonly findingDetails: readonly JsonObject[];
  readonly recommendation: SimulatedRecommendation;
}

/** The outcome of a recommendation. */
export interface SimulatedRecommendation {
  /** Members of the union RecommendedStep, in pages. */
  readonly steps: readonly JsonObject[];
  /** Number of reads that return IN_PROGRESS. */
  readonly inProgressFor: number;
  /** Not null: it ends as FAILED. */
  readonly failure: { readonly code: string; readonly message: string } | null;
}

/** An empty recommendation, ready at once. */
export const NO_RECOMMENDATION: SimulatedRecommendation = { steps: [], inProgressFor: 0, failure: null };

/**
 * The finding of an event.
 * @param given fields that the event lacks, or that replace its own
 * @throws Error when it is not a finding event
 */
export function findingFromEvent(event: JsonObject, given: Partial<SimulatedFinding> = {}): SimulatedFinding {
  const detail = isJsonObject(event['detail']) ? event['detail'] : {};
  const raw = (name: string): string => (typeof detail[name] === 'string' ? detail[name] : '');
  const resources = Array.isArray(event['resources']) ? event['resources'] : [];
  const [analyzerArn] = resources;
  const id = raw('findingId') || raw('id');
  if (typeof analyzerArn !== 'string' || id === '') throw new Error('Not a finding event: it names no analyzer or no finding');
  return {
    analyzerArn,
    id,
    status: raw('status'),
    findingType: raw('findingType') || 'ExternalAccess',
    resource: raw('resource'),
    resourceType: raw('resourceType'),
    resourceOwnerAccount: raw('accountId'),
    createdAt: raw('createdAt'),
    updatedAt: raw('updatedAt'),
    analyzedAt: raw('analyzedAt'),
    error: raw('error') || null,
    findingDetails: accessDetails(detail),
    recommendation: NO_RECOMMENDATION,
    ...given,
  };
}

/** External and internal access in the form of the API; no event has the details of unused access. */
function accessDetails(detail: JsonObject): readonly JsonObject[] {
  const only = (...names: readonly string[]): JsonObject =>
    Object.fromEntries(names.flatMap((name): [string, Json][] => (detail[name] === undefined ? [] : [[name, detail[name]]])));
  if (detail['findingType'] === undefined)
    return detail['principal'] === undefined
      ? []
      : [{ externalAccessDetails: only('action', 'condition', 'isPublic', 'principal', 'sources') }];
  if (detail['findingType'] !== 'InternalAccess') return [];
  return [
    {
      internalAccessDetails: only('action', 'condition', 'principal', 'principalOwnerAccount', 'accessType', 'principalType', 'sources'),
    },
  ];
}
