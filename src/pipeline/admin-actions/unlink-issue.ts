import type { GroupKey } from '../../issues/group-key.ts';
import { withoutIssue } from '../../issues/taken-away.ts';
import { changeGroup, type Alongside, type Change, type GroupChanging } from '../groups/change-group.ts';
import type { GroupView } from '../groups/group-view.ts';
import { readUnproven } from '../groups/unproven-issues.ts';
import { withoutUnproven } from '../../issues/unproven.ts';
import type { Write } from '../ports/store.ts';

export type Unlinked =
  | { readonly ok: true; readonly issueKey: string }
  | { readonly ok: false; readonly because: 'no-such-group' | 'no-issue' };

/**
 * Takes a group's issue away from it: the issue stays as it is in Jira, loses our marker, and is never taken for ours again. Nothing is done for the
 * group's findings until an admin links an issue (`linkIssue`) or reconciles the group (`reconcileNow`).
 * @param by who did it, for the history
 */
export type UnlinkIssue = (group: GroupKey, by: string, alongside?: Alongside) => Promise<Unlinked>;

export function createUnlinkIssue(deps: GroupChanging & { readonly installation: string }): UnlinkIssue {
  return async (group, by, alongside = () => []) => {
    let issueKey = '';
    let forget: readonly Write[] = [];
    const unlinked = async (view: GroupView): Promise<Change<'no-issue'>> => {
      const unproven = await readUnproven(deps.store, deps.installation, view);
      forget = unproven.forget;
      const record = withoutUnproven(view.record, unproven.issues);
      const { issue } = record;
      if (issue === null) return { refused: 'no-issue' };
      issueKey = issue.key;
      const leaving = [...(record.leaving ?? []), { id: issue.id, key: issue.key }];
      return {
        next: { ...withoutIssue(record, issue.id), leaving },
        note: { what: 'unlinked', because: `by ${by}`, issueKey },
      };
    };
    const changed = await changeGroup(deps, group, unlinked, (...change) => [...forget, ...alongside(...change)]);
    return changed.changed ? { ok: true, issueKey } : { ok: false, because: changed.because };
  };
}
