import { getIssue } from '../http/jira-js.ts';
import type { TransitionOutcome } from '../../pipeline/ports/tracker-transition.ts';
import { changedAt, changedBy } from '../issue/changed-by.ts';
import { issueStatus } from '../project/issue-status.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import type { IssueState, Traversal } from './traversal.ts';
import { IssueWithChangelog, type WireChangelog } from '../http/wire.ts';

/**
 * Reads who closed an issue that was found closed, where a person's close counts. One read, and only then.
 * @returns null where the transition goes on
 */
export async function closedByPerson(
  { calls, account, target }: Traversal,
  { issue, status }: IssueState,
): Promise<TransitionOutcome | null> {
  const { closeStandsSince } = target;
  if (closeStandsSince === null || status.category !== 'done') return null;
  const self = await account.id();
  if (!self.ok) return { outcome: 'failed', failure: self.failure };
  await calls.governor.another();
  const request = { issueIdOrKey: issue.id, fields: ['status', 'project'], expand: 'changelog' };
  const read = parseAnswer(IssueWithChangelog, await calls.ask((client) => getIssue(client, request)), calls.clock.now());
  if (!read.ok) return { outcome: 'failed', failure: read.failure };
  const now = issueStatus(read.value.fields.status);
  const stands = now.category === 'done' && isPersons(read.value.changelog, self.accountId, closeStandsSince);
  return stands ? { outcome: 'closed-by-person', issue, status: now } : null;
}

/**
 * An unclear history counts as a person's. Jira's time is compared with the store's: a person who closes an issue within the difference of
 * the clocks has not seen yet that it was reopened.
 */
function isPersons(changelog: WireChangelog, ownAccount: string, since: number): boolean {
  const hand = changedBy(changelog, 'status', ownAccount);
  return hand === 'unclear' || (hand !== 'ours' && (changedAt(changelog, 'status') ?? 0) >= since);
}
