import type { Failure } from '../../issues/failure.ts';
import type { GroupView } from '../groups/group-view.ts';
import { recordFailedCall } from './record-failed-call.ts';
import type { PassResult, ReconcileContext } from './reconcile-context.ts';

/** Records that an admin has to decide whose an issue is. Nothing is sent, and news of the finding changes nothing about that. */
export async function waitForProof(context: ReconcileContext, view: GroupView, failure: Failure): Promise<PassResult> {
  const issueKey = view.record.issue?.key ?? null;
  return (await recordFailedCall(context, view, { call: 'check-property', failure, issueKey })) ? 'done' : 'requeue';
}
