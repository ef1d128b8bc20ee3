import { type DetailsNeed, detailsNeed, isNothing, NO_DETAILS } from '../../findings/details-need.ts';
import type { Finding } from '../../findings/finding.ts';
import type { MemberDecision } from '../../issues/plan-step.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { DetailsRecord } from '../records/details-collections.ts';
import type { MemberDetails } from '../../issues/member-details.ts';
import { isPresent } from '../../findings/plain-detail.ts';

/** The details that a finding needs from AWS: for its issue, or for the rules to decide. */
export function needOf(finding: Finding, { action, ruleId }: Pick<MemberDecision, 'action' | 'ruleId'>, rules: Rules): DetailsNeed {
  const rulesAsk = rules.asksForDetails(ruleId);
  return action !== 'issue' && !rulesAsk ? NO_DETAILS : detailsNeed(finding, rulesAsk);
}

/** A member's details, as planning sees them. Known details count while they are renewed, and when the rest can't be fetched. */
export function memberDetails(finding: Finding, need: DetailsNeed, record: DetailsRecord | null): MemberDetails {
  if (isNothing(need)) return 'not-needed';
  const { detail } = finding.event;
  const [noList, noPolicy] = [need.list && !isPresent(detail['findingDetails']), need.policy && !isPresent(detail['recommendedSteps'])];
  if (!noList && !noPolicy) return isAwaited(need, finding, record) ? 'awaited' : 'there';
  if (!record?.missing) return 'awaited';
  return noList ? { missing: record.missing.message } : 'there';
}

/** The sources of an access are awaited while AWS is being asked, and not missed if it is not. */
function isAwaited({ sources }: DetailsNeed, { event: { detail } }: Finding, record: DetailsRecord | null): boolean {
  return sources && record?.missing === null && !isPresent(detail['findingDetails']);
}
