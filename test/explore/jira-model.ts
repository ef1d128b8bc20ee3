import type { Marker } from '../../src/issues/marker.ts';
import type { FoundIssue } from '../../src/pipeline/ports/issue-tracker.ts';
import type { IssueStatus } from '../../src/issues/own-issue.ts';

export type Side = 'open' | 'closed';

/** An issue of the model of Jira. */
interface ModelIssue {
  readonly number: number;
  readonly marker: Marker;
  readonly madeAt: number;
  readonly side: Side;
}

/** What Jira holds at one moment. It never forgets, and its search lags. */
export interface JiraState {
  readonly issues: readonly ModelIssue[];
}

export const EMPTY_JIRA: JiraState = { issues: [] };

const PROJECT = 'SEC';
/** Ids and keys count the same issues, from different numbers. */
const FIRST_ID = 10_000;

export function refOf(number: number): { readonly id: string; readonly key: string } {
  return { id: String(FIRST_ID + number), key: `${PROJECT}-${number}` };
}

export function withIssueMade({ issues }: JiraState, marker: Marker, now: number): { readonly jira: JiraState; readonly number: number } {
  const number = issues.length + 1;
  return { jira: { issues: [...issues, { number, marker, madeAt: now, side: 'open' }] }, number };
}

export function sideOf({ issues }: JiraState, id: string): Side | null {
  return issues.find(({ number }) => refOf(number).id === id)?.side ?? null;
}

export function withSide({ issues }: JiraState, id: string, side: Side): JiraState {
  return { issues: issues.map((issue) => (refOf(issue.number).id === id ? { ...issue, side } : issue)) };
}

/** What a search for a label shows. @param lagMs how long an issue is missing from the index */
export function searched({ issues }: JiraState, label: string, now: number, lagMs: number): readonly FoundIssue[] {
  return issues
    .filter(({ marker, madeAt }) => marker.label === label && now >= madeAt + lagMs)
    .map(({ number, marker, side }) => ({
      issue: refOf(number),
      projectKey: PROJECT,
      issueType: 'Task',
      createdByUs: true,
      labels: [marker.label],
      property: marker.property,
      tombstone: null,
      status: statusOf(side),
    }));
}

export function statusOf(side: Side): IssueStatus {
  return side === 'closed' ? { name: 'Done', category: 'done' } : { name: 'To Do', category: 'new' };
}
