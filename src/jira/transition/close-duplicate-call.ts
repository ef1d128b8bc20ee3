import type { FoundIssue } from '../../pipeline/ports/issue-tracker.ts';
import type { TransitionOutcome, TransitionTarget } from '../../pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { linkCall } from '../issue/link-call.ts';
import { transitionCall } from './transition-call.ts';
import type { OwnAccount } from '../project/own-account.ts';
import type { WorkflowMaps } from './workflow-map.ts';

/** The duplicate was found a moment ago: after this time the next sweep decides anew. Ms. */
const CLOSE_DUPLICATE_MS = 30_000;

/**
 * Links a duplicate to the issue that stays, and closes it with a comment. May be called again: a link that exists counts as made, and a
 * closed issue is left alone. On a site without the link type `Duplicate` the comment says it.
 */
export async function closeDuplicateCall(
  calls: JiraCalls,
  account: OwnAccount,
  maps: WorkflowMaps,
  duplicate: FoundIssue,
  kept: IssueRef,
  how: Pick<TransitionTarget, 'comment' | 'aim'>,
): Promise<TransitionOutcome> {
  if (duplicate.status.category === 'done') return { outcome: 'already-there', issue: duplicate.issue, status: duplicate.status };
  const sendBy = calls.clock.monotonic() + CLOSE_DUPLICATE_MS;
  const linked = await linkCall(calls, 'Duplicate', kept, duplicate.issue);
  if (linked.outcome === 'failed') return { outcome: 'failed', failure: linked.failure };
  await calls.governor.another();
  const { projectKey, issueType, status } = duplicate;
  // Every sweep calls this: without a path, the issue is not transitioned again each time.
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
    outcome: 'duplicate',
  });
}
