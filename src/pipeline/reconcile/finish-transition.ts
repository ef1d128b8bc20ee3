import type { GroupRecord } from '../../issues/group-record.ts';
import type { StepOf } from '../../issues/step.ts';
import { aimOf, reasonOf } from './aim-of.ts';
import type { GroupView } from '../groups/group-view.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterFailure, afterSuccess, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';
import { withPendingWork } from '../../issues/pending-work.ts';

/**
 * Does the pending work of the issue's last transition. The issue is searched for a comment before it is sent, and a field may be set twice.
 */
export async function finishTransition(
  context: ReconcileContext,
  view: GroupView,
  { issue, pendingWork }: StepOf<'finish'>,
): Promise<PassResult> {
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'transition',
    send: async () => context.tracker.finish(issue, pendingWork, await aimOf(context, view, issue, reasonOf(issue, pendingWork.to))),
    async record(now, { left, failure, ...made }, own) {
      // If another pass has made a transition meanwhile, other work is pending by now.
      if (own === null || JSON.stringify(own.pendingWork) !== JSON.stringify(pendingWork)) return;
      const next: GroupRecord = { ...now.record, issue: withPendingWork(own, left) };
      if (failure === null) return save(context, now, afterSuccess(next), null);
      const after = left === null ? { next: afterSuccess(next), retryInMs: 0 } : afterFailure(next, failure, now.now);
      return recordFailedCall(context, now, { call: 'finish', failure, issueKey: issue.key, after, made });
    },
  });
}
