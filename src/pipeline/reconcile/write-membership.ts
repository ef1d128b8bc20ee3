import type { OwnIssue } from '../../issues/group-record.ts';
import { markerOf, type MarkerProperty } from '../../issues/marker.ts';
import { membershipDigest } from '../../issues/written.ts';
import { readGroup, type GroupView } from '../groups/group-view.ts';
import { afterFailure, save, waitForTrust, waitForPermit, type PassResult, type ReconcileContext } from './reconcile-context.ts';

/**
 * Writes the findings of the group into the issue's property. It is read before it is written, and may be sent again without harm, so a crash in
 * between needs no record of its own.
 */
export async function writeMembership(context: ReconcileContext, view: GroupView): Promise<PassResult> {
  const { group, issue, members } = view.record;
  if (issue === null) return 'requeue';
  if (!(await context.trust.isTrusted())) return waitForTrust(context, view);
  const permit = await context.tracker.permit('update', issue.id);
  if (!permit.granted) return waitForPermit(context, view, permit);
  const failure = await context.tracker
    .writeMembership(issue, propertyOf(context.installation, view, issue))
    .finally(() => permit.release());
  const now = await readGroup(context.store, context.rules, group);
  const own = now?.record.issue ?? null;
  if (now === null || own?.id !== issue.id) return 'requeue';
  const digest = membershipDigest(members);
  if (failure === null) {
    const { refusedMembership: _, ...rest } = own;
    await save(context, now, { ...now.record, issue: { ...rest, membership: digest } }, null);
    return 'requeue';
  }
  const { code, message, retry } = failure;
  const { next, retryInMs } = afterFailure(now.record, failure, now.now);
  // No person can fix that a closed or moved issue is not to be written to: it is no failure of the finding.
  const refused = { ...now.record, issue: { ...own, refusedMembership: { digest, until: now.now + retryInMs } } };
  const note = { what: 'failed', because: code, issueKey: issue.key } as const;
  if (await save(context, now, retry.when === 'seldom' ? refused : next, note))
    context.emit({ what: 'jira-failed', group, call: 'write-membership', code, message, retryInMs });
  return 'requeue';
}

/** The whole property, for an issue that has none. */
function propertyOf(installation: string, { record }: GroupView, { linked, written }: OwnIssue): MarkerProperty {
  const { property } = markerOf(installation, record.group, record.members, 1);
  return { ...property, ...(linked === true ? { linked } : {}), written: { ...written } };
}
