import type { GroupRecord } from '../../issues/group-record.ts';
import type { Step } from '../../issues/step.ts';
import { aimOf, reasonOf } from './aim-of.ts';
import { callsOf } from '../records/finding-record.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { withPendingWork } from '../../issues/pending-work.ts';

type FinishStep = Step & { readonly step: 'finish' };

/**
 * Does the pending work of the issue's last transition. The issue is searched for a comment before it is sent, and a field may be set twice, so a
 * crash in between needs no record of its own.
 */
export async function finishTransition(context: ReconcileContext, view: GroupView, { pendingWork }: FinishStep): Promise<PassResult> {
  const { issue, group } = view.record;
  if (issue === null) return 'requeue';
  const permit = await context.tracker.permit('transition', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const aim = await aimOf(context, view, issue, reasonOf(issue, pendingWork.to));
  const { left, failure, ...calls } = await context.tracker.finish(issue, pendingWork, aim).finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, group);
  // If another pass has made a transition meanwhile, other work is pending by now.
  if (now?.record.issue?.id !== issue.id || JSON.stringify(now.record.issue.pendingWork) !== JSON.stringify(pendingWork)) return 'requeue';
  const next: GroupRecord = { ...now.record, issue: withPendingWork(now.record.issue, left), requeueAt: null, failure: null, attempts: 0 };
  if (failure === null) {
    await save(context, now, next, null);
    return 'requeue';
  }
  const { code, message } = failure;
  const failed = left === null ? { next, retryInMs: 0 } : afterFailure({ ...now.record, issue: next.issue }, failure, now.now);
  if (await save(context, now, failed.next, { what: 'failed', because: code, issueKey: issue.key, ...callsOf(calls) }))
    context.emit({ what: 'jira-failed', group, call: 'finish', code, message, retryInMs: failed.retryInMs });
  return 'requeue';
}
