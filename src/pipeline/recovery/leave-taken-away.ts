import { withoutIssue } from '../../issues/taken-away.ts';
import { bearsTombstone } from './bears-tombstone.ts';
import { changeGroup, type Change, type GroupChanging } from '../groups/change-group.ts';
import type { GroupView } from '../groups/group-view.ts';
import type { IssueTracker } from '../ports/issue-tracker.ts';
import type { LeftIssue } from './read-ours.ts';

/** Removes an issue that an admin has unlinked from its group, where an old copy of the store still has it there. */
export type LeaveTakenAway = (left: LeftIssue) => Promise<void>;

export function createLeaveTakenAway(
  deps: GroupChanging & { readonly tracker: Pick<IssueTracker, 'permit' | 'read'>; readonly installation: string },
): LeaveTakenAway {
  return async ({ issue, tombstone }) => {
    const group = tombstone.unlinked;
    const left = async ({ record }: GroupView): Promise<Change<'stays'>> => {
      const isOwn = record.issue?.id === issue.id && record.issue.marker !== 'wanted';
      if (!isOwn || (await bearsTombstone(deps, issue, group)) !== true) return { refused: 'stays' };
      return { next: withoutIssue(record, issue.id), note: { what: 'unlinked', because: 'as-jira-says', issueKey: issue.key } };
    };
    await changeGroup(deps, group, left);
  };
}
