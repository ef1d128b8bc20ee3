import type { GroupKey } from '../issues/group-key.ts';
import type { GroupRecord } from '../issues/group-record.ts';
import { changeGroup, type Alongside, type GroupChanging } from './change-group.ts';

/**
 * Looks at a group again now, because a person asked: its wait, its failed tries and its being unlinked are over. The retry of a failure is the
 * same. Only where somebody may be sending it still waits.
 * @param by who asked, for the history
 * @returns the record as it was written; null: there is no such group
 * @throws StoreUnavailable
 */
export type SettleNow = (group: GroupKey, by: string, alongside?: Alongside) => Promise<GroupRecord | null>;

export function createSettleNow(deps: GroupChanging): SettleNow {
  return async (group, by, alongside) => {
    const changed = await changeGroup(
      deps,
      group,
      ({ record: { unlinked: _, ...record } }) => ({
        next: { ...record, attempts: 0 },
        said: { what: 'asked', because: `by ${by}`, issueKey: record.issue?.key ?? null },
      }),
      alongside,
    );
    return changed.changed ? changed.record : null;
  };
}
