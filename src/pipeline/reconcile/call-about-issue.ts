import type { OwnIssue } from '../../issues/own-issue.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import type { PermitKind } from '../ports/issue-tracker.ts';
import { waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/** A call about an issue that may be sent again without harm, so a crash in between needs no record of its own. */
export interface CallAboutIssue<Outcome> {
  readonly issueId: string;
  readonly permit: PermitKind;
  send(): Promise<Outcome>;
  /**
   * Records the outcome in the group as it is after the call.
   * @param own its issue; null: it is not this one any more
   */
  record(now: GroupView, outcome: Outcome, own: OwnIssue | null): Promise<unknown>;
}

/** Permit, call, read the group again, record: the way of every step that needs no write-ahead record. */
export async function callAboutIssue<Outcome>(
  context: ReconcileContext,
  view: GroupView,
  { issueId, permit: kind, send, record }: CallAboutIssue<Outcome>,
): Promise<PassResult> {
  const permit = await context.tracker.permit(kind, issueId);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const outcome = await send().finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, view.record.group);
  if (now !== null) await record(now, outcome, now.record.issue?.id === issueId ? now.record.issue : null);
  return 'requeue';
}
