import { linkIssues } from 'jira.js/cloud';
import type { IssueRef, LinkOutcome } from '../pipeline/issue-tracker.ts';
import type { JiraCalls } from './jira-calls.ts';
import { failureOf } from './outcome-table.ts';

/** On every site, and without a direction that could be wrong. */
const TYPE = { name: 'Relates' };

/** These say nothing about the link itself. */
const NOT_ABOUT_THE_LINK = [401, 408, 409, 425, 429];

/** Links two issues; a link that is there counts as made. `refused`: linking is switched off, or one of them is gone; trying again would not help. */
export async function linkCall({ ask, clock }: JiraCalls, issue: IssueRef, to: IssueRef): Promise<LinkOutcome> {
  const answer = await ask((client) => linkIssues(client, { type: TYPE, inwardIssue: { id: to.id }, outwardIssue: { id: issue.id } }));
  if (answer.kind === 'http' && answer.status === 201) return { outcome: 'linked' };
  const failure = failureOf(answer, clock.now());
  const isRefused = answer.kind === 'http' && answer.status >= 400 && answer.status < 500 && !NOT_ABOUT_THE_LINK.includes(answer.status);
  return { outcome: isRefused ? 'refused' : 'failed', failure };
}
