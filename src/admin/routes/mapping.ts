import { Type, type Static } from 'typebox';
import { SEVERITIES } from '../../findings/severity.ts';
import { OWNER_SOURCES } from '../../issues/facts/find-owner.ts';
import { MAPPING_STATES } from '../../issues/mapping-state.ts';
import { FINDING_STATUSES } from '../../pipeline/records/finding-terms.ts';
import { wholeDays } from '../../issues/due-date.ts';
import type { FindingRecord, HistoryEntry, MappedIssue } from '../../pipeline/records/finding-record.ts';

/** Every state of a mapping that the API may name. A client that knows all of them stays right when more come into use. */
export const STATES = [...MAPPING_STATES, 'accepted'] as const;

const Time = Type.String({ format: 'date-time' });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

/** One request to Jira. */
const JiraCall = Type.Object({
  operation: Type.String({ description: 'Method and path with * for every id, such as POST /issue' }),
  result: Type.String({ description: "HTTP status, or the network's code" }),
  requestId: OrNull(Type.String({ description: 'Identifies the request for the support of Atlassian' })),
  tookMs: Type.Number(),
});

/** What an entry of a history may be. */
export const HISTORY_KINDS = [
  'accepted',
  'decided',
  'created',
  'noted',
  'adopted',
  'restored',
  'closed',
  'reopened',
  'uncertain',
  'failed',
  'updated',
  'corrected',
  'linked',
  'unlinked',
  'asked',
  'deleted',
  'found-again',
  'rescan',
  'released',
  'details-missing',
  'enriched',
  'passed-on',
  'shrunk',
] as const satisfies readonly HistoryEntry['what'][];

/** One entry of a finding's history. */
const HistoryItem = Type.Object({
  at: Time,
  what: Type.Enum(HISTORY_KINDS),
  because: Type.String(),
  issueKey: OrNull(Type.String()),
  calls: Type.Optional(Type.Array(JiraCall, { description: 'The last ten requests to Jira that it took, in order' })),
});

/** A finding with its decision and its issue, as the API shows it. */
export const Mapping = Type.Object(
  {
    findingId: Type.String(),
    analyzerArn: Type.String(),
    findingStatus: Type.Enum(FINDING_STATUSES),
    deleted: Type.Boolean({ description: 'AWS no longer keeps the finding' }),
    resource: Type.String({ description: 'ARN' }),
    resourceType: Type.String(),
    accountId: Type.String(),
    region: Type.String(),
    isPublic: OrNull(Type.Boolean({ description: 'Whether anyone has access; null: the finding does not say' })),
    severity: Type.Enum(SEVERITIES),
    ruleId: OrNull(Type.String({ description: 'The rule that decided' })),
    decision: Type.Enum(['issue', 'ignore', 'undecided']),
    because: Type.String({ description: 'Why it is in this state' }),
    state: Type.Enum(STATES),
    issue: OrNull(
      Type.Object({
        id: Type.String(),
        key: Type.String(),
        url: Type.String(),
        status: OrNull(Type.String({ description: 'As last read from Jira; null: as created' })),
        statusCategory: OrNull(Type.Enum(['new', 'indeterminate', 'done', 'undefined'])),
      }),
    ),
    dueDate: OrNull(
      Type.String({ format: 'date', description: 'Of an open issue, by its rule; in time until the end of that day in UTC' }),
    ),
    overdue: Type.Boolean({ description: 'The issue is open and its due date is over' }),
    age: OrNull(
      Type.Integer({
        minimum: 0,
        description: 'Whole days from the opening of the issue until now, or until its close; null: no issue, or unknown',
      }),
    ),
    error: OrNull(
      Type.Object({
        code: Type.String(),
        message: Type.String(),
        words: OrNull(Type.String({ description: "Jira's own words" })),
      }),
    ),
    owner: OrNull(
      Type.Object(
        {
          name: OrNull(Type.String({ description: 'null: a person, whose name is not kept with the finding' })),
          source: Type.Enum(OWNER_SOURCES),
        },
        { description: 'Whose the resource is, and what says so; null: not known' },
      ),
    ),
    group: Type.String({ description: 'Findings of one group share one issue' }),
    firstSeenAt: Time,
    updatedAt: Time,
    history: Type.Optional(
      Type.Array(HistoryItem, { description: 'The last 50 entries, the oldest first; only in the answer with a single mapping' }),
    ),
  },
  { description: 'A finding with its decision and its issue' },
);

export type Mapping = Static<typeof Mapping>;

/** How mappings are shown. */
export interface MappingView {
  /** The URL of an issue for people. */
  readonly issueUrl: (key: string) => string;
  /** Store's clock, epoch ms. */
  readonly now: number;
}

/** A finding's record as the API shows it, without its history. */
export function toMapping(record: FindingRecord, { issueUrl, now }: MappingView): Mapping {
  const { finding, mapping, decision } = record;
  const { issue, due, error } = mapping;
  return {
    findingId: finding.findingId,
    analyzerArn: finding.analyzerArn,
    findingStatus: finding.status,
    deleted: finding.deleted,
    resource: finding.resource,
    resourceType: finding.resourceType,
    accountId: finding.accountId,
    region: finding.region,
    isPublic: finding.isPublic,
    severity: record.severity,
    ruleId: decision.ruleId,
    decision: decision.action,
    because: mapping.because,
    state: mapping.state,
    issue:
      issue === null
        ? null
        : {
            id: issue.id,
            key: issue.key,
            url: issueUrl(issue.key),
            status: issue.status?.name ?? null,
            statusCategory: issue.status?.category ?? null,
          },
    dueDate: due?.date ?? null,
    overdue: due?.passed === true,
    age: issue === null ? null : ageOf(issue, now),
    error: error === null ? null : { code: error.code, message: error.message, words: error.words },
    owner: record.owner ?? null,
    group: record.group,
    firstSeenAt: isoTime(record.firstSeenAt),
    updatedAt: isoTime(record.updatedAt),
  };
}

/** The same with its history. */
export function toMappingWithHistory(record: FindingRecord, view: MappingView): Mapping {
  return { ...toMapping(record, view), history: record.history.map(toHistoryItem) };
}

function ageOf({ openedAt, closedAt }: MappedIssue, now: number): number | null {
  return openedAt === undefined || closedAt === null ? null : wholeDays(openedAt, closedAt ?? now);
}

function toHistoryItem({ at, calls, ...entry }: HistoryEntry): Static<typeof HistoryItem> {
  return { ...entry, at: isoTime(at), ...(calls === undefined ? {} : { calls: calls.map((call) => ({ ...call })) }) };
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
