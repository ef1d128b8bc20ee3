import type { OwnIssue } from '../../issues/group-record.ts';
import type { GroupView } from '../groups/group-view.ts';
import { save, type ReconcileContext } from './reconcile-context.ts';

/** Records that a person has closed the issue while its finding was open: it stays closed. @returns false when another writer was first */
export async function recordPersonsClose(context: ReconcileContext, view: GroupView, own: OwnIssue): Promise<boolean> {
  const { group } = view.record;
  const { pendingWork: _, ...rest } = own;
  const issue: OwnIssue = { ...rest, lastApplied: 'closed', closedBecause: 'by-person' };
  const note = { what: 'closed', because: 'closed-by-person', issueKey: own.key } as const;
  if (!(await save(context, view, { ...view.record, failure: null, attempts: 0, requeueAt: null, transition: null, issue }, note)))
    return false;
  context.emit({ what: 'issue-closed-by-person', group, issueKey: own.key });
  return true;
}
