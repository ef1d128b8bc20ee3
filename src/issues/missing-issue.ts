import type { GroupRecord } from './group-record.ts';
import type { OwnIssue } from './own-issue.ts';

/** How long after the first sweep that missed an issue another one may confirm it, ms. */
export const CONFIRMED_AFTER_MS = 10 * 60_000;

/** Whether an issue is taken for deleted. */
export function isDeleted(issue: OwnIssue | null): boolean {
  return issue?.missing?.confirmedAt !== undefined;
}

/** The record once an admin wants another issue in place of a deleted one. */
export function withReplacement(record: GroupRecord): GroupRecord {
  const { issue } = record;
  if (issue?.missing?.confirmedAt === undefined) return record;
  return { ...record, issue: { ...issue, missing: { ...issue.missing, replace: true } } };
}

/** What Jira says of an issue at this moment. */
export interface IssueNow {
  readonly issue: { readonly id: string; readonly key: string };
  readonly projectKey: string;
  readonly issueType: string;
  readonly status: NonNullable<OwnIssue['status']>;
}

/**
 * The record once Jira shows its issue: key, project and status are followed. An issue that comes back, and one that is done while the record has
 * it as open, is read before the record is relied on. @param now store's clock, epoch ms @returns null when there is nothing to write
 */
export function followed(record: GroupRecord, seen: IssueNow, now: number): GroupRecord | null {
  const { issue } = record;
  if (issue === null || issue.id !== seen.issue.id) return null;
  const { missing, ...known } = issue;
  const next: OwnIssue = { ...inProject(known, seen.projectKey), ...seen.issue, issueType: seen.issueType, status: seen.status };
  const isClosed = issue.lastApplied === 'open' && seen.status.category === 'done';
  const isUnsure = record.transition === null && (isDeleted(issue) || isClosed);
  if (missing === undefined && !isUnsure && !differs(issue, seen)) return null;
  if (!isUnsure && !isDeleted(issue)) return { ...record, issue: next };
  const transition = record.transition ?? { to: issue.lastApplied, owner: '', sentAt: now, uncertain: true };
  return { ...record, issue: next, transition, generation: record.generation + 1 };
}

/** The issue in the project where it is now. Where it was opened counts for its texts. */
function inProject(issue: OwnIssue, projectKey: string): OwnIssue {
  const { movedFrom = issue.projectKey, ...rest } = issue;
  return projectKey === movedFrom ? { ...rest, projectKey } : { ...rest, projectKey, movedFrom };
}

/** Whether the record is out of date about an issue. */
export function differs(issue: OwnIssue, { issue: { key }, projectKey, issueType, status }: IssueNow): boolean {
  const isSameStatus =
    issue.status === null ? status.category === 'new' : issue.status.name === status.name && issue.status.category === status.category;
  return issue.key !== key || issue.projectKey !== projectKey || issue.issueType !== issueType || !isSameStatus;
}
