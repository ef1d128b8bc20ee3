import type { Finding } from '../../src/findings/finding.ts';
import { draftIssue } from '../../src/issues/draft-issue.ts';
import type { IssueStatus, OwnIssue } from '../../src/issues/group-record.ts';
import type { IssueMention } from '../../src/issues/text/issue-mention.ts';
import { lifecycleOf } from '../../src/findings/lifecycle.ts';
import type { Member } from '../../src/issues/plan-step.ts';
import { membershipDigest, NEVER_OURS, writtenOf, type Written } from '../../src/issues/written.ts';
import type { Draw } from './draw.ts';
import { drawNeighbourIssue, drawOwed, drawTime } from './plan-records.ts';

const CLOSED_BECAUSE: readonly NonNullable<OwnIssue['closedBecause']>[] = [
  'resolved',
  'resolved',
  'resolved',
  'archived',
  'ended',
  'unmonitored',
  'unanalysed',
  'unrouted',
  'by-person',
];
const STATUSES: readonly (IssueStatus | null)[] = [
  null,
  { name: 'To Do', category: 'new' },
  { name: 'In Progress', category: 'indeterminate' },
  { name: 'Done', category: 'done' },
  { name: '?', category: 'undefined' },
];
const LINKS: readonly NonNullable<OwnIssue['follows']>['link'][] = ['wanted', 'linked', 'refused'];
const STANDS: readonly OwnIssue['lastApplied'][] = ['open', 'open', 'closed'];
const PROJECTS = ['SEC', 'SEC', 'SEC', 'PLAT'];

/** The group's issue, which mostly says what it should. */
export function drawIssue(draw: Draw, members: readonly string[], known: readonly Member[]): OwnIssue {
  const projectKey = draw.pick(PROJECTS);
  const ruleId = draw.pick(['everything-else', 'public', 'gone', null]);
  const stand = draw.pick(STANDS);
  const status = draw.pick(STATUSES);
  const openedAt = drawTime(draw);
  const key = draw.chance(0.1) ? 'MOVED-7' : `${projectKey}-1`;
  const bare: OwnIssue = { id: '1', key, projectKey, issueType: 'Task', ruleId, lastApplied: stand, status };
  let issue = drawPast(draw, bare);
  if (draw.chance(0.7)) issue = { ...issue, openedAt };
  issue = drawLeft(draw, issue);
  issue = drawNamed(draw, issue, members);
  return drawWritten(draw, issue, known);
}

function drawPast(draw: Draw, bare: OwnIssue): OwnIssue {
  const closedBecause = draw.pick(CLOSED_BECAUSE);
  const movedAt = drawTime(draw);
  const readBackAt = drawTime(draw);
  const neighbour = drawNeighbourIssue(draw);
  const link = draw.pick(LINKS);
  const follows: NonNullable<OwnIssue['follows']> = { ...neighbour, link };
  let issue = bare;
  if (issue.lastApplied === 'closed' ? draw.chance(0.9) : draw.chance(0.1)) issue = { ...issue, closedBecause };
  if (draw.chance(0.5)) issue = { ...issue, transitionedAt: movedAt };
  if (draw.chance(0.1)) issue = { ...issue, readBackAt };
  if (draw.chance(0.2)) issue = { ...issue, follows };
  if (draw.chance(0.1)) issue = { ...issue, linked: true };
  return issue;
}

function drawLeft(draw: Draw, before: OwnIssue): OwnIssue {
  const pendingWork = drawOwed(draw);
  const saidNoPath = draw.pick(STANDS);
  let issue = before;
  if (draw.chance(0.06)) issue = { ...issue, marker: 'wanted' };
  if (draw.chance(0.06)) issue = { ...issue, laterLabels: ['security', 'f2j'] };
  if (draw.chance(0.2)) issue = { ...issue, pendingWork };
  if (draw.chance(0.1)) issue = { ...issue, saidNoPath };
  return issue;
}

function drawNamed(draw: Draw, before: OwnIssue, members: readonly string[]): OwnIssue {
  const digest = membershipDigest(members);
  const until = drawTime(draw);
  const isOld = draw.chance(0.15);
  let issue = before;
  if (draw.chance(0.92)) issue = { ...issue, membership: isOld ? 'old' : digest };
  if (draw.chance(0.15)) issue = { ...issue, refusedMembership: { digest: draw.chance(0.7) ? digest : 'old', until } };
  return issue;
}

function drawWritten(draw: Draw, before: OwnIssue, known: readonly Member[]): OwnIssue {
  const kind = draw.pick(['absent', 'never', 'never', 'as-now', 'as-now', 'as-now', 'partly', 'level'] as const);
  const writtenAt = drawTime(draw);
  const until = drawTime(draw);
  let issue = before;
  if (draw.chance(0.5)) issue = { ...issue, writtenAt };
  if (draw.chance(0.1)) issue = { ...issue, refused: { digest: 'refused', until } };
  if (kind === 'absent') return issue;
  return { ...issue, written: writtenLike(kind, before, known) };
}

function writtenLike(kind: 'never' | 'as-now' | 'partly' | 'level', issue: OwnIssue, known: readonly Member[]): Written {
  const now = kind === 'never' ? null : asNow(issue, known);
  if (now === null) return NEVER_OURS;
  if (kind === 'partly') return { ...now, summary: 'old', labels: null };
  return kind === 'level' ? { ...now, securityLevel: 'old', description: 'old' } : now;
}

function asNow({ openedAt, follows }: OwnIssue, known: readonly Member[]): Written | null {
  const mentions: readonly IssueMention[] = follows === undefined ? [] : [follows];
  for (const { finding, decision, details } of known) {
    if (decision.action !== 'issue' || !isActive(finding)) continue;
    return writtenOf(draftIssue({ finding, route: decision.route, details }, known, openedAt ?? 0, mentions));
  }
  return null;
}

function isActive(finding: Finding): boolean {
  return lifecycleOf(finding) === 'active';
}
