import type { Json } from '../../findings/json.ts';

/** An issue as the simulated Jira keeps it. Immutable: every change makes a new object. Times are ISO 8601 in UTC. */
export interface SimulatedIssue {
  readonly id: string;
  readonly key: string;
  /** Keys that it had before it was moved; they still find it. */
  readonly formerKeys: readonly string[];
  readonly projectKey: string;
  readonly issueType: string;
  readonly status: string;
  readonly resolution: string | null;
  readonly summary: string;
  /** ADF. */
  readonly description: Json;
  readonly labels: readonly string[];
  readonly priority: string | null;
  /** `YYYY-MM-DD`. */
  readonly dueDate: string | null;
  /** Account id. */
  readonly assignee: string | null;
  /** Other fields by id, with the given values. */
  readonly otherFields: Readonly<Record<string, Json>>;
  /** Account id. */
  readonly creator: string;
  readonly created: string;
  readonly updated: string;
  readonly properties: Readonly<Record<string, Json>>;
  /** Every write of a property, oldest first. For checkers: Jira's own changelog does not show them. */
  readonly propertyWrites: readonly PropertyWrite[];
  readonly comments: readonly SimulatedComment[];
  readonly links: readonly SimulatedLink[];
  readonly changelog: readonly Change[];
}

/** Edit permission for the issue is enough to write its properties. */
export interface PropertyWrite {
  /** Account id. */
  readonly who: string;
  readonly key: string;
  /** Undefined: the property was removed. */
  readonly value?: Json;
}

export interface SimulatedComment {
  readonly id: string;
  /** Account id. */
  readonly author: string;
  readonly created: string;
  /** ADF. */
  readonly body: Json;
  /** Visible to the service team only, where the project is a service desk. */
  readonly internal: boolean;
}

/** A link from the side of the issue that holds it: its type, its direction and the other issue's id. */
export interface SimulatedLink {
  readonly id: string;
  readonly type: string;
  readonly direction: 'inward' | 'outward';
  readonly issueId: string;
}

/** One field of one change: author, time, old and new value. */
export interface Change {
  /** Account id. */
  readonly who: string;
  readonly at: string;
  readonly field: ChangingField;
  /** Id of the field, for `otherFields`. */
  readonly other?: string;
  readonly from: string | null;
  readonly to: string | null;
}

/** The fields that a change can alter and the changelog records. */
export type IssueChanges = { readonly [Field in ChangingField]?: SimulatedIssue[Field] };

type ChangingField = (typeof CHANGING_FIELDS)[number] | 'otherFields';

const CHANGING_FIELDS = [
  'key',
  'projectKey',
  'status',
  'resolution',
  'summary',
  'description',
  'labels',
  'priority',
  'dueDate',
  'assignee',
] as const;

/** The issue after a change, with one line in its changelog for every field whose value differs. */
export function changedIssue(issue: SimulatedIssue, changes: IssueChanges, who: string, at: string): SimulatedIssue {
  const otherFields = { ...issue.otherFields, ...changes.otherFields };
  const after: SimulatedIssue = { ...issue, ...changes, otherFields };
  const lines = CHANGING_FIELDS.flatMap((field): Change[] => {
    const [from, to] = [asText(issue[field]), asText(after[field])];
    return from === to ? [] : [{ who, at, field, from, to }];
  });
  const others = Object.keys(otherFields).flatMap((other): Change[] => {
    const [from, to] = [asText(issue.otherFields[other] ?? null), asText(otherFields[other] ?? null)];
    return from === to ? [] : [{ who, at, field: 'otherFields', other, from, to }];
  });
  return { ...after, updated: at, changelog: [...issue.changelog, ...lines, ...others] };
}

/** The issue with another value of a property, or without it where there is no value. Neither `updated` nor the changelog shows it. */
export function withProperty(issue: SimulatedIssue, write: PropertyWrite): SimulatedIssue {
  const { [write.key]: _, ...others } = issue.properties;
  const properties = write.value === undefined ? others : { ...others, [write.key]: write.value };
  return { ...issue, properties, propertyWrites: [...issue.propertyWrites, write] };
}

export function commentedIssue(issue: SimulatedIssue, comment: SimulatedComment): SimulatedIssue {
  return { ...issue, updated: comment.created, comments: [...issue.comments, comment] };
}

/** A label list as Jira's changelog shows it: separated by spaces, which no label has. */
function asText(value: Json): string | null {
  if (value === null || typeof value === 'string') return value;
  return Array.isArray(value) && value.every((one) => typeof one === 'string') ? value.join(' ') : JSON.stringify(value);
}
