import { type DetailsNeed, detailsNeed, isNothing } from '../../findings/details-need.ts';
import type { Finding } from '../../findings/finding.ts';
import type { MemberDecision } from '../../issues/plan-step.ts';
import type { Rules } from '../rulebook/rule-book.ts';
import type { DetailsRecord } from '../records/collections.ts';
import type { MemberDetails } from '../../issues/member-details.ts';
import { isPresent } from '../../findings/plain-detail.ts';

const NOTHING: DetailsNeed = { list: false, policy: false };

/** What AWS is to be asked about a finding: for its issue, or so that the rules can decide. */
export function needOf(finding: Finding, { action, ruleId }: Pick<MemberDecision, 'action' | 'ruleId'>, rules: Rules): DetailsNeed {
  const rulesAsk = rules.asksForDetails(ruleId);
  return action === 'ignore' && !rulesAsk ? NOTHING : detailsNeed(finding, rulesAsk);
}

/** What planning is told of a member's details. What is there is shown while it is being renewed, and when the rest can't be had. */
export function memberDetails(finding: Finding, need: DetailsNeed, record: DetailsRecord | null): MemberDetails {
  if (isNothing(need)) return 'not-needed';
  const { detail } = finding.event;
  const [noList, noPolicy] = [need.list && !isPresent(detail['findingDetails']), need.policy && !isPresent(detail['recommendedSteps'])];
  if (!noList && !noPolicy) return 'there';
  if (!record?.missing) return 'awaited';
  return noList ? { missing: record.missing.message } : 'there';
}
