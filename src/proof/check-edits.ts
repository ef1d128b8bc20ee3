import { editIssue, getIssue, getIssueProperty, setIssueProperty } from '../jira/http/jira-js.ts';
import { Check } from 'typebox/value';
import { tombstoneOf } from '../issues/marker.ts';
import { writtenOf } from '../issues/written.ts';
import { isRefusal } from '../jira/http/outcome-table.ts';
import { IssueHistory, IssueProperty, type WireChangelog } from '../jira/http/wire.ts';
import { changedAt } from '../jira/issue/changed-by.ts';
import { commentCall } from '../jira/issue/comment-call.ts';
import { addLabelsCall, removeMarkerCall } from '../jira/issue/marker-calls.ts';
import { sayOnceCall } from '../jira/issue/say-once-call.ts';
import { updateCall } from '../jira/issue/update-call.ts';
import type { IssueUpdate } from '../pipeline/ports/issue-tracker.ts';
import { goOn, readUntil, type LiveProof, type TestIssue } from './live-proof.ts';
import { statusOf } from './recorded-calls.ts';
import { readIssue, words } from './test-issue.ts';

const ADDED_LABEL = 'findings-to-jira-doctor-added';
/** Beside the property of the marker, which the issue has already. */
const OTHER_PROPERTY = 'findings-to-jira-doctor';

/** The writes of the service to an open issue. */
export async function checkEdits(proof: LiveProof, made: TestIssue): Promise<void> {
  await checkLabels(proof, made);
  await checkComment(proof, made);
  await checkProperty(proof, made);
  await checkUpdate(proof, made);
  await checkCreatorFixed(proof, made);
}

async function checkLabels(proof: LiveProof, { issue }: TestIssue): Promise<void> {
  const { calls, notes } = proof;
  const before = await readIssue(proof, issue.id);
  await goOn(proof);
  const { result, heard } = await calls.during(() => addLabelsCall(calls, issue, [ADDED_LABEL]));
  if (result !== null) return refusedLabels(proof, statusOf(heard.at(-1)?.answer));
  const { last, isThere, atOnce, afterMs } = await readUntil(
    proof,
    () => readIssue(proof, issue.id),
    (found) => found?.labels.includes(ADDED_LABEL) === true,
  );
  notes.judge('read-fresh', atOnce, isThere ? `an edit was to be read ${afterMs} ms after it` : `no edit was to be read for ${afterMs} ms`);
  if (!isThere) return notes.unseen('label-delta', 'the label that was added was not to be read');
  const lost = (before?.labels ?? []).filter((label) => last?.labels.includes(label) !== true);
  notes.judge('label-delta', lost.length === 0, lost.length === 0 ? 'added, the others stay' : `${lost.length} other labels are lost`);
}

/** A site that checks screens says nothing about single labels. */
function refusedLabels({ notes }: LiveProof, status: string): void {
  notes.unseen('creator-search', 'labels could not be edited');
  if (notes.isDifferent('edit-off-screen')) notes.unseen('label-delta', 'labels cannot be edited here');
  else notes.judge('label-delta', false, `the edit was answered ${status}`);
}

async function checkComment(proof: LiveProof, { issue }: TestIssue): Promise<void> {
  const { calls, parts, notes } = proof;
  const comment = words('This comment must be here once.');
  await goOn(proof);
  const first = await calls.during(() => commentCall(calls, issue, comment));
  if (first.result !== null) return notes.judge('comment-found', false, statusOf(first.heard.at(-1)?.answer));
  await goOn(proof);
  const again = await calls.during(() => sayOnceCall(calls, parts.account, issue, comment, 0, 'same-words'));
  if (again.result !== null) return notes.broke('comment-found', again.result.code);
  const isTwice = again.heard.some(({ operation }) => operation === 'POST /issue/*/comment');
  notes.judge('comment-found', !isTwice, isTwice ? 'not found again: it would have been added twice' : 'added with 201, found again');
}

