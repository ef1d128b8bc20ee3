import type { GroupRecord, OwnIssue } from './group-record.ts';

/** The group without its issue, which an admin has taken away: nothing is done before the group is linked or settled by hand. Pure. */
export function withoutIssue(record: GroupRecord, id: string): GroupRecord {
  const takenAway = [...(record.takenAway ?? []), id];
  return { ...record, issue: null, transition: null, failure: null, attempts: 0, unlinked: true, takenAway };
}

/** True for an issue that is not to be taken for the group's again, whatever Jira's search still shows of it. */
export function isTakenAway({ takenAway = [] }: GroupRecord, id: string): boolean {
  return takenAway.includes(id);
}

/** The group as an admin links an issue to it, which may be one that was taken away. A create that may be on its way stays written down. Pure. */
export function withLink(before: GroupRecord, issue: OwnIssue): GroupRecord {
  const { takenAway = [], unlinked: _, ...record } = before;
  const others = takenAway.filter((id) => id !== issue.id);
  const next = { ...record, issue, transition: null, failure: null, attempts: 0 };
  return others.length === 0 ? next : { ...next, takenAway: others };
}
