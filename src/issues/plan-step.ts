import type { Finding } from '../findings/finding.ts';
import { lifecycleOf } from '../findings/lifecycle.ts';
import { draftIssue } from './draft-issue.ts';
import type { GroupRecord, OwnIssue } from './group-record.ts';
import type { IssueRoute } from './issue-route.ts';
import type { MemberDetails } from './member-details.ts';
import { breakOf, predecessorOf, successorOf, type Neighbour, type NeighbourIssue } from './neighbours.ts';
import type { ClosingReason, NothingReason, Step } from './step.ts';
import { changedFields, digestOf, membershipDigest } from './written.ts';

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
  /** Findings of other groups on the same resource. */
  readonly neighbours: readonly Neighbour[];
  /** Store's clock, epoch ms: names that Jira would not have are sent again after a while. */
  readonly now: number;
}

/**
 * Which one step is missing between what AWS says and what stands in Jira. Pure: the same in, the same out.
 * @param members those whose findings are known, the oldest first
 */
export function planStep(record: GroupRecord, members: readonly Member[], situation: Situation): Step {
  const step = record.unlinked === true ? nothing('unlinked') : mainStep(record, members, situation);
  // Two issues with one group's mark would be twins to whoever reads them back. What Jira refuses is tried again afterwards.
  if (step.step === 'create' && record.failure === null) return removeMarker(record) ?? step;
  return step.step === 'nothing' ? (sideStep(record, members, situation, step) ?? content(record, members, situation, step) ?? step) : step;
}

/** The oldest finding that is open in AWS and that the rules of now send to Jira. */
function leadOf(members: readonly Member[]): (Omit<Member, 'decision'> & { readonly route: IssueRoute }) | undefined {
  return members.flatMap(({ finding, decision, details }) =>
    decision.action === 'issue' && lifecycleOf(finding) === 'active' ? [{ finding, details, route: decision.route }] : [],
  )[0];
}

/** Opening and closing. */
function mainStep(record: GroupRecord, members: readonly Member[], situation: Situation): Step {
  const active = members.filter(({ finding }) => lifecycleOf(finding) === 'active');
  const lead = leadOf(members);
  const { issue } = record;
  if (issue === null)
    return lead === undefined
      ? whyNoIssue(members, active, situation)
      : {
          step: 'create',
          because: 'not-opened-yet',
          lead: lead.finding,
          route: lead.route,
          details: lead.details,
          follows: predecessorOf(lead.finding, situation.neighbours),
        };
  if (lead !== undefined) return whileActive(record, issue);
  if (active.length > 0) return whileUnrouted(record, issue, situation);
  if (situation.unknown > 0 || members.length === 0) return nothing('members-unknown');
  const isClosed = issue.lastApplied === 'closed' && issue.closedBecause !== 'by-person' && !isUnsure(record);
  return isClosed ? nothing('already-closed') : close(members, situation);
}

/** A move that may or may not have happened: where the issue stands is only known when it has been read, which every move does then. */
function isUnsure({ transition }: GroupRecord): boolean {
  return transition !== null;
}

function whileActive(record: GroupRecord, { lastApplied, closedBecause }: OwnIssue): Step {
  if (lastApplied === 'open' && !isUnsure(record)) return nothing('already-open');
  if (closedBecause === 'by-person' && !isUnsure(record)) return nothing('closed-by-person');
  return { step: 'reopen', because: closedBecause === 'unrouted' ? 'routed-again' : 'active-again' };
}

/** Findings that are known by name only may be sent somewhere. */
function whileUnrouted(record: GroupRecord, { lastApplied }: OwnIssue, { whenUnrouted, unknown }: Situation): Step {
  const stays = whenUnrouted === 'leave' || unknown > 0 || (lastApplied === 'closed' && !isUnsure(record));
  return stays ? nothing('unrouted') : { step: 'close', because: 'unrouted', successor: null };
}

/** What is not about the finding's standing, and never keeps it waiting. */
function sideStep(record: GroupRecord, members: readonly Member[], { neighbours }: Situation, step: Step): Step | null {
  const left = removeMarker(record);
  if (left !== null) return left;
  const { issue } = record;
  if (issue === null) return null;
  if (issue.marker === 'wanted') return { step: 'add-marker', because: 'linked' };
  if (issue.laterLabels !== undefined) return { step: 'label', because: 'labels-not-on-screen', labels: issue.laterLabels };
  const unfinished = finish(issue);
  if (unfinished?.pendingWork.comment) return unfinished;
  return correction(issue, members, neighbours, step) ?? link(issue, members, neighbours, step) ?? unfinished;
}

/** What is owed by a move to where the issue no longer stands is not done any more. */
function finish({ pendingWork, lastApplied }: OwnIssue): (Step & { readonly step: 'finish' }) | null {
  return pendingWork?.to === lastApplied ? { step: 'finish', because: 'transition-unfinished', pendingWork: pendingWork } : null;
}

