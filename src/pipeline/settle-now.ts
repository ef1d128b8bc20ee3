import type { GroupKey } from '../issues/group-key.ts';
import { changeGroup, type GroupChanging } from './change-group.ts';

/**
 * Looks at a group again now, because a person asked: its wait, its failed tries and its being unlinked are over. The retry of a failure is the
 * same. Only where somebody may be sending it still waits.
 * @param by who asked, for the history
 * @returns false: there is no such group
 */
export type SettleNow = (group: GroupKey, by: string) => Promise<boolean>;

export function createSettleNow(deps: GroupChanging): SettleNow {
  return async (group, by) => {
    const changed = await changeGroup(deps, group, ({ record: { unlinked: _, ...record } }) => ({
      next: { ...record, attempts: 0 },
      said: { what: 'asked', because: `by ${by}`, issueKey: record.issue?.key ?? null },
    }));
    return changed.changed;
  };
}
