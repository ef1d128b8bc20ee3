import { editIssue, setIssueProperty } from 'jira.js/cloud';
import type { JsonObject } from '../findings/json.ts';
import type { Failure } from '../issues/failure.ts';
import { COMMON_LABEL, PROPERTY_KEY, type Marker } from '../issues/marker.ts';
import type { IssueRef } from '../pipeline/issue-tracker.ts';
import type { Answer } from './answer.ts';
import type { JiraCalls } from './jira-calls.ts';
import { failureOf } from './outcome-table.ts';

/** The property first: it alone says whose the issue is. Without the label it would not be found again after our store was lost, so that is a failure. */
export async function markCall(calls: JiraCalls, issue: IssueRef, { label, property }: Marker): Promise<Failure | null> {
  const said = await putProperty(calls, issue, { ...property, findings: [...property.findings] });
  if (!isDone(said)) return failureOf(said, calls.clock.now());
  const labelled = await editLabels(calls, issue, [{ add: COMMON_LABEL }, { add: label }]);
  return isDone(labelled) ? null : failureOf(labelled, calls.clock.now());
}

/** Adds labels. Jira's edit checks no screen, and a label that is there already stays once. */
export async function labelCall(calls: JiraCalls, issue: IssueRef, labels: readonly string[]): Promise<Failure | null> {
  const answer = await putLabels(
    calls,
    issue,
    labels.map((add) => ({ add })),
  );
  return isDone(answer) ? null : failureOf(answer, calls.clock.now());
}

/** What is left of a label that Jira does not let go of is harmless: nothing is ours without its property. An issue that is gone bears no mark. */
export async function unmarkCall(calls: JiraCalls, issue: IssueRef, tombstone: JsonObject, label: string): Promise<Failure | null> {
  const said = await putProperty(calls, issue, tombstone);
  if (said.kind === 'http' && said.status === 404) return null;
  if (!isDone(said)) return failureOf(said, calls.clock.now());
  const labelled = await editLabels(calls, issue, [{ remove: label }, { remove: COMMON_LABEL }]);
  const refused = labelled.kind === 'http' && labelled.status >= 400 && labelled.status < 500 && labelled.status !== 429;
  return isDone(labelled) || refused ? null : failureOf(labelled, calls.clock.now());
}

/** Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-properties/ (201 when it is new, 200 when it was there). */
function putProperty({ ask }: JiraCalls, { id }: IssueRef, body: JsonObject): Promise<Answer> {
  return ask((client) => setIssueProperty(client, { issueIdOrKey: id, propertyKey: PROPERTY_KEY, body }));
}

async function editLabels(calls: JiraCalls, issue: IssueRef, labels: readonly Readonly<Record<string, string>>[]): Promise<Answer> {
  await calls.governor.another();
  return putLabels(calls, issue, labels);
}

function putLabels({ ask }: JiraCalls, { id }: IssueRef, labels: readonly Readonly<Record<string, string>>[]): Promise<Answer> {
  return ask((client) => editIssue(client, { issueIdOrKey: id, update: { labels: labels.map((operation) => ({ ...operation })) } }));
}

function isDone(answer: Answer): boolean {
  return answer.kind === 'http' && (answer.status === 204 || answer.status === 200 || answer.status === 201);
}
