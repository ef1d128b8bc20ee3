import { parseArn } from './arn.ts';
import type { Finding } from './finding.ts';
import { lifecycleOf } from './lifecycle.ts';
import { statedAsOf } from './merge-finding.ts';
import { isPresent } from './plain-detail.ts';

/** What a finding has to have that no event or listing says, or what it lacks of that. */
export interface DetailsNeed {
  /** `findingDetails`: what is unused, or who has access to what. */
  readonly list: boolean;
  /** `recommendedSteps`: the policy that AWS recommends. */
  readonly policy: boolean;
}

const NOTHING: DetailsNeed = { list: false, policy: false };

/**
 * What AWS is to be asked about a finding, whether it was asked or not. Pure. Nothing for a finding that is not active, or whose analyzer is not known.
 * Events of unused access carry counts and no list; a listing carries neither principal nor action; a rule may ask for what only the API says.
 * Source: https://docs.aws.amazon.com/access-analyzer/latest/APIReference/API_GetFindingV2.html
 * @param rulesAsk a rule's pattern needs the details to decide
 */
export function detailsNeed(finding: Finding, rulesAsk: boolean): DetailsNeed {
  if (lifecycleOf(finding) !== 'active' || parseArn(finding.analyzerArn)?.service !== 'access-analyzer') return NOTHING;
  const analysed = finding.error === null;
  return {
    list: rulesAsk || (analysed && (finding.kind === 'unused' || isOnlyListed(finding))),
    policy: analysed && finding.findingType === 'UnusedPermission',
  };
}

/** What is still missing of the need, or was said of an earlier state of the finding. */
export function detailsLacking(finding: Finding, need: DetailsNeed): DetailsNeed {
  const lacks = (field: string): boolean => (statedAsOf(finding, field) ?? '') < finding.updatedAt;
  return { list: need.list && lacks('findingDetails'), policy: need.policy && lacks('recommendedSteps') };
}

export function isNothing({ list, policy }: DetailsNeed): boolean {
  return !list && !policy;
}

/** A listing says neither who nor what; the event of a finding that could be analysed says both. Once asked for, it is asked for again when it changes. */
function isOnlyListed({ event: { detail }, principals, actions, isPublic }: Finding): boolean {
  return isPresent(detail['findingDetails']) || (principals.length === 0 && actions.length === 0 && isPublic === null);
}
