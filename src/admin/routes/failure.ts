import { Type, type Static } from 'typebox';
import { partsOfKey } from '../../findings/finding.ts';
import { FAILURE_ADVICE } from '../../issues/failure-advice.ts';
import { FAILURE_CODES } from '../../issues/failure.ts';
import { failedProject, nextTryAt, type GroupRecord } from '../../issues/group-record.ts';
import { FINDINGS } from '../../pipeline/records/finding-collections.ts';
import type { FindingRecord } from '../../pipeline/records/finding-record.ts';
import type { Store } from '../../pipeline/ports/store.ts';

const Time = Type.String({ format: 'date-time' });

/** Finding ids that one failure lists. */
const MAX_IDS = 100;

/** A group that is stuck, as the API shows it. */
export const Failure = Type.Object(
  {
    id: Type.String({ description: 'The group: findings of one group share one issue' }),
    code: Type.Enum(FAILURE_CODES),
    reason: Type.String({ description: 'What happened' }),
    words: Type.Union([Type.String(), Type.Null()], { description: "Jira's own words; null where it said nothing" }),
    advice: Type.String({ description: 'What to do' }),
    projectKey: Type.Union([Type.String(), Type.Null()]),
    ruleId: Type.Union([Type.String(), Type.Null()], {
      description: 'The rule that filed the issue, or would file it; null: none is known',
    }),
    issue: Type.Union([Type.Object({ id: Type.String(), key: Type.String(), url: Type.String() }), Type.Null()], {
      description: 'null: it could not be opened',
    }),
    findings: Type.Integer({ minimum: 0, description: 'How many findings share the failure' }),
    findingIds: Type.Array(Type.String(), { description: `Ids of these findings, the oldest first; at most ${MAX_IDS}` }),
    resource: Type.Union([Type.String(), Type.Null()], { description: 'ARN of the first finding; null: the finding is not known here' }),
    mappingsUrl: Type.String({ description: 'Lists the mappings of these findings' }),
    attempts: Type.Integer({ minimum: 0, description: 'Failed tries since the last success or the last requested retry' }),
    failedAt: Time,
    nextTryAt: Type.Union([Time, Type.Null()], { description: 'When it is next tried automatically; null: at once' }),
  },
  { description: 'A group that is stuck' },
);

export type Failure = Static<typeof Failure>;

/** A group with its failure. */
export type FailedGroup = GroupRecord & { readonly failure: NonNullable<GroupRecord['failure']> };

/** Failures of groups as the API shows them, each with its first finding. @throws StoreUnavailable */
export async function toFailures(
  store: Store,
  groups: readonly FailedGroup[],
  issueUrl: (key: string) => string,
): Promise<readonly Failure[]> {
  const leads = groups.map(({ members }) => members.find((member) => partsOfKey(member) !== null) ?? null);
  const keys = leads.filter((key) => key !== null);
  const stored = keys.length === 0 ? [] : await store.read(FINDINGS, keys);
  const byKey = new Map(stored.flatMap((found) => (found === null ? [] : [[found.id, found.doc] as const])));
  return groups.map((group, at) => toFailure(group, byKey.get(leads[at] ?? '') ?? null, issueUrl));
}

/** Where and by which rule the issue was filed, or else would be. */
function filedBy(record: GroupRecord, lead: FindingRecord | null): Pick<Failure, 'projectKey' | 'ruleId'> {
  const { issue, intent } = record;
  return {
    projectKey: failedProject(record) ?? lead?.mapping.projectKey ?? null,
    ruleId: issue?.ruleId ?? intent?.route.ruleId ?? lead?.decision.ruleId ?? null,
  };
}

function toFailure(record: FailedGroup, lead: FindingRecord | null, issueUrl: (key: string) => string): Failure {
  const { group, failure, issue, members, attempts, requeueAt } = record;
  const next = requeueAt === null ? null : nextTryAt(record);
  return {
    id: group,
    code: failure.code,
    reason: failure.message,
    words: failure.words,
    advice: FAILURE_ADVICE[failure.code],
    ...filedBy(record, lead),
    issue: issue === null ? null : { id: issue.id, key: issue.key, url: issueUrl(issue.key) },
    findings: members.length,
    findingIds: members.flatMap((member) => partsOfKey(member)?.findingId ?? []).slice(0, MAX_IDS),
    resource: lead?.finding.resource ?? null,
    mappingsUrl: `/api/v1/mappings?group=${encodeURIComponent(group)}`,
    attempts,
    failedAt: new Date(failure.at).toISOString(),
    nextTryAt: next === null ? null : new Date(next).toISOString(),
  };
}
