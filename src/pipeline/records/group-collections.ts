import { partsOfKey } from '../../findings/finding.ts';
import type { Opening } from '../../issues/admission.ts';
import type { Failure } from '../../issues/failure.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { failedProject, nextTryAt, type GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { dayOf, monthOf } from '../../issues/due-date.ts';
import { fixedAt, isOpen } from '../../issues/issue-times.ts';
import { isDeleted } from '../../issues/missing-issue.ts';
import { memberShortForm } from '../../issues/marker.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import type { OpeningWindow } from '../../issues/opening-window.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';

/** Group records, by group key. */
export const GROUPS: Collection<GroupRecord> = {
  name: 'groups',
  terms: (record) => {
    const { members, issue, takenAway = [], failure } = record;
    return [
      ...(issue === null ? [] : [`issue:${issue.id}`]),
      ...takenAway.map((id) => `takenAway:${id}`),
      ...members.flatMap((member) => [`member:${memberShortForm(member)}`, ...memberIdTerms(member)]),
      ...(issue === null ? [] : [...sideTerms(issue), ...timeTerms(issue), ...activityTerms(issue)]),
      ...unknownTerms(record),
      ...waitingTerms(record),
      ...(failure === null ? [] : failureTerms(failure, failedProject(record))),
    ];
  },
  at: ({ firstSeenAt }) => firstSeenAt,
  due: nextTryAt,
  fields: {
    group: 'string',
    members: 'list',
    generation: 'number',
    observedGeneration: 'number',
    attempts: 'number',
    requeueAt: 'object or null',
    failure: 'object or null',
    intent: 'object or null',
    transition: 'object or null',
    issue: 'object or null',
    last: 'object or null',
    firstSeenAt: 'number',
    updatedAt: 'number',
  },
};

/** A deleted issue is on no side, and no search shows it. */
function sideTerms(issue: OwnIssue): string[] {
  return isDeleted(issue) ? ['issue:deleted'] : [`control:${issue.projectKey}`, `issue:${issue.lastApplied}`];
}

/** The day on which an open issue was opened, and the month in which a closed one was fixed. */
function timeTerms(issue: OwnIssue): string[] {
  const fixed = fixedAt(issue);
  if (fixed !== null) return [fixedTerm(monthOf(fixed))];
  return !isOpen(issue) || issue.openedAt === undefined ? [] : [openedTerm(monthOf(issue.openedAt)), openedTerm(dayOf(issue.openedAt))];
}

/** Open issues by the day or the month, in UTC, in which they were opened. */
export function openedTerm(dayOrMonth: string): string {
  return `opened:${dayOrMonth}`;
}

/** Fixed issues by the month, in UTC, in which they were closed. */
export function fixedTerm(month: string): string {
  return `fixed:${month}`;
}

/** The days on which an issue was opened and closed, whatever became of it since. */
function activityTerms(issue: OwnIssue): string[] {
  const { openedAt, closedAt } = issue;
  return [
    ...(openedAt === undefined ? [] : [activityTerm('opened', dayOf(openedAt))]),
    ...(closedAt === undefined ? [] : [activityTerm('closed', dayOf(closedAt))]),
  ];
}

/** Issues by the day, in UTC, on which they were opened, or closed for any reason. One that was reopened counts as opened on its first day only. */
export function activityTerm(what: 'opened' | 'closed', day: string): string {
  return `${what}On:${day}`;
}

/** Members known by name only, of an open issue: that of a closed one waits for none. */
function unknownTerms({ issue, unknown = [] }: GroupRecord): string[] {
  if (issue === null || !isOpen(issue)) return [];
  const analyzers = new Set(unknown.flatMap((name) => partsOfKey(name)?.analyzerArn ?? []));
  return analyzers.size === 0 ? [] : [UNKNOWN_MEMBERS, ...[...analyzers].map(unknownMembersOf)];
}

