import { isHeldBack } from '../../issues/failure.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import type { AdfDocument } from '../../issues/text/adf.ts';
import { noPathComment } from '../../issues/text/comments.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import type { TransitionOutcome } from '../ports/tracker-transition.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterFailure, save, type ReconcileContext } from './reconcile-context.ts';

/** Records why a transition failed. That there is no path is said on the issue, too, once. @returns false: another writer was first */
export async function recordTransitionFailure(
  context: ReconcileContext,
  view: GroupView,
  step: 'close' | 'reopen',
  outcome: TransitionOutcome & { outcome: 'failed' },
): Promise<boolean> {
  const { failure } = outcome;
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const intent = next.transition === null ? null : { ...next.transition, uncertain: true };
  const { issue } = view.record;
  // Recorded before the comment is sent: a process that dies in between leaves no comment, which is better than one with every try.
  const says = issue !== null && intent !== null && failure.code === 'jira-no-transition' && issue.saidNoPath !== intent.to;
  const noted = says ? { ...issue, saidNoPath: intent.to } : issue;
  const after = { next: { ...next, issue: noted, transition: intent }, retryInMs };
  const failed = { call: step, failure, issueKey: issue?.key ?? null, after, made: outcome };
  if (!(await recordFailedCall(context, view, failed))) return false;
  if (says) await sayNoPath(context, view.record.group, issue, noPathComment(step, failure.message));
  return true;
}

/** If the comment was certainly not sent, `saidNoPath` is taken back, so that the next try sends it. */
async function sayNoPath(context: ReconcileContext, group: string, issue: OwnIssue, comment: AdfDocument): Promise<void> {
  const failure = await context.tracker.comment(issue, comment);
  const unsent = failure !== null && (failure.code === 'jira-rate-limited' || isHeldBack(failure));
  const view = unsent ? await readGroup(context.store, context.rules, group) : null;
  if (view?.record.issue?.id === issue.id) await save(context, view, { ...view.record, issue }, null);
}
