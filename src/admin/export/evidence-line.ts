import { Type, type Static } from 'typebox';
import { partsOfKey } from '../../findings/finding.ts';
import { SEVERITIES } from '../../findings/severity.ts';
import { OWNER_SOURCES } from '../../issues/facts/find-owner.ts';
import { decidedAt, type Evidence, type LostEvidence } from '../../pipeline/evidence/evidence.ts';
import { issueTimes, type Closing, type IssueTimes } from '../../pipeline/evidence/issue-times.ts';
import type { PersonsAct } from '../../pipeline/evidence/persons-acts.ts';
import { FINDING_STATUSES } from '../../pipeline/records/finding-terms.ts';
import type { FindingRecord } from '../../pipeline/records/finding-record.ts';
import { STATES } from '../routes/mapping.ts';

const Text = Type.String();
const Time = Type.String({ format: 'date-time' });
const OrNull = <T extends Parameters<typeof Type.Union>[0][number]>(type: T) => Type.Union([type, Type.Null()]);

const ClosingLine = Type.Object(
  {
    at: OrNull(Time),
    by: OrNull(Type.Enum(['person', 'service'], { description: 'Jira has the name of a person; null: not known' })),
    because: OrNull(Type.String({ description: 'Such as resolved; null: not known' })),
    outcome: OrNull(Type.Enum(['resolved', 'archived', 'unmonitored'], { description: 'The part of `close` in the rule that counted' })),
    requests: Type.Array(Type.Object({ operation: Text, result: Text, requestId: OrNull(Text), tookMs: Type.Number() }), {
      description: 'The requests to Jira of the close, in order, with the ids by which Atlassian finds them',
    }),
    notes: Type.Array(Type.String(), { description: 'Such as a resolution that the workflow has set' }),
    unfinished: Type.Boolean({ description: 'The comment or fields of the close are still owed' }),
  },
  { description: 'The proof of the close of the issue' },
);

const ActLine = Type.Object({
  at: Time,
  action: Type.Enum(['linked', 'unlinked', 'reconciled', 'retried', 'released', 'closed-in-jira', 'deleted-in-jira']),
  by: OrNull(Type.String({ description: 'Name of the token; null: a person in Jira' })),
  issueKey: OrNull(Text),
  requestId: OrNull(Type.String({ description: 'As in the log and in `/api/v1/audit`; null: of a bulk action, of Jira, or forgotten' })),
});

const KnownLine = Type.Object({
  record: Type.Enum(['whole', 'partial', 'shrunk'], {
    description: 'shrunk: it ended more than RETENTION_DAYS ago, and its history is gone; partial: a document about it cannot be read',
  }),
  findingId: Text,
  analyzerArn: Text,
  findingType: Text,
  resource: Text,
  resourceType: Text,
  accountId: Text,
  region: Text,
  isPublic: OrNull(Type.Boolean()),
  severity: Type.Enum(SEVERITIES),
  state: Type.Enum(STATES),
  because: Type.String({ description: 'Why it is in this state' }),
  firstSeenAt: Time,
  updatedAt: Time,
  group: Text,
  owner: OrNull(
    Type.Object({
      name: OrNull(Type.String({ description: 'null: a person, whose name is not kept with the finding' })),
      source: Type.Enum(OWNER_SOURCES),
    }),
  ),
  failure: OrNull(Type.String({ description: 'Code of the failure that it waits with' })),
  observation: Type.Object(
    {
      status: Type.Enum(FINDING_STATUSES),
      deleted: Type.Boolean({ description: 'AWS no longer keeps the finding' }),
      createdAt: OrNull(Text),
      updatedAt: Type.String({ description: 'As AWS says, with up to nine fraction digits' }),
      reportedAt: Type.String({ description: 'When AWS reported it: the time of the event, or of the listing' }),
      acceptedAt: OrNull(Type.String({ format: 'date-time', description: 'When this service stored its last news' })),
    },
    { description: 'What AWS last said of the finding' },
  ),
  decision: Type.Object({
    action: Type.Enum(['issue', 'ignore', 'undecided']),
    ruleId: OrNull(Text),
    because: Text,
    at: OrNull(Time),
    revision: OrNull(Type.Integer({ description: 'Of the rules in force at that time' })),
    savedBy: OrNull(Type.String({ description: 'Who had saved that revision' })),
  }),
  issue: OrNull(
    Type.Object({
      key: Text,
      url: Text,
      status: OrNull(Type.String({ description: 'As last read from Jira; null: as created' })),
      openedAt: OrNull(Time),
      dueDate: OrNull(Type.String({ format: 'date', description: 'By its rule, whatever people have set in Jira' })),
      closedAt: OrNull(Time),
    }),
  ),
  closing: OrNull(ClosingLine),
  acts: Type.Array(ActLine, { description: 'What people did to it, the oldest first' }),
  actsLeftOut: Type.Integer({ minimum: 0, description: 'Older acts, which `/api/v1/audit` has' }),
});

