import type { FoundIssue, IssueRef, TransitionOutcome, TransitionTarget } from '../../pipeline/ports/issue-tracker.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { linkCall } from '../issue/link-call.ts';
import { transitionCall } from './transition-call.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { WorkflowMaps } from './workflow-map.ts';

/** A second issue was judged a moment before: what takes longer than this is judged anew by the next sweep. Ms. */
const CLOSE_DUPLICATE_MS = 30_000;

/**
 * Marks a second issue as a duplicate of the one that stays, and closes it with a comment. May be called again: a link that is there counts as
 * made, and an issue that is closed is left alone. A site without the link type `Duplicate` has the comment to tell.
 */
export async function closeDuplicateCall(
  calls: JiraCalls,
  account: OwnAccount,
  maps: WorkflowMaps,
  duplicate: FoundIssue,
  kept: IssueRef,
  how: Pick<TransitionTarget, 'comment' | 'closing'>,
): Promise<TransitionOutcome> {
  if (duplicate.status.category === 'done') return { outcome: 'already-there', issue: duplicate.issue, status: duplicate.status };
  const sendBy = calls.clock.monotonic() + CLOSE_DUPLICATE_MS;
  const linked = await linkCall(calls, 'Duplicate', kept, duplicate.issue);
  if (linked.outcome === 'failed') return { outcome: 'failed', failure: linked.failure };
  await calls.governor.another();
  const { projectKey, issueType, status } = duplicate;
  // Every sweep comes by: where the workflow has no way, the issue is not moved about again each time.
  const explore = status.category === 'new';
  return transitionCall(calls, account, maps, 'closed', duplicate.issue, {
    projectKey,
    issueType,
    from: status,
    sendBy,
    readFirst: true,
    explore,
    closeStandsSince: null,
    ...how,
    mayGiveUp: true,
  });
}
