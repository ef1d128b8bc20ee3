import type { GroupRecord } from './group-record.ts';
import type { OwnIssue } from './own-issue.ts';

/** The group without its issue, which an admin has taken away: nothing is done until an admin links or reconciles the group. Pure. */
export function withoutIssue(record: GroupRecord, id: string): GroupRecord {
  const takenAway = [...(record.takenAway ?? []), id];
  return { ...record, issue: null, transition: null, failure: null, attempts: 0, unlinked: true, takenAway };
}

/** True for an issue that the group must not adopt again, even if Jira's search still shows it. */
export function isTakenAway({ takenAway = [] }: GroupRecord, id: string): boolean {
  return takenAway.includes(id);
}

/** The group with the issue that an admin links to it, perhaps one that was taken away. The intent of a create in flight stays. Pure. */
export function withLink(before: GroupRecord, issue: OwnIssue): GroupRecord {
  const { takenAway = [], unlinked: _, ...record } = before;
  const others = takenAway.filter((id) => id !== issue.id);
  const next = { ...record, issue, transition: null, failure: null, attempts: 0 };
  return others.length === 0 ? next : { ...next, takenAway: others };
}