/** Groups whose open issue names findings, with their analyzers, that nothing else is known of. */
export const UNKNOWN_MEMBERS = 'unknown-members';

/** Those of them that name findings of one analyzer. */
export function unknownMembersOf(analyzerArn: string): string {
  return `unknown-members:${analyzerArn}`;
}

/** What holds the group's next step back, if anything does. */
function waitingTerms({ last, admission, requeueAt, generation, observedGeneration }: WaitingPart): string[] {
  const unplanned = admission?.is === 'backlog' && generation > observedGeneration ? [BACKLOG_UNPLANNED] : [];
  switch (last?.because) {
    case 'observe-only':
      return [...unplanned, 'observe-only', ...wouldOpenTerms(last.wouldOpen, 'wouldOpen', 'live-would-open')];
    case 'rule-observes':
      return [...unplanned, ...wouldOpenTerms(last.wouldOpen, 'wouldOpen')];
    case 'paused':
      return [...unplanned, 'held'];
    case 'over-limit':
      // With a time for its next pass, it waits for something else by now.
      return admission?.is === 'held' && requeueAt === null
        ? [overLimitTerm(admission.kind), overLimitTerm(admission.kind, admission.severity)]
        : [];
    default:
      return unplanned;
  }
}

type WaitingPart = Pick<GroupRecord, 'last' | 'admission' | 'requeueAt' | 'generation' | 'observedGeneration'>;

function wouldOpenTerms(projectKey: string | undefined, ...names: readonly string[]): string[] {
  return projectKey === undefined ? [] : names.map((name) => `${name}:${projectKey}`);
}

/** Backlog whose next pass has yet to say whether it needs an issue. */
export const BACKLOG_UNPLANNED = 'backlog-unplanned';

/** What a limit holds back is found by kind, and by severity for its release. */
export function overLimitTerm(kind: Opening['kind'], severity?: Opening['severity']): string {
  return severity === undefined ? `over-limit:${kind}` : `over-limit:${kind}:${severity}`;
}

/** An observation without its analyzer has the finding's id alone. */
function memberIdTerms(member: string): string[] {
  const parts = partsOfKey(member);
  return parts === null ? [] : [`memberId:${parts.findingId}`];
}

/** Failures are found by cause and by project. */
function failureTerms({ code, retry }: Failure, projectKey: string | null): string[] {
  const project = projectKey === null ? [] : [`failedProject:${projectKey}`];
  return ['failed', `failure:${code}`, ...project, ...(retry.when === 'answers-again' ? [AWAITS_ANSWER] : [])];
}

/** What was not sent because Jira does not answer, whatever the last call failed for. */
export const AWAITS_ANSWER = 'awaits-answer';

/** The group to which an admin last linked an issue; whether the group still has the issue is in the group's record. */
export interface LinkRecord {
  readonly group: GroupKey;
}

/** By issue id; written with the link, so that one of two groups gets an issue that both want. */
export const LINKS: Collection<LinkRecord> = { name: 'links', ...BY_ID, fields: { group: 'string' } };

/** Issues whose marker names a group without proof; see `issues/unproven.ts`. */
export interface UnprovenRecord {
  readonly issues: readonly UnprovenIssue[];
}

/** By the group's label, since a label alone may name a group that the store does not know. */
export const UNPROVEN: Collection<UnprovenRecord> = { name: 'unproven', ...BY_ID, fields: { issues: 'list' } };

/** Openings of the last hour, by kind and scope of the limit that counts them, such as `live project:SEC`. */
export const OPENING_WINDOWS: Collection<OpeningWindow> = { name: 'opening-windows', ...BY_ID, fields: { minutes: 'list' } };

/** That a limit holds something back, from the first such group to the last one, so that one replica reports it. */
export interface FloodRecord {
  /** Store's clock, epoch ms. */
  readonly since: number;
}

/** By kind. */
export const FLOODS: Collection<FloodRecord> = { name: 'floods', ...BY_ID, fields: { since: 'number' } };