const UnreadableLine = Type.Object(
  { record: Type.Literal('unreadable'), findingId: Text, analyzerArn: OrNull(Text) },
  { description: 'A finding whose document cannot be read; it may belong to the period' },
);

/** One line of an export: a finding with all that is known of it. */
export const EvidenceLine = Type.Union([KnownLine, UnreadableLine], {
  description: 'One line for each finding, the oldest first; each line is one JSON object',
});

export type EvidenceLine = Static<typeof EvidenceLine>;
export type KnownEvidenceLine = Static<typeof KnownLine>;

/** @param issueUrl the URL of an issue for people */
export function toEvidenceLine(evidence: Evidence | LostEvidence, issueUrl: (key: string) => string): EvidenceLine {
  if ('unreadable' in evidence) {
    const parts = partsOfKey(evidence.unreadable);
    return { record: 'unreadable', findingId: parts?.findingId ?? evidence.unreadable, analyzerArn: parts?.analyzerArn ?? null };
  }
  const { record, acts, actsLeftOut, isPartial } = evidence;
  const { finding, mapping } = record;
  const times = issueTimes(evidence);
  return {
    record: isPartial ? 'partial' : finding.shrunk === true ? 'shrunk' : 'whole',
    findingId: finding.findingId,
    analyzerArn: finding.analyzerArn,
    findingType: finding.findingType,
    resource: finding.resource,
    resourceType: finding.resourceType,
    accountId: finding.accountId,
    region: finding.region,
    isPublic: finding.isPublic,
    severity: record.severity,
    state: mapping.state,
    because: mapping.because,
    firstSeenAt: isoTime(record.firstSeenAt),
    updatedAt: isoTime(record.updatedAt),
    group: record.group,
    owner: record.owner ?? null,
    failure: mapping.error?.code ?? null,
    observation: observationOf(record),
    decision: decisionOf(evidence),
    issue: issueOf(record, times, issueUrl),
    closing: times.closing === null ? null : toClosing(times.closing),
    acts: acts.map(toAct),
    actsLeftOut,
  };
}

function decisionOf({ record, revision }: Evidence): KnownEvidenceLine['decision'] {
  const { action, ruleId, because } = record.decision;
  return {
    action,
    ruleId,
    because,
    at: timeOrNull(decidedAt(record)),
    revision: revision?.revision ?? null,
    savedBy: revision?.savedBy ?? null,
  };
}

function issueOf(
  { mapping: { issue } }: FindingRecord,
  { openedAt, dueDate, closing }: IssueTimes,
  issueUrl: (key: string) => string,
): KnownEvidenceLine['issue'] {
  if (issue === null) return null;
  return {
    key: issue.key,
    url: issueUrl(issue.key),
    status: issue.status?.name ?? null,
    openedAt: timeOrNull(openedAt),
    dueDate,
    closedAt: timeOrNull(closing?.at ?? null),
  };
}

function observationOf({ finding, history }: FindingRecord): KnownEvidenceLine['observation'] {
  return {
    status: finding.status,
    deleted: finding.deleted,
    createdAt: finding.createdAt,
    updatedAt: finding.updatedAt,
    reportedAt: finding.observedAt,
    acceptedAt: timeOrNull(history.findLast(({ what }) => what === 'accepted')?.at ?? null),
  };
}

function toClosing({ at, isUnfinished, requests, notes, ...closing }: Closing): NonNullable<KnownEvidenceLine['closing']> {
  return { ...closing, at: timeOrNull(at), requests: requests.map((one) => ({ ...one })), notes: [...notes], unfinished: isUnfinished };
}

function toAct({ at, ...act }: PersonsAct): KnownEvidenceLine['acts'][number] {
  return { ...act, at: isoTime(at) };
}

function timeOrNull(epochMs: number | null): string | null {
  return epochMs === null ? null : isoTime(epochMs);
}

function isoTime(epochMs: number): string {
  return new Date(epochMs).toISOString();
}
