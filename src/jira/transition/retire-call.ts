import type { FoundIssue, IssueRef, MoveOutcome, MoveTarget } from '../../pipeline/ports/issue-tracker.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { linkCall } from '../issue/link-call.ts';
import { moveCall } from './move-call.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { WorkflowMaps } from './workflow-map.ts';

/** A second issue was judged a moment before: what takes longer than this is judged anew by the next sweep. Ms. */
const RETIRE_MS = 30_000;

/**
 * Marks a second issue as a duplicate of the one that stays, and closes it with a comment. May be called again: a link that is there counts as
 * made, and an issue that is closed is left alone. A site without the link type `Duplicate` has the comment to tell.
 */
export async function retireCall(
  calls: JiraCalls,
  account: OwnAccount,
  maps: WorkflowMaps,
  twin: FoundIssue,
  kept: IssueRef,
  how: Pick<MoveTarget, 'comment' | 'closing'>,
): Promise<MoveOutcome> {
  if (twin.status.category === 'done') return { outcome: 'already-there', issue: twin.issue, status: twin.status };
  const sendBy = calls.clock.monotonic() + RETIRE_MS;
  const linked = await linkCall(calls, 'Duplicate', kept, twin.issue);
  if (linked.outcome === 'failed') return { outcome: 'failed', failure: linked.failure };
  await calls.governor.another();
  const { projectKey, issueType, status } = twin;
  // Every sweep comes by: where the workflow has no way, the issue is not moved about again each time.
  const explore = status.category === 'new';
  return moveCall(calls, account, maps, 'closed', twin.issue, {
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
