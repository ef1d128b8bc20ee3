import type { Finding } from '../findings/finding.ts';
import { standingOf } from '../findings/lifecycle.ts';
import type { GroupRecord, OwnIssue } from './group-record.ts';
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

/** What a look has read besides the group itself. */
export interface Situation {
  /** How many members are known by name only, after the store was lost: nothing is closed for want of them. */
  readonly unknown: number;
  /** What becomes of an open issue whose findings are sent nowhere: the word of the rule that it was made with. */
  readonly whenUnrouted: 'leave' | 'close';
}

/**
 * Which one step is missing between what AWS says and what stands in Jira. Pure: the same in, the same out.
 * @param members those whose findings are known, the oldest first
 */
export function planStep(record: GroupRecord, members: readonly Member[], situation: Situation): Step {
  const step = record.unlinked === true ? nothing('unlinked') : mainStep(record, members, situation);
  return step.step === 'nothing' ? (sideStep(record) ?? step) : step;
}

/** Opening and closing. */
function mainStep(record: GroupRecord, members: readonly Member[], situation: Situation): Step {
  const active = members.filter(({ finding }) => standingOf(finding) === 'active');
  const [lead] = active.flatMap(({ finding, decision, details }) =>
    decision.action === 'issue' ? [{ finding, route: decision.route, details }] : [],
  );
  const { issue } = record;
  if (issue === null)
    return lead === undefined
      ? whyNoIssue(members, active, situation)
      : { step: 'create', because: 'not-opened-yet', lead: lead.finding, route: lead.route, details: lead.details };
  if (lead !== undefined) return whileActive(record, issue);
  if (active.length > 0) return whileUnrouted(record, issue, situation);
  if (situation.unknown > 0 || members.length === 0) return nothing('members-unknown');
  const isClosed = issue.stand === 'closed' && issue.closedBecause !== 'by-person' && !isUnsure(record);
  return isClosed ? nothing('already-closed') : { step: 'close', because: closingReason(members) };
}

/** A move that may or may not have happened: where the issue stands is only known when it has been read, which every move does then. */
function isUnsure({ move }: GroupRecord): boolean {
  return move !== null;
}

function whileActive(record: GroupRecord, { stand, closedBecause }: OwnIssue): Step {
  if (stand === 'open' && !isUnsure(record)) return nothing('already-open');
  if (closedBecause === 'by-person' && !isUnsure(record)) return nothing('closed-by-person');
  return { step: 'reopen', because: closedBecause === 'unrouted' ? 'routed-again' : 'active-again' };
}

/** Findings that are known by name only may be sent somewhere. */
function whileUnrouted(record: GroupRecord, { stand }: OwnIssue, { whenUnrouted, unknown }: Situation): Step {
  const stays = whenUnrouted === 'leave' || unknown > 0 || (stand === 'closed' && !isUnsure(record));
  return stays ? nothing('unrouted') : { step: 'close', because: 'unrouted' };
}

/** What is not about the finding's standing, and never keeps it waiting. */
function sideStep({ issue, leaving = [] }: GroupRecord): Step | null {
  const [left] = leaving;
  if (left !== undefined) return { step: 'unmark', because: 'unlinked', issue: left };
  return issue?.mark === 'wanted' ? { step: 'mark', because: 'linked' } : null;
}

function whyNoIssue(members: readonly Member[], active: readonly Member[], { unknown }: Situation): Step {
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
