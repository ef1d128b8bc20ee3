import type { GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { saveGroup, type GroupView } from '../groups/group-view.ts';
import type { Write } from '../ports/store.ts';
import { wantRescans } from '../rescan/want-rescans.ts';
import { afterSuccess, type ReconcileContext } from './reconcile-context.ts';

/**
 * Records that a person has closed the issue while its finding was open: it stays closed. In the same commit AWS is asked to scan the resource again,
 * since the person may have fixed it. @returns false when another writer was first
 */
export async function recordPersonsClose(context: ReconcileContext, view: GroupView, own: OwnIssue): Promise<boolean> {
  const { group } = view.record;
  const { pendingWork: _, ...rest } = own;
  const issue: OwnIssue = { ...rest, lastApplied: 'closed', closedBecause: 'by-person' };
  const closed = { what: 'closed', because: 'closed-by-person', issueKey: own.key } as const;
  const rescans = await rescansAfter(context, view);
  const notes = rescans.length === 0 ? [closed] : [closed, { ...closed, what: 'rescan' as const }];
  const next: GroupRecord = { ...afterSuccess(view.record), transition: null, issue };
  const saved = await saveGroup(context.store, view, next, notes, rescans);
  if (!saved.saved) return false;
  context.emit({ what: 'issue-closed-by-person', group, issueKey: own.key });
  return true;
}

/** Once for each close: one that the record has already was only read again. */
async function rescansAfter({ store, rules, canRescan }: ReconcileContext, view: GroupView): Promise<readonly Write[]> {
  const { issue } = view.record;
  const isKnown = issue?.lastApplied === 'closed' && issue.closedBecause === 'by-person';
  return canRescan && !isKnown && (await rules.current()).rescans ? wantRescans(store, view) : [];
}