/** Takes our mark off an issue that an admin has taken away. */
function removeMarker({ leaving: [left] = [] }: GroupRecord): Step | null {
  return left === undefined ? null : { step: 'remove-marker', because: 'unlinked', issue: left };
}

/** The error finding may come after the close, and its issue a moment after itself. */
function correction({ closedBecause }: OwnIssue, members: readonly Member[], neighbours: readonly Neighbour[], step: Step): Step | null {
  if (step.because !== 'already-closed' || closedBecause !== 'resolved') return null;
  const error = breakOf(findingsOf(members), neighbours);
  if (error === null) return null;
  return error.isOpening ? nothing('error-issue-awaited') : { step: 'correct', because: 'unanalysed', error: error.issue };
}

/** The later of two issues links them, whichever was told of first. */
function link({ follows }: OwnIssue, members: readonly Member[], neighbours: readonly Neighbour[], step: Step): Step | null {
  const lead = leadOf(members);
  if (follows !== undefined) return follows.link === 'wanted' ? { step: 'link', because: 'follows-another', to: mentioned(follows) } : null;
  if (lead === undefined || step.because !== 'already-open') return null;
  const predecessor = predecessorOf(lead.finding, neighbours);
  return predecessor === null ? null : { step: 'link', because: 'follows-another', to: predecessor };
}

function mentioned({ id, key, url }: NeighbourIssue): NeighbourIssue {
  return url === undefined ? { id, key } : { id, key, url };
}

/** What the issue says to people, and whom it names to us. The names ride along with the text; where Jira has refused that, they go alone, and first. */
function content(record: GroupRecord, members: readonly Member[], { now }: Situation, step: Step): Step | null {
  const [saying, naming] = [update(record, members, step), name(record, now)];
  return record.issue?.refused === undefined ? (saying ?? naming) : (naming ?? saying);
}

/**
 * By what its property names, a finding comes back to the issue when the store is lost: so it is written wherever the issue is, and closed or not. An
 * issue that all its findings have left is not: by what it names it is seen to serve nobody.
 */
function name({ issue, members }: GroupRecord, now: number): Step | null {
  const digest = membershipDigest(members);
  if (issue === null || members.length === 0 || issue.membership === digest) return null;
  const isRefused = issue.refusedMembership?.digest === digest && issue.refusedMembership.until > now;
  return isRefused ? null : { step: 'write-membership', because: 'members-changed' };
}

/**
 * What an open issue says is brought up to date with its findings and the rules of now. Not where the rules now send it to another project or under
 * another security level: what is written for those readers is not meant for these.
 */
function update({ issue }: GroupRecord, members: readonly Member[], step: Step): Step | null {
  const lead = leadOf(members);
  if (issue === null || lead === undefined || step.because !== 'already-open' || issue.projectKey !== lead.route.projectKey) return null;
  const { written = {}, openedAt } = issue;
  const draft = draftIssue(lead, members, openedAt ?? 0, issue.follows === undefined ? [] : [mentioned(issue.follows)]);
  if (written.securityLevel !== undefined && written.securityLevel !== digestOf(draft, 'securityLevel')) return null;
  // From when a due date counts is not known of an issue that was read back.
  const fields = changedFields(draft, written).filter((field) => field !== 'dueDate' || openedAt !== undefined);
  return fields.length === 0 ? null : { step: 'update', because: 'content-changed', draft, fields };
}

function whyNoIssue(members: readonly Member[], active: readonly Member[], { unknown }: Situation): Step {
  if (members.length === 0) return nothing(unknown > 0 ? 'members-unknown' : 'no-members');
  if (active.length === 0) return nothing('never-opened');
  return nothing(active.some(({ decision }) => decision.because === 'rule-ignores') ? 'rule-ignores' : 'no-rule-matches');
}

/** What AWS can no longer analyse is not fixed, and what was resolved may go on in another finding. */
function close(members: readonly Member[], { neighbours }: Situation): Step {
  const because = closingReason(members);
  if (because !== 'resolved') return { step: 'close', because, successor: null };
  const successor = successorOf(findingsOf(members), neighbours);
  const error = breakOf(findingsOf(members), neighbours);
  if (successor !== null || error === null) return { step: 'close', because, successor };
  return { step: 'close', because: 'unanalysed', successor: error.issue };
}

function findingsOf(members: readonly Member[]): readonly Finding[] {
  return members.map(({ finding }) => finding);
}

/** Not a fix unless every member was resolved: what is archived, ended or unmonitored may still be open to the world. */
function closingReason(members: readonly Member[]): ClosingReason {
  const lifecycles = new Set(members.map(({ finding }) => lifecycleOf(finding)));
  if (lifecycles.has('unmonitored')) return 'unmonitored';
  if (lifecycles.has('ended')) return 'ended';
  return lifecycles.has('archived') ? 'archived' : 'resolved';
}

function nothing(because: NothingReason): Step {
  return { step: 'nothing', because };
}
