import { linkIssues } from '../http/jira-js.ts';
import type { LinkOutcome } from '../../pipeline/ports/issue-tracker.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import { isDone } from '../http/is-done.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { failureOf, isRefusal } from '../http/outcome-table.ts';

/** These statuses say nothing about the link itself. */
const NOT_ABOUT_THE_LINK = [408, 409];

/**
 * Links two issues; a link that exists counts as made. `refused`: linking or the type is switched off, or an issue is gone; a retry would
 * not help.
 * @param name `Relates` has no direction that could be wrong; `Duplicate`: `issue` is the one that stays
 */
export async function linkCall(
  { ask, clock }: JiraCalls,
  name: 'Relates' | 'Duplicate',
  issue: IssueRef,
  to: IssueRef,
): Promise<LinkOutcome> {
  const answer = await ask((client) => linkIssues(client, { type: { name }, inwardIssue: { id: to.id }, outwardIssue: { id: issue.id } }));
  if (isDone(answer, 'link')) return { outcome: 'linked' };
  const failure = failureOf(answer, clock.now());
  return { outcome: isRefusal(answer) && !NOT_ABOUT_THE_LINK.includes(answer.status) ? 'refused' : 'failed', failure };
}
