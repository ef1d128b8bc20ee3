import type { AccessSource, RecommendedStep, UnusedDetail } from './finding-details.ts';
import type { FindingEvent, FindingKind } from './finding-event.ts';
import type { Timestamp } from './timestamp.ts';

/** Analyzer ARN + `|` + finding id: finding ids are unique per analyzer only. */
export type FindingKey = string;

/** Stands where the ARN of the analyzer would, when a message came without the envelope that names it. */
export const UNKNOWN_ANALYZER = 'unknown';

/** One way in: who, by kind of principal. `AWS` with `*` is everyone. */
export interface Principal {
  /** `AWS`, `Federated`, `Service`, `CanonicalUser`, or what AWS adds. */
  readonly kind: string;
  readonly value: string;
}

/** A condition of the policy that opens the access. */
export interface Condition {
  readonly key: string;
  readonly value: string;
}

/** A finding as we know it, parsed once; null is "not said", never "no". */
export interface Finding {
  readonly key: FindingKey;
  readonly findingId: string;
  /** ARN, or `unknown`: AWS can't be asked about such a finding. */
  readonly analyzerArn: string;
  readonly kind: FindingKind;
  /** `ExternalAccess`, `UnusedPermission`, … ; open to new values. */
  readonly findingType: string;
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED';
  /** AWS keeps it no longer: resolved 90 days ago, or its analyzer was deleted. */
  readonly deleted: boolean;
  /** AWS could not analyse the resource: `ACCESS_DENIED`, `INTERNAL_ERROR`, … */
  readonly error: string | null;
  /** ARN. */
  readonly resource: string;
  readonly resourceType: string;
  /** The resource's owner, not the analyzer's account. */
  readonly accountId: string;
  readonly region: string;
  readonly isPublic: boolean | null;
  /** Sorted. */
  readonly principals: readonly Principal[];
  /** Sorted. */
  readonly actions: readonly string[];
  /** Sorted by key. */
  readonly conditions: readonly Condition[];
  /** What lets the access in; S3 only, and mostly said by the API alone. */
  readonly sources: readonly AccessSource[];
  /** What resource control policies do to this access, and service control policies: `APPLICABLE`, `APPLIED`, `NOT_APPLICABLE`, … */
  readonly rcpRestriction: string | null;
  readonly scpRestriction: string | null;
  /** Internal access: `INTRA_ACCOUNT` or `INTRA_ORG`. */
  readonly accessType: string | null;
  /** Internal access: `IAM_ROLE` or `IAM_USER`, and the account that it is in. */
  readonly principalType: string | null;
  readonly principalOwnerAccount: string | null;
  readonly unusedServices: number | null;
  readonly unusedActions: number | null;
  /** Null until GetFindingV2 was asked: events carry no list. */
  readonly unusedDetails: readonly UnusedDetail[] | null;
  /** Null until a recommendation was asked for; empty: AWS has none. */
  readonly recommendedSteps: readonly RecommendedStep[] | null;
  readonly createdAt: Timestamp | null;
  readonly updatedAt: Timestamp;
  /** The envelope's time: when AWS said it. */
  readonly observedAt: Timestamp;
  /** As AWS said it, for rules. */
  readonly event: FindingEvent;
  /** Fields of `event.detail` that an older observation said and this one did not, with the order of that older one. */
  readonly carried: Readonly<Record<string, string>>;
}

/** @see FindingKey */
export function findingKey(analyzerArn: string, findingId: string): FindingKey {
  return `${analyzerArn}|${findingId}`;
}

/** What a finding key was made of; null: it is none, such as the short form of one. */
export function partsOfKey(key: string): Pick<Finding, 'analyzerArn' | 'findingId'> | null {
  const at = key.indexOf('|');
  return at === -1 ? null : { analyzerArn: key.slice(0, at), findingId: key.slice(at + 1) };
}
