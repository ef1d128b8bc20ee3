import type { Failure } from './failure.ts';
import type { GroupRecord } from './group-record.ts';
import type { Step } from './step.ts';
import { isTakenAway } from './taken-away.ts';

/**
 * An issue that may be a group's, by a marker that proves nothing: an admin decides. `linked`: the property says that an admin linked it.
 * `unlinked`: a tombstone says that an admin took it away. `contradicted`: our account created it, but property and labels do not agree.
 */
export interface UnprovenIssue {
  readonly id: string;
  readonly key: string;
  readonly says: 'linked' | 'unlinked' | 'contradicted';
}

/**
 * Those about which an admin has still to decide for the group. The record knows better about issues that were taken away; and a contradicted one
 * matters only to a group without an issue. Pure.
 */
export function stillUnproven(record: GroupRecord, issues: readonly UnprovenIssue[]): readonly UnprovenIssue[] {
  if (record.unlinked === true) return [];
  return issues.filter(({ id, says }) => {
    if (isTakenAway(record, id)) return false;
    if (says === 'linked') return record.issue?.id !== id;
    return says === 'unlinked' || record.issue === null;
  });
}

/**
 * Whether a step waits for the decision: none may make or reopen an issue, and none may touch an issue that perhaps was taken away. The group's own
 * issue is closed and updated all the same, as no other issue takes part in that. Pure.
 * @param unproven not empty
 */
export function waitsForProof({ step }: Step, { issue }: GroupRecord, unproven: readonly UnprovenIssue[]): boolean {
  if (step === 'remove-marker') return false;
  return step === 'create' || step === 'reopen' || step === 'nothing' || unproven.some(({ id }) => id === issue?.id);
}

const SAYINGS: Readonly<Record<UnprovenIssue['says'], string>> = {
  linked: 'says that an admin linked it',
  unlinked: 'says that an admin unlinked it',
  contradicted: 'was created by our account, but its property and labels do not agree',
};

/** The failure of a group that waits for the decision. @param unproven not empty */
export function unprovenFailure(unproven: readonly UnprovenIssue[]): Failure {
  const issues = unproven.map(({ key, says }) => `${key} ${SAYINGS[says]}`).join('; ');
  return {
    code: 'jira-property-unproven',
    message: `The store does not know whether this is true: ${issues}. Link the finding's issue, or reconcile the mapping to go on without these`,
    words: null,
    retry: { when: 'seldom' },
  };
}

/** The group after an admin has decided without linking one of these issues: none of them is its own, except the one that it has. Pure. */
export function withoutUnproven(record: GroupRecord, issues: readonly UnprovenIssue[]): GroupRecord {
  const ids = issues.map(({ id }) => id).filter((id) => id !== record.issue?.id && !isTakenAway(record, id));
  return ids.length === 0 ? record : { ...record, takenAway: [...(record.takenAway ?? []), ...ids] };
}
