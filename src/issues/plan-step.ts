import type { Finding } from '../findings/finding.ts';
import { lifecycleOf } from '../findings/lifecycle.ts';
import { draftIssue } from './draft-issue.ts';
import { NO_FACTS, type KnownFacts } from './facts/facts.ts';
import type { GroupRecord } from './group-record.ts';
import type { OwnIssue } from './own-issue.ts';
import type { IssueRoute } from './issue-route.ts';
import type { Undecided } from '../rules/decide.ts';
import type { MemberDetails } from './member-details.ts';
import { isDeleted } from './missing-issue.ts';
import { breakOf, predecessorOf, successorOf, type Neighbour, type NeighbourIssue } from './neighbours.ts';
import type { NothingReason, Step, StepOf } from './step.ts';
import type { ClosingReason } from './closing-reason.ts';
import { changedFields, digestOf, membershipDigest } from './written.ts';

/** A finding of the group, with its decision under the current rules. */
export interface Member {
  readonly finding: Finding;
  readonly decision: MemberDecision;
  readonly details: MemberDetails;
  /** What enrichers know of it; absent: none was asked. */
  readonly known?: KnownFacts;
}

export type MemberDecision =
  | { readonly action: 'issue'; readonly because: 'rule-matched'; readonly ruleId: string; readonly route: IssueRoute }
  | { readonly action: 'ignore'; readonly because: 'rule-ignores' | 'no-rule-matches'; readonly ruleId: string | null }
  | Undecided;

/** The facts that a pass has read besides the group itself. */
export interface Situation {
  /** Members known by name only, because the store was lost: nothing is closed while there are any. */
  readonly unknown: number;
  /** Such members that AWS no longer has: they may have been fixed or not. */
  readonly gone: number;
  /** What to do with an open issue whose findings no rule sends to Jira any more, by the rule that created it. */
  readonly whenUnrouted: 'leave' | 'close';
  /** Whether a deleted issue of an active finding is replaced without being asked for, by its rule. */
  readonly whenDeleted: 'leave' | 'recreate';
  /** Findings of other groups on the same resource. */
  readonly neighbours: readonly Neighbour[];
  /** Store's clock, epoch ms: a membership that Jira refused is sent again after a while. */
  readonly now: number;
}

/**
 * The one missing step between the findings in AWS and the issue in Jira. Pure.
 * @param members the members whose findings are known, the oldest first
 */
export function planStep(record: GroupRecord, members: readonly Member[], situation: Situation): Step {
  if (record.issue !== null && isDeleted(record.issue)) return whileDeleted(record, record.issue, members, situation);
  const step = record.unlinked === true ? nothing('unlinked') : mainStep(record, members, situation);
  // Two issues with one group's marker would be read back as duplicates. After a failure, the create goes first.
  if (step.step === 'create' && record.failure === null) return removeMarker(record) ?? step;
  return step.step === 'nothing' ? (sideStep(record, members, situation, step) ?? content(record, members, situation, step) ?? step) : step;
}

/**
 * Nothing can be done about an issue that was deleted, save that the record lets go of it: where no finding is open, so that one that opens again
 * gets another issue, and where another one is wanted now.
 */
function whileDeleted(record: GroupRecord, issue: OwnIssue, members: readonly Member[], { unknown, whenDeleted }: Situation): Step {
  const left = removeMarker(record);
  if (left !== null) return left;
  const isOver = unknown === 0 && members.every(({ finding }) => lifecycleOf(finding) !== 'active');
  const isReplaced = leadOf(members) !== undefined && (whenDeleted === 'recreate' || issue.missing?.replace === true);
  return isOver || isReplaced ? { step: 'forget', because: 'issue-deleted', issue } : nothing('issue-deleted');
}

/** The oldest active finding that the current rules send to Jira. */
export function leadOf(
  members: readonly Member[],
): (Omit<Member, 'decision' | 'known'> & { readonly known: KnownFacts; readonly route: IssueRoute }) | undefined {
  return members.flatMap(({ finding, decision, details, known = NO_FACTS }) =>
    decision.action === 'issue' && lifecycleOf(finding) === 'active' ? [{ finding, details, known, route: decision.route }] : [],
  )[0];
}

