import type { OwnIssue } from '../../issues/own-issue.ts';
import { markerOf, type MarkerProperty } from '../../issues/marker.ts';
import type { StepOf } from '../../issues/step.ts';
import { membershipDigest } from '../../issues/written.ts';
import type { GroupView } from '../groups/group-view.ts';
import { callAboutIssue } from './call-about-issue.ts';
import { recordFailedCall } from './record-failed-call.ts';
import { afterFailure, save, waitForTrust, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Writes the findings of the group into the issue's property, which is read before it is written.
 */
export async function writeMembership(
  context: ReconcileContext,
  view: GroupView,
  { issue }: StepOf<'write-membership'>,
): Promise<PassResult> {
  if (!(await context.trust.isTrusted())) return waitForTrust(context, view);
  const digest = membershipDigest(view.record.members);
  return callAboutIssue(context, view, {
    issueId: issue.id,
    permit: 'update',
    send: () => context.tracker.writeMembership(issue, propertyOf(context.installation, view, issue)),
    async record(now, failure, own) {
      if (own === null) return;
      const { refusedMembership: _, ...rest } = own;
      if (failure === null) return void (await save(context, now, { ...now.record, issue: { ...rest, membership: digest } }, null));
      const after = afterFailure(now.record, failure, now.now);
      // No person can fix that a closed or moved issue is not to be written to: it is no failure of the finding.
      const refused = { ...now.record, issue: { ...own, refusedMembership: { digest, until: now.now + after.retryInMs } } };
      const next = failure.retry.when === 'seldom' ? refused : after.next;
      await recordFailedCall(context, now, { call: 'write-membership', failure, issueKey: issue.key, after: { ...after, next } });
    },
  });
}

/** The whole property, for an issue that has none. */
function propertyOf(installation: string, { record }: GroupView, { linked, written }: OwnIssue): MarkerProperty {
  const { property } = markerOf(installation, record.group, record.members, 1);
  return { ...property, ...(linked === true ? { linked } : {}), written: { ...written } };
}
