import type { Finding } from '../findings/finding.ts';
import { standingOf } from '../findings/lifecycle.ts';
import type { GroupRecord } from './group-record.ts';
import type { IssueRoute } from './issue-route.ts';
import type { MemberDetails } from './member-details.ts';
import type { ClosingReason, NothingReason, Step } from './step.ts';

/** A finding of the group with where the rules of now send it. */
export interface Member {
  readonly finding: Finding;
  readonly decision: MemberDecision;
  readonly details: MemberDetails;
}

export type MemberDecision =
  | { readonly action: 'issue'; readonly because: 'rule-matched'; readonly ruleId: string; readonly route: IssueRoute }
  | { readonly action: 'ignore'; readonly because: 'rule-ignores' | 'no-rule-matches'; readonly ruleId: string | null };

/**
 * Which one step is missing between what AWS says and what stands in Jira. Pure: the same in, the same out.
 * @param members those whose findings are known, the oldest first
 * @param unknown how many members are known by name only, after the store was lost: nothing is closed for want of them
 */
export function planStep(record: GroupRecord, members: readonly Member[], unknown: number): Step {
  const active = members.filter(({ finding }) => standingOf(finding) === 'active');
  const [lead] = active.flatMap(({ finding, decision, details }) =>
    decision.action === 'issue' ? [{ finding, route: decision.route, details }] : [],
  );
  const { issue } = record;
  // A move that may or may not have happened: where the issue stands is only known when it has been read, which every move does then.
  const unsure = record.move !== null;
  if (issue === null)
    return lead === undefined
      ? whyNoIssue(members, active, unknown)
      : { step: 'create', because: 'not-opened-yet', lead: lead.finding, route: lead.route, details: lead.details };
  if (lead !== undefined) return issue.stand === 'open' && !unsure ? nothing('already-open') : { step: 'reopen', because: 'active-again' };
  if (active.length > 0) return nothing('unrouted');
  if (unknown > 0 || members.length === 0) return nothing('members-unknown');
  return issue.stand === 'closed' && !unsure ? nothing('already-closed') : { step: 'close', because: closingReason(members) };
}

function whyNoIssue(members: readonly Member[], active: readonly Member[], unknown: number): Step {
  if (members.length === 0) return nothing(unknown > 0 ? 'members-unknown' : 'no-members');
  if (active.length === 0) return nothing('never-opened');
  return nothing(active.some(({ decision }) => decision.because === 'rule-ignores') ? 'rule-ignores' : 'no-rule-matches');
}

/** Not a fix unless every member was resolved: what is archived or unmonitored may still be open to the world. */
function closingReason(members: readonly Member[]): ClosingReason {
  const standings = new Set(members.map(({ finding }) => standingOf(finding)));
  if (standings.has('unmonitored')) return 'unmonitored';
  return standings.has('archived') ? 'archived' : 'resolved';
}

function nothing(because: NothingReason): Step {
  return { step: 'nothing', because };
}
