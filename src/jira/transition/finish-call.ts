import { getIssue } from '../http/jira-js.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import type { Failure } from '../../issues/failure.ts';
import type { FinishOutcome } from '../../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import type { TransitionAim } from '../../rules/transition-aim.ts';
import { changedBy, changedByAt } from '../issue/changed-by.ts';
import { editCall } from '../issue/edit-call.ts';
import { fieldsLeft, ruleValue } from './fill-screen.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import type { OwnAccount } from '../project/own-account.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { sayOnceCall } from '../issue/say-once-call.ts';
import { IssueHistory } from '../http/wire.ts';
import type { PendingWork } from '../../issues/own-issue.ts';

/**
 * By how much the comment of a transition may be older than its entry in the history, ms. Both times are Jira's, and transitions are
 * further apart.
 */
const MARGIN_MS = 5_000;

/**
 * Adds the comment that a transition left out, unless it is there already, and sets the fields that it left out, with the values of the
 * current rules where they have any.
 */
export async function finishCall(
  calls: JiraCalls,
  account: OwnAccount,
  issue: IssueRef,
  owed: PendingWork,
  aim: TransitionAim | null,
): Promise<FinishOutcome> {
  const { to, comment } = owed;
  const unsaid = comment === null ? null : await say(calls, account, issue, comment, owed.ifOurs);
  const values = Object.entries(owed.fields).map(([id, value]) => [id, ruleValue({ to, aim }, id) ?? value] as const);
  if (comment !== null && values.length > 0) await calls.governor.another();
  const unset = values.length === 0 ? null : await editCall(calls, issue, Object.fromEntries(values));
  const fields = fieldsLeft(owed.fields, unset, { to, aim });
  // A comment that Jira refuses for good is dropped: the failure is reported, and no admin can fix it for each issue.
  const isUnsaid = unsaid !== null && unsaid.retry.when !== 'seldom';
  const isSet = Object.keys(fields).length === 0;
  // The work that is left says when to try again.
  const failure = isUnsaid && isSet ? unsaid : (unset ?? unsaid);
  return { left: isSet && !isUnsaid ? null : { ...owed, comment: isUnsaid ? comment : null, fields }, failure };
}

/**
 * The history says when the transition was, and by whom. Any comment of our account since then is about it, also where the reason has
 * changed since. An issue that is gone needs none.
 */
async function say(calls: JiraCalls, account: OwnAccount, issue: IssueRef, comment: AdfDocument, ifOurs: boolean): Promise<Failure | null> {
  const self = await account.id();
  if (!self.ok) return self.failure;
  const request = { issueIdOrKey: issue.id, fields: ['status'], expand: 'changelog' };
  const answer = await calls.ask((client) => getIssue(client, request));
  if (answer.kind === 'http' && answer.status === 404) return null;
  const read = parseAnswer(IssueHistory, answer, calls.clock.now());
  if (!read.ok) return read.failure;
  const { changelog } = read.value;
  if (ifOurs && changedBy(changelog, 'status', self.accountId) !== 'ours') return null;
  const transitionedAt = changedByAt(changelog, 'status', self.accountId);
  await calls.governor.another();
  return sayOnceCall(calls, account, issue, comment, transitionedAt === null ? 0 : transitionedAt - MARGIN_MS, 'any-words');
}