async function checkProperty(proof: LiveProof, { issue }: TestIssue): Promise<void> {
  const { calls, notes } = proof;
  const named = { issueIdOrKey: issue.id, propertyKey: OTHER_PROPERTY };
  const statuses: string[] = [];
  for (const body of [{ written: 1 }, { written: 2 }]) {
    await goOn(proof);
    statuses.push(statusOf(await calls.ask((client) => setIssueProperty(client, { ...named, body }))));
  }
  await goOn(proof);
  const read = await calls.ask((client) => getIssueProperty(client, named));
  const isStored = read.kind === 'http' && Check(IssueProperty, read.json) && JSON.stringify(read.json.value) === '{"written":2}';
  const isSo = statuses.join() === '201,200' && isStored;
  notes.judge(
    'property-put',
    isSo,
    `${statuses.join(', then ')}; ${isStored ? 'the second value is there' : 'the second value is not there'}`,
  );
}

async function checkUpdate(proof: LiveProof, { issue, draft, marker }: TestIssue): Promise<void> {
  const { calls, parts, notes } = proof;
  const findings = ['checked-by-the-doctor'];
  await goOn(proof);
  const update: IssueUpdate = {
    draft: { ...draft, summary: 'Test issue of findings-to-jira, updated' },
    fields: ['summary'],
    marker: { ...marker, property: { ...marker.property, findings } },
    written: writtenOf(draft),
  };
  const { result: outcome, heard } = await calls.during(() => updateCall(calls, parts.account, () => Promise.resolve(null), issue, update));
  if (outcome.outcome === 'failed') {
    const edit = heard.find(({ operation }) => operation === 'PUT /issue/*')?.answer;
    if (edit === undefined) notes.broke('property-in-edit', outcome.failure.code);
    else notes.judge('property-in-edit', false, `the edit was answered ${statusOf(edit)}`);
    return;
  }
  // Otherwise the property had a request of its own, and no field was edited.
  if (outcome.outcome === 'closed' || !outcome.sent.includes('summary'))
    return notes.unseen('property-in-edit', 'the summary was not edited, because its author was not taken for ours');
  const { isThere } = await readUntil(
    proof,
    () => readIssue(proof, issue.id),
    (found) => JSON.stringify(found?.property?.findings) === JSON.stringify(findings),
  );
  notes.judge('property-in-edit', isThere, isThere ? 'stored' : 'not stored');
  const history = await readUntil(
    proof,
    () => readHistory(proof, issue.id),
    (one) => one !== null && changedAt(one, 'summary') !== null,
  );
  notes.judge('history-fields', history.isThere, history.isThere ? 'the edit is there' : 'the edit is not there under its field');
}

async function checkCreatorFixed(proof: LiveProof, { issue }: TestIssue): Promise<void> {
  const { calls, notes, accountId } = proof;
  await goOn(proof);
  const answer = await calls.ask((client) => editIssue(client, { issueIdOrKey: issue.id, fields: { creator: { accountId } } }));
  notes.judge('creator-fixed', isRefusal(answer), `the edit was answered ${statusOf(answer)}`);
}

/** Removes the labels of the marker as for an issue that an admin takes away. @returns whether they are gone */
export async function removeMarker(proof: LiveProof, { issue, marker }: TestIssue): Promise<boolean> {
  const { calls, notes } = proof;
  await goOn(proof);
  const { installation, group } = marker.property;
  const before = await readIssue(proof, issue.id);
  await goOn(proof);
  const failure = await removeMarkerCall(calls, issue, tombstoneOf(installation, group), marker.label);
  const { last, isThere } = await readUntil(
    proof,
    () => readIssue(proof, issue.id),
    (found) => found?.labels.includes(marker.label) === false,
  );
  const isLost = isThere && before?.labels.includes(ADDED_LABEL) === true && last?.labels.includes(ADDED_LABEL) !== true;
  if (isLost) notes.judge('label-delta', false, 'removing labels has removed another one');
  if (failure !== null || !isThere) notes.unseen('creator-search', `the labels could not be removed (${failure?.code ?? 'still there'})`);
  return failure === null && isThere;
}

/** The history as it comes with the issue; null: it could not be read. */
export async function readHistory({ calls }: Pick<LiveProof, 'calls'>, id: string): Promise<WireChangelog | null> {
  const answer = await calls.ask((client) => getIssue(client, { issueIdOrKey: id, fields: ['status'], expand: 'changelog' }));
  return answer.kind === 'http' && Check(IssueHistory, answer.json) ? answer.json.changelog : null;
}
