import { editIssue, getIssueProperty, setIssueProperty } from '../http/jira-js.ts';
import { Check } from 'typebox/value';
import type { JsonObject } from '../../findings/json.ts';
import type { Failure } from '../../issues/failure.ts';
import { COMMON_LABEL, MarkerProperty, PROPERTY_KEY, type Marker } from '../../issues/marker.ts';
import type { IssueRef } from '../../pipeline/ports/issue-ref.ts';
import type { Answer } from '../http/answer.ts';
import { isDone } from '../http/is-done.ts';
import { isForeign } from './is-foreign.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { failureOf, isRefusal } from '../http/outcome-table.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { IssueProperty } from '../http/wire.ts';

/**
 * Writes the property first: it alone says whose the issue is. A missing label is a failure, since the issue would not be found again after
 * a loss of our store.
 */
export async function addMarkerCall(calls: JiraCalls, issue: IssueRef, { label, property }: Marker): Promise<Failure | null> {
  const answered = await putProperty(calls, issue, { ...property, findings: [...property.findings] });
  if (!isDone(answered, 'property')) return failureOf(answered, calls.clock.now());
  const labelled = await editLabels(calls, issue, [{ add: COMMON_LABEL }, { add: label }]);
  return isDone(labelled, 'edit') ? null : failureOf(labelled, calls.clock.now());
}

/** Keeps the rest of the property. Where there is none, or no issue, Jira answers 404, and then it is written as a whole. */
export async function writeMembershipCall(calls: JiraCalls, issue: IssueRef, property: MarkerProperty): Promise<Failure | null> {
  const { ask, clock, governor } = calls;
  const asked = await ask((client) => getIssueProperty(client, { issueIdOrKey: issue.id, propertyKey: PROPERTY_KEY }));
  const read = parseAnswer(IssueProperty, asked, clock.now());
  if (!read.ok && read.failure.code !== 'jira-not-found') return read.failure;
  const current = read.ok ? read.value.value : undefined;
  if (isForeign(current, property)) return null;
  const known = Check(MarkerProperty, current) ? current : property;
  const wanted = { ...known, findings: [...property.findings], ...(property.passedOn === true ? { passedOn: true } : {}) };
  if (JSON.stringify(wanted) === JSON.stringify(current)) return null;
  await governor.another();
  const answered = await putProperty(calls, issue, wanted);
  return isDone(answered, 'property') ? null : failureOf(answered, clock.now());
}

/** Adds labels. Jira's edit checks no screen, and a label that exists stays once. */
export async function addLabelsCall(calls: JiraCalls, issue: IssueRef, labels: readonly string[]): Promise<Failure | null> {
  const answer = await putLabels(
    calls,
    issue,
    labels.map((add) => ({ add })),
  );
  return isDone(answer, 'edit') ? null : failureOf(answer, calls.clock.now());
}

/** A label that Jira refuses to remove is harmless: without its property an issue is not ours. An issue that is gone has no marker. */
export async function removeMarkerCall(calls: JiraCalls, issue: IssueRef, tombstone: JsonObject, label: string): Promise<Failure | null> {
  const answered = await putProperty(calls, issue, tombstone);
  if (isRefusal(answered) && answered.status === 404) return null;
  if (!isDone(answered, 'property')) return failureOf(answered, calls.clock.now());
  const labelled = await editLabels(calls, issue, [{ remove: label }, { remove: COMMON_LABEL }]);
  const isKept = isRefusal(labelled);
  return isDone(labelled, 'edit') || isKept ? null : failureOf(labelled, calls.clock.now());
}

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
