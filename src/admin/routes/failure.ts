import { Type, type Static } from 'typebox';
import { FAILURE_ADVICE } from '../../issues/failure-advice.ts';
import { FAILURE_CODES } from '../../issues/failure.ts';
import { nextTryAt, type GroupRecord } from '../../issues/group-record.ts';

const Time = Type.String({ format: 'date-time' });

/** A group that is stuck, as the API shows it. */
export const Failure = Type.Object(
  {
    id: Type.String({ description: 'The group: findings of one group share one issue' }),
    code: Type.Enum(FAILURE_CODES),
    reason: Type.String({ description: 'What happened' }),
    words: Type.Union([Type.String(), Type.Null()], { description: "Jira's own words; null where it said nothing" }),
    advice: Type.String({ description: 'What to do' }),
    projectKey: Type.Union([Type.String(), Type.Null()]),
    issue: Type.Union([Type.Object({ id: Type.String(), key: Type.String(), url: Type.String() }), Type.Null()], {
      description: 'null: it could not be opened',
    }),
    findings: Type.Integer({ minimum: 0, description: 'How many findings share the failure; `/api/v1/mappings?group=` lists them' }),
    attempts: Type.Integer({ minimum: 0, description: 'Failed tries since the last success or the last requested retry' }),
    failedAt: Time,
    nextTryAt: Type.Union([Time, Type.Null()], { description: 'When it is next tried automatically; null: at once' }),
  },
  { description: 'A group that is stuck' },
);

export type Failure = Static<typeof Failure>;

/** The failure of a group as the API shows it. */
export function toFailure(record: GroupRecord, failure: NonNullable<GroupRecord['failure']>, issueUrl: (key: string) => string): Failure {
  const { group, issue, intent, members, attempts, requeueAt } = record;
  const next = requeueAt === null ? null : nextTryAt(record);
  return {
    id: group,
    code: failure.code,
    reason: failure.message,
    words: failure.words,
    advice: FAILURE_ADVICE[failure.code],
    projectKey: issue?.projectKey ?? intent?.route.projectKey ?? null,
    issue: issue === null ? null : { id: issue.id, key: issue.key, url: issueUrl(issue.key) },
    findings: members.length,
    attempts,
    failedAt: new Date(failure.at).toISOString(),
    nextTryAt: next === null ? null : new Date(next).toISOString(),
  };
}
