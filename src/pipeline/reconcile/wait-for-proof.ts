import type { Failure } from '../../issues/failure.ts';
import type { GroupView } from '../groups/group-view.ts';
import { afterFailure, save, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/** Records that an admin has to decide whose an issue is. Nothing is sent, and news of the finding changes nothing about that. */
export async function waitForProof(context: ReconcileContext, view: GroupView, failure: Failure): Promise<PassResult> {
  const { group, issue } = view.record;
  const { next, retryInMs } = afterFailure(view.record, failure, view.now);
  const { code, message } = failure;
  if (!(await save(context, view, next, { what: 'failed', because: code, issueKey: issue?.key ?? null }))) return 'requeue';
  context.emit({ what: 'jira-failed', group, call: 'check-property', code, message, retryInMs });
  return 'done';
}
