import { csvLine, type CsvCell } from './csv-line.ts';
import type { EvidenceLine, KnownEvidenceLine } from './evidence-line.ts';

/** A column of a finding that can be read. */
interface Column {
  readonly name: string;
  of(line: KnownEvidenceLine): CsvCell;
}

/** Every line has these. */
const NAMES = ['record', 'findingId', 'analyzerArn'] as const;

/** By the names of the fields in NDJSON; lists are one text. */
const COLUMNS: readonly Column[] = [
  ...(
    [
      'findingType',
      'resource',
      'resourceType',
      'accountId',
      'region',
      'isPublic',
      'severity',
      'state',
      'because',
      'firstSeenAt',
      'updatedAt',
      'group',
      'failure',
    ] as const
  ).map((name) => ({ name, of: (line: KnownEvidenceLine) => line[name] })),
  ...(['name', 'source'] as const).map((name) => ({ name: `owner.${name}`, of: ({ owner }: KnownEvidenceLine) => owner?.[name] ?? null })),
  ...(['status', 'deleted', 'createdAt', 'updatedAt', 'reportedAt', 'acceptedAt'] as const).map((name) => ({
    name: `observation.${name}`,
    of: ({ observation }: KnownEvidenceLine) => observation[name],
  })),
  ...(['action', 'ruleId', 'because', 'at', 'revision', 'savedBy'] as const).map((name) => ({
    name: `decision.${name}`,
    of: ({ decision }: KnownEvidenceLine) => decision[name],
  })),
  ...(['key', 'url', 'status', 'openedAt', 'dueDate', 'closedAt'] as const).map((name) => ({
    name: `issue.${name}`,
    of: ({ issue }: KnownEvidenceLine) => issue?.[name] ?? null,
  })),
  ...(['at', 'by', 'because', 'outcome'] as const).map((name) => ({
    name: `closing.${name}`,
    of: ({ closing }: KnownEvidenceLine) => closing?.[name] ?? null,
  })),
  { name: 'closing.requests', of: ({ closing }) => listText((closing?.requests ?? []).map(requestText)) },
  { name: 'closing.notes', of: ({ closing }) => listText(closing?.notes ?? []) },
  { name: 'closing.unfinished', of: ({ closing }) => closing?.unfinished ?? null },
  { name: 'acts', of: ({ acts }) => listText(acts.map(actText)) },
  { name: 'actsLeftOut', of: ({ actsLeftOut }) => actsLeftOut },
];

/** The names of the columns, in order. */
export const EVIDENCE_COLUMNS: readonly string[] = [...NAMES, ...COLUMNS.map(({ name }) => name)];

export const EVIDENCE_HEADER = csvLine(EVIDENCE_COLUMNS);

export function evidenceCsvLine(line: EvidenceLine): string {
  const names = NAMES.map((name) => line[name]);
  return csvLine([...names, ...COLUMNS.map((column) => (line.record === 'unreadable' ? null : column.of(line)))]);
}

function listText(parts: readonly string[]): string | null {
  return parts.length === 0 ? null : parts.join('; ');
}

function requestText({ operation, result, requestId }: NonNullable<KnownEvidenceLine['closing']>['requests'][number]): string {
  return `${operation}: ${result}${requestId === null ? '' : ` (${requestId})`}`;
}

function actText({ at, action, by, issueKey, requestId }: KnownEvidenceLine['acts'][number]): string {
  const issue = issueKey === null ? '' : ` ${issueKey}`;
  return `${at} ${action}${issue}${by === null ? '' : ` by ${by}`}${requestId === null ? '' : ` (${requestId})`}`;
}
