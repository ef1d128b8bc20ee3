import { dueDateOf } from './due-date.ts';
import type { OwnIssue } from './own-issue.ts';
import type { IssueRoute } from './issue-route.ts';
import { isDeleted } from './missing-issue.ts';

/** Whether the issue waits to be fixed. A deleted one is on no side. */
export function isOpen(issue: OwnIssue): boolean {
  return issue.lastApplied === 'open' && !isDeleted(issue);
}

/** When the issue was closed because AWS says that all its findings are resolved; null: it was not, or the time is unknown. Every other close is no fix. */
export function fixedAt(issue: OwnIssue): number | null {
  return issue.lastApplied === 'closed' && issue.closedBecause === 'resolved' && !isDeleted(issue) ? (issue.closedAt ?? null) : null;
}

/**
 * The issue with its due date and the time of its close, as they follow from a change of its record. Pure.
 * The due date follows the rule as far as updates do: while it is open, for a finding that the rule still sends to the same project.
 * @param before the issue before the change
 * @param lead the route of the oldest active finding; undefined: there is none
 * @param now store's clock, epoch ms
 */
export function withTimes(before: OwnIssue | null, issue: OwnIssue, lead: IssueRoute | undefined, now: number): OwnIssue {
  const { closedAt: _, ...rest } = issue;
  const { openedAt } = issue;
  const follows = isOpen(issue) && lead?.projectKey === (issue.movedFrom ?? issue.projectKey);
  const known = { dueDate: issue.dueDate ?? null };
  const due = openedAt === undefined ? {} : follows ? { dueDate: dueDateOf(openedAt, lead.dueInDays) } : known;
  if (issue.lastApplied === 'open') return { ...rest, ...due };
  const closedAt = closeTime(before, issue, now);
  return { ...rest, ...due, ...(closedAt === undefined ? {} : { closedAt }) };
}

/**
 * A close that the record had already, for the same reason, keeps its time. One that an earlier version recorded has that of its transition: such
 * a version leaves the time of an earlier close as it was.
 */
function closeTime(before: OwnIssue | null, issue: OwnIssue, now: number): number | undefined {
  const isKnown = before?.id === issue.id && before.lastApplied === 'closed' && before.closedBecause === issue.closedBecause;
  if (!isKnown) return now;
  const { closedAt, transitionedAt } = before;
  return closedAt === undefined || closedAt < (transitionedAt ?? 0) ? transitionedAt : closedAt;
}
