import { type DetailsNeed, detailsNeed, isNothing } from '../../findings/details-need.ts';
import type { Finding } from '../../findings/finding.ts';
import type { MemberDecision } from '../../issues/plan-step.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { DetailsRecord } from '../records/details-collections.ts';
import type { MemberDetails } from '../../issues/member-details.ts';
import { isPresent } from '../../findings/plain-detail.ts';

const NOTHING: DetailsNeed = { list: false, policy: false };

/** The details that a finding needs from AWS: for its issue, or for the rules to decide. */
export function needOf(finding: Finding, { action, ruleId }: Pick<MemberDecision, 'action' | 'ruleId'>, rules: Rules): DetailsNeed {
  const rulesAsk = rules.asksForDetails(ruleId);
  return action !== 'issue' && !rulesAsk ? NOTHING : detailsNeed(finding, rulesAsk);
}

/** A member's details, as planning sees them. Known details count while they are renewed, and when the rest can't be fetched. */
export function memberDetails(finding: Finding, need: DetailsNeed, record: DetailsRecord | null): MemberDetails {
  if (isNothing(need)) return 'not-needed';
  const { detail } = finding.event;
  const [noList, noPolicy] = [need.list && !isPresent(detail['findingDetails']), need.policy && !isPresent(detail['recommendedSteps'])];
  if (!noList && !noPolicy) return 'there';
  if (!record?.missing) return 'awaited';
  return noList ? { missing: record.missing.message } : 'there';
}