/** Create, close and reopen. */
function mainStep(record: GroupRecord, members: readonly Member[], situation: Situation): Step {
  const active = members.filter(({ finding }) => lifecycleOf(finding) === 'active');
  const lead = leadOf(members);
  const { issue } = record;
  if (issue === null)
    return lead === undefined
      ? whyNoIssue(record, members, active, situation)
      : {
          step: 'create',
          because: 'not-opened-yet',
          lead: lead.finding,
          route: lead.route,
          details: lead.details,
          known: lead.known,
          follows: predecessorOf(lead.finding, situation.neighbours),
        };
  if (lead !== undefined) return whileActive(record, issue);
  if (active.length > 0) return whileUnrouted(record, issue, situation);
  if (situation.unknown > 0 || members.length + situation.gone === 0) return nothing('members-unknown');
  const isClosed = issue.lastApplied === 'closed' && issue.closedBecause !== 'by-person' && !isUnsure(record);
  return isClosed ? nothing('already-closed') : close(issue, members, situation);
}

/** A transition may have happened. Only a read of the issue tells its side, and the next transition begins with one. */
function isUnsure({ transition }: GroupRecord): boolean {
  return transition !== null;
}

function whileActive(record: GroupRecord, issue: OwnIssue): Step {
  const { lastApplied, closedBecause } = issue;
  if (lastApplied === 'open' && !isUnsure(record)) return nothing('already-open');
  if (closedBecause === 'by-person' && !isUnsure(record)) return nothing('closed-by-person');
  return { step: 'reopen', because: closedBecause === 'unrouted' ? 'routed-again' : 'active-again', issue };
}

/** The rules may still send findings that are known by name only. */
function whileUnrouted(record: GroupRecord, issue: OwnIssue, { whenUnrouted, unknown }: Situation): Step {
  const stays = whenUnrouted === 'leave' || unknown > 0 || (issue.lastApplied === 'closed' && !isUnsure(record));
  return stays ? nothing('unrouted') : { step: 'close', because: 'unrouted', issue, successor: null };
}

/** Steps that never delay a create, a close or a reopening. */
function sideStep(record: GroupRecord, members: readonly Member[], { neighbours }: Situation, step: Step): Step | null {
  const left = removeMarker(record);
  if (left !== null) return left;
  const { issue } = record;
  if (issue === null) return null;
  if (issue.marker === 'wanted') return { step: 'add-marker', because: 'linked', issue };
  if (issue.laterLabels !== undefined) return { step: 'label', because: 'labels-not-on-screen', issue, labels: issue.laterLabels };
  const unfinished = finish(issue);
  if (unfinished?.pendingWork.comment) return unfinished;
  return correction(issue, members, neighbours, step) ?? link(issue, members, neighbours, step) ?? unfinished;
}

/** Pending work of a transition to the other side is skipped. */
function finish(issue: OwnIssue): StepOf<'finish'> | null {
  const { pendingWork, lastApplied } = issue;
  return pendingWork?.to === lastApplied ? { step: 'finish', because: 'transition-unfinished', issue, pendingWork } : null;
}

/** Removes our marker from an issue that an admin has taken away. */
function removeMarker({ leaving: [left] = [] }: GroupRecord): Step | null {
  return left === undefined ? null : { step: 'remove-marker', because: 'unlinked', issue: left };
}

/** The error finding may arrive after the close, and its issue a moment later. */
function correction(issue: OwnIssue, members: readonly Member[], neighbours: readonly Neighbour[], step: Step): Step | null {
  if (step.because !== 'already-closed' || issue.closedBecause !== 'resolved') return null;
  const error = breakOf(findingsOf(members), neighbours);
  if (error === null) return null;
  return error.isOpening ? nothing('error-issue-awaited') : { step: 'correct', because: 'unanalysed', issue, error: error.issue };
}

/** The later of two issues links them, in whatever order their findings arrive. */
function link(issue: OwnIssue, members: readonly Member[], neighbours: readonly Neighbour[], step: Step): Step | null {
  const lead = leadOf(members);
  const { follows } = issue;
  const to = (other: NeighbourIssue): Step => ({ step: 'link', because: 'follows-another', issue, to: other });
  if (follows !== undefined) return follows.link === 'wanted' ? to(mentioned(follows)) : null;
  if (lead === undefined || step.because !== 'already-open') return null;
  const predecessor = predecessorOf(lead.finding, neighbours);
  return predecessor === null ? null : to(predecessor);
}

