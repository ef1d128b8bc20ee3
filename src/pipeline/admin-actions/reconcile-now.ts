import type { GroupKey } from '../../issues/group-key.ts';
import type { GroupRecord } from '../../issues/group-record.ts';
import type { OwnIssue } from '../../issues/own-issue.ts';
import { changeGroup, type Alongside, type Change, type GroupChanging } from '../groups/change-group.ts';
import type { GroupView } from '../groups/group-view.ts';
import { readUnproven } from '../groups/unproven-issues.ts';
import { withReplacement } from '../../issues/missing-issue.ts';
import { withoutUnproven } from '../../issues/unproven.ts';
import type { Write } from '../ports/store.ts';

/**
 * Makes a pass over a group now, because an admin asked: its wait, its failed tries and its unlinked state are over. The retry of a failure is
 * the same. A request that may be on its way is still waited for. Issues whose marker names the group without proof are not the group's from now on, and
 * a deleted issue of an active finding gets another one in its place.
 * @param by who asked, for the history
 * @returns the record as it was written; null: there is no such group
 * @throws StoreUnavailable
 */
export type ReconcileNow = (group: GroupKey, by: string, alongside?: Alongside) => Promise<GroupRecord | null>;

export function createReconcileNow(deps: GroupChanging & { readonly installation: string }): ReconcileNow {
  return async (group, by, alongside = () => []) => {
    let forget: readonly Write[] = [];
    const asked = async (view: GroupView): Promise<Change<never>> => {
      const unproven = await readUnproven(deps.store, deps.installation, view);
      forget = unproven.forget;
      const { unlinked: _, ...rest } = withReplacement(withoutUnproven(view.record, unproven.issues));
      return {
        next: { ...rest, issue: withoutRefusal(rest.issue), attempts: 0 },
        note: { what: 'asked', because: `by ${by}`, issueKey: rest.issue?.key ?? null },
      };
    };
    const changed = await changeGroup(deps, group, asked, (...change) => [...forget, ...alongside(...change)]);
    return changed.changed ? changed.record : null;
  };
}

/** The cause of Jira's refusal may be fixed by now. */
function withoutRefusal(issue: OwnIssue | null): OwnIssue | null {
  if (issue === null) return null;
  const { refused: _, ...rest } = issue;
  return rest;
}
