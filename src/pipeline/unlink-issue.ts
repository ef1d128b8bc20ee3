import type { GroupKey } from '../issues/group-key.ts';
import { changeGroup, type GroupChanging } from './change-group.ts';

export type Unlinked =
  | { readonly ok: true; readonly issueKey: string }
  | { readonly ok: false; readonly because: 'no-such-group' | 'no-issue' };

/**
 * Takes a group's issue away from it: the issue stays as it is in Jira, loses our mark, and is never taken for ours again. Nothing is done for the
 * group's findings until it is linked (`linkIssue`) or settled by hand (`settleNow`).
 * @param by who did it, for the history
 */
export type UnlinkIssue = (group: GroupKey, by: string) => Promise<Unlinked>;

export function createUnlinkIssue(deps: GroupChanging): UnlinkIssue {
  return async (group, by) => {
    let issueKey = '';
    const changed = await changeGroup<'no-issue'>(deps, group, ({ record }) => {
      const { issue } = record;
      if (issue === null) return { refused: 'no-issue' };
      issueKey = issue.key;
      const leaving = [...(record.leaving ?? []), { id: issue.id, key: issue.key }];
      return {
        next: { ...record, issue: null, move: null, failure: null, attempts: 0, unlinked: true, leaving },
        said: { what: 'unlinked', because: `by ${by}`, issueKey },
      };
    });
    return changed.changed ? { ok: true, issueKey } : { ok: false, because: changed.because };
  };
}
