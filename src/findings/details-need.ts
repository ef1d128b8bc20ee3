import { parseArn } from './arn.ts';
import { hasAnalyzerId, type Finding } from './finding.ts';
import { lifecycleOf } from './lifecycle.ts';
import { statedAsOf } from './merge-finding.ts';
import { isPresent } from './plain-detail.ts';
import { resourceTypeOf } from './resource-types/resource-types.ts';

/** The details that a finding needs and that no event or listing has, or those of them that it lacks. */
export interface DetailsNeed {
  /** `findingDetails`: the unused access, or who has access to what. */
  readonly list: boolean;
  /** `recommendedSteps`: the policy that AWS recommends. */
  readonly policy: boolean;
  /** `findingDetails` for what grants the access: an issue without them shows the steps for every source. */
  readonly sources: boolean;
}

export const NO_DETAILS: DetailsNeed = { list: false, policy: false, sources: false };

/**
 * The details that a finding needs from AWS, fetched or not. Pure. None for a finding that is not active, or whose analyzer or
 * id is unknown.
 * Events of unused access carry counts and no list; a listing carries neither principal nor action; only the API says what grants access to
 * a bucket, which decides its fix; a rule may match details that only the API has.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html
 * @param rulesAsk whether a rule's pattern needs the details to decide
 */
export function detailsNeed(finding: Finding, rulesAsk: boolean): DetailsNeed {
  if (lifecycleOf(finding) !== 'active' || parseArn(finding.analyzerArn)?.service !== 'access-analyzer') return NO_DETAILS;
  if (!hasAnalyzerId(finding)) return NO_DETAILS;
  const analysed = finding.error === null;
  return {
    list: rulesAsk || (analysed && (finding.kind === 'unused' || isOnlyListed(finding))),
    policy: analysed && finding.findingType === 'UnusedPermission',
    sources: analysed && lacksSources(finding),
  };
}

/** The needed details that are missing, or that belong to an earlier state of the finding. */
export function detailsLacking(finding: Finding, need: DetailsNeed): DetailsNeed {
  const lacks = (field: string): boolean => (statedAsOf(finding, field) ?? '') < finding.updatedAt;
  return {
    list: need.list && lacks('findingDetails'),
    policy: need.policy && lacks('recommendedSteps'),
    sources: need.sources && lacks('findingDetails'),
  };
}

export function isNothing({ list, policy, sources }: DetailsNeed): boolean {
  return !list && !policy && !sources;
}

/** Its policy, its ACL or an access point may grant the access. Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_FindingSource.html */
function lacksSources({ kind, resourceType, sources }: Finding): boolean {
  return kind === 'external' && resourceTypeOf(resourceType)?.hasSources === true && sources.length === 0;
}

/** Fetched details are fetched again when it changes. */
function isOnlyListed(finding: Finding): boolean {
  return isPresent(finding.event.detail['findingDetails']) || isAccessUnknown(finding);
}

/** Nothing is known of who has which access: a listing has neither principals nor actions; the event of an analysed finding has both. */
export function isAccessUnknown({ principals, actions, isPublic }: Finding): boolean {
  return principals.length === 0 && actions.length === 0 && isPublic === null;
}