function mentioned({ id, key, url }: NeighbourIssue): NeighbourIssue {
  return url === undefined ? { id, key } : { id, key, url };
}

/** Content and membership. An update also writes the membership; if Jira has refused an update, the membership is written alone, and first. */
function content(record: GroupRecord, members: readonly Member[], { now }: Situation, step: Step): Step | null {
  const [saying, naming] = [update(record, members, step), name(record, now)];
  return record.issue?.refused === undefined ? (saying ?? naming) : (naming ?? saying);
}

/**
 * After a loss of the store, findings come back to their issue by its property. So the membership is written in every project, and also to
 * a closed issue. It is not written once all findings have left: the old membership shows that the issue serves no finding.
 */
function name({ issue, members }: GroupRecord, now: number): Step | null {
  if (issue === null || members.length === 0) return null;
  const digest = membershipDigest(members);
  if (issue.membership === digest) return null;
  const isRefused = issue.refusedMembership?.digest === digest && issue.refusedMembership.until > now;
  return isRefused ? null : { step: 'write-membership', because: 'members-changed', issue };
}

/**
 * Brings the content of an open issue up to date with its findings and the current rules. Not if the rules now name another project or
 * security level: content for those readers is not meant for these.
 */
function update({ issue }: GroupRecord, members: readonly Member[], step: Step): Step | null {
  const lead = leadOf(members);
  if (issue === null || lead === undefined || step.because !== 'already-open') return null;
  if ((issue.movedFrom ?? issue.projectKey) !== lead.route.projectKey) return null;
  const { written = {}, openedAt } = issue;
  const draft = draftIssue(lead, members, openedAt ?? 0, issue.follows === undefined ? [] : [mentioned(issue.follows)]);
  if (written.securityLevel !== undefined && written.securityLevel !== digestOf(draft, 'securityLevel')) return null;
  // An issue that was read back has no known time from which its due date counts.
  const fields = changedFields(draft, written).filter((field) => field !== 'dueDate' || openedAt !== undefined);
  return fields.length === 0 ? null : { step: 'update', because: 'content-changed', issue, draft, fields };
}

function whyNoIssue({ deletedIssue }: GroupRecord, members: readonly Member[], active: readonly Member[], { unknown }: Situation): Step {
  if (members.length === 0) return nothing(unknown > 0 ? 'members-unknown' : 'no-members');
  if (active.length === 0) return nothing(deletedIssue === undefined ? 'never-opened' : 'issue-deleted');
  return nothing(active.some(({ decision }) => decision.because === 'rule-ignores') ? 'rule-ignores' : 'no-rule-matches');
}

/** A finding that AWS can no longer analyse is not fixed, and another finding may replace a resolved one. */
function close(issue: OwnIssue, members: readonly Member[], { gone, neighbours }: Situation): Step {
  const because = gone > 0 ? 'unmonitored' : closingReason(members);
  if (because === 'unmonitored') return { step: 'close', because, issue, successor: successorOf(findingsOf(members), neighbours) };
  if (because !== 'resolved') return { step: 'close', because, issue, successor: null };
  const successor = successorOf(findingsOf(members), neighbours);
  const error = breakOf(findingsOf(members), neighbours);
  if (successor !== null || error === null) return { step: 'close', because, issue, successor };
  return { step: 'close', because: 'unanalysed', issue, successor: error.issue };
}

function findingsOf(members: readonly Member[]): readonly Finding[] {
  return members.map(({ finding }) => finding);
}

/** Only a fix if every member was resolved: an archived, ended or unmonitored finding may still be open to the world. */
function closingReason(members: readonly Member[]): ClosingReason {
  const lifecycles = new Set(members.map(({ finding }) => lifecycleOf(finding)));
  if (lifecycles.has('unmonitored')) return 'unmonitored';
  if (lifecycles.has('ended')) return 'ended';
  return lifecycles.has('archived') ? 'archived' : 'resolved';
}

function nothing(because: NothingReason): Step {
  return { step: 'nothing', because };
}
