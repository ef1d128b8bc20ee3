import type { OwnIssue } from '../../issues/group-record.ts';
import type { GroupView } from '../groups/group-view.ts';
import { save, type Settling } from './settling.ts';

/** Writes that a person has closed the issue while its finding was open: it stays closed. @returns false when another writer was first */
export async function recordPersonsClose(settling: Settling, view: GroupView, own: OwnIssue): Promise<boolean> {
  const { group } = view.record;
  const { owes: _, ...rest } = own;
  const issue: OwnIssue = { ...rest, stand: 'closed', closedBecause: 'by-person' };
  const said = { what: 'closed', because: 'closed-by-person', issueKey: own.key } as const;
  if (!(await save(settling, view, { ...view.record, failure: null, attempts: 0, wait: null, move: null, issue }, said))) return false;
  settling.tell({ what: 'issue-closed-by-person', group, issueKey: own.key });
  return true;
}
