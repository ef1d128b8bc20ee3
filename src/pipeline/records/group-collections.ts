import { partsOfKey } from '../../findings/finding.ts';
import type { GroupKey } from '../../issues/group-key.ts';
import { failedProject, nextTryAt, type GroupRecord } from '../../issues/group-record.ts';
import { memberShortForm } from '../../issues/marker.ts';
import type { UnprovenIssue } from '../../issues/unproven.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';

/** Group records, by group key. */
export const GROUPS: Collection<GroupRecord> = {
  name: 'groups',
  terms: (record) => {
    const { members, issue, takenAway = [], last, failure } = record;
    return [
      ...(issue === null ? [] : [`issue:${issue.id}`]),
      ...takenAway.map((id) => `takenAway:${id}`),
      ...members.flatMap((member) => [`member:${memberShortForm(member)}`, ...memberIdTerms(member)]),
      ...(issue === null ? [] : [`control:${issue.projectKey}`, `issue:${issue.lastApplied}`]),
      ...(last?.because === 'observe-only' ? ['observe-only'] : []),
      ...(last?.wouldOpen === undefined ? [] : [`wouldOpen:${last.wouldOpen}`]),
      ...(last?.because === 'paused' ? ['held'] : []),
      ...(failure === null ? [] : failureTerms(failure.code, failedProject(record))),
    ];
  },
  at: ({ firstSeenAt }) => firstSeenAt,
  due: nextTryAt,
  fields: {
    group: 'string',
    members: 'list',
    generation: 'number',
    observedGeneration: 'number',
    attempts: 'number',
    requeueAt: 'object or null',
    failure: 'object or null',
    intent: 'object or null',
    transition: 'object or null',
    issue: 'object or null',
    last: 'object or null',
    firstSeenAt: 'number',
    updatedAt: 'number',
  },
};

/** An observation without its analyzer has the finding's id alone. */
function memberIdTerms(member: string): string[] {
  const parts = partsOfKey(member);
  return parts === null ? [] : [`memberId:${parts.findingId}`];
}

/** Failures are found by cause and by project. */
function failureTerms(code: string, projectKey: string | null): string[] {
  return ['failed', `failure:${code}`, ...(projectKey === null ? [] : [`failedProject:${projectKey}`])];
}

/** The group to which an admin last linked an issue; whether the group still has the issue is in the group's record. */
export interface LinkRecord {
  readonly group: GroupKey;
}

/** By issue id; written with the link, so that one of two groups gets an issue that both want. */
export const LINKS: Collection<LinkRecord> = { name: 'links', ...BY_ID, fields: { group: 'string' } };

/** Issues whose marker names a group without proof; see `issues/unproven.ts`. */
export interface UnprovenRecord {
  readonly issues: readonly UnprovenIssue[];
}

/** By the group's label, since a label alone may name a group that the store does not know. */
export const UNPROVEN: Collection<UnprovenRecord> = { name: 'unproven', ...BY_ID, fields: { issues: 'list' } };
