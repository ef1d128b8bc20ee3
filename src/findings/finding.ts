import type { AccessSource, RecommendedStep, UnusedDetail } from './finding-details.ts';
import type { FindingEvent, FindingKind } from './finding-event.ts';
import type { Timestamp } from './timestamp.ts';

/** Analyzer ARN + `|` + finding id: finding ids are unique per analyzer only. */
export type FindingKey = string;

/** Takes the place of the analyzer's ARN if a message came without the envelope that names it. */
export const UNKNOWN_ANALYZER = 'unknown';

/** A principal with access. `AWS` with `*` is everyone. */
export interface Principal {
  /** `AWS`, `Federated`, `Service`, `CanonicalUser`, or a kind that AWS adds. */
  readonly kind: string;
  readonly value: string;
}

/** A condition of the policy that grants the access. */
export interface Condition {
  readonly key: string;
  readonly value: string;
}

/** A parsed finding; null means "not said", never "no". */
export interface Finding {
  readonly key: FindingKey;
  /** @see hasAnalyzerId */
  readonly findingId: string;
  /** ARN, or `unknown`: then nothing can be fetched from AWS. */
  readonly analyzerArn: string;
  readonly kind: FindingKind;
  /** `ExternalAccess`, `UnusedPermission`, … ; open to new values. */
  readonly findingType: string;
  readonly status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED';
  /** AWS no longer keeps it: resolved 90 days ago, its analyzer was deleted, or two complete listings lacked it. */
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
  /** The sources of the access; S3 only, and mostly from the API alone. */
  readonly sources: readonly AccessSource[];
  /** The effect of resource control policies and of service control policies on this access: `APPLICABLE`, `APPLIED`, `NOT_APPLICABLE`, … */
  readonly rcpRestriction: string | null;
  readonly scpRestriction: string | null;
  /** Internal access: `INTRA_ACCOUNT` or `INTRA_ORG`. */
  readonly accessType: string | null;
  /** Internal access: `IAM_ROLE` or `IAM_USER`, and the account that it is in. */
  readonly principalType: string | null;
  readonly principalOwnerAccount: string | null;
  readonly unusedServices: number | null;
  readonly unusedActions: number | null;
  /** Null until GetFindingV2 has answered: events carry no list. */
  readonly unusedDetails: readonly UnusedDetail[] | null;
  /** Null until a recommendation was fetched; empty: AWS has none. */
  readonly recommendedSteps: readonly RecommendedStep[] | null;
  readonly createdAt: Timestamp | null;
  readonly updatedAt: Timestamp;
  /** The envelope's time: when AWS reported it. */
  readonly observedAt: Timestamp;
  /** The event with AWS's field names, for rules. */
  readonly event: FindingEvent;
  /** Fields of `event.detail` that only an older observation had, with the order of that observation. */
  readonly carried: Readonly<Record<string, string>>;
  /** It ended long ago, and most of its content was removed: only a newer observation has content again. See `shrink-finding.ts`. */
  readonly shrunk?: true;
}

/**
 * Whether the finding's id is that of Access Analyzer, which alone leads to its page and is taken by its API. Security Hub may pass on a finding
 * without it; the id is then Security Hub's own, an ARN, which is the same for all access to one resource.
 */
export function hasAnalyzerId({ findingId }: Pick<Finding, 'findingId'>): boolean {
  return !findingId.startsWith('arn:');
}

/** @see FindingKey */
export function findingKey(analyzerArn: string, findingId: string): FindingKey {
  return `${analyzerArn}|${findingId}`;
}

/** The parts of a finding key; null: it is none, such as a short form. */
export function partsOfKey(key: string): Pick<Finding, 'analyzerArn' | 'findingId'> | null {
  const at = key.indexOf('|');
  return at === -1 ? null : { analyzerArn: key.slice(0, at), findingId: key.slice(at + 1) };
}
