import { isDeepStrictEqual } from 'node:util';
import { bulkFetchIssues } from '../jira/http/jira-js.ts';
import { Check } from 'typebox/value';
import { BulkFetched, IssueOfOurs, SearchPage } from '../jira/http/wire.ts';
import { readEach } from '../jira/http/read-part.ts';
import { addLabelsCall } from '../jira/issue/marker-calls.ts';
import { freshCall } from '../jira/issue/search-call.ts';
import { goOn, readUntil, type LiveProof, type TestIssue } from './live-proof.ts';
import { statusOf } from './recorded-calls.ts';
import { readIssue } from './test-issue.ts';

/** Numbers after the newest known one that a lookup asks for. */
const PROBED = 100;
/** No project has so many issues. */
const NO_SUCH_NUMBER = 99_999_999;

/** The newest issue number of the project, as search and bulk fetch know it; 0: it has none; null: it could not be asked. */
export async function newestNumber(proof: LiveProof): Promise<number | null> {
  const { calls, parts, projectKey, notes } = proof;
  const { result, heard } = await calls.during(() => freshCall(calls, parts.account, projectKey));
  if (!result.ok) {
    notes.broke('key-numbers', result.failure.code);
    return null;
  }
  const searched = heard.find(({ operation }) => operation === 'POST /search/jql')?.answer;
  const shown = searched?.kind === 'http' && Check(SearchPage, searched.json) ? readEach(IssueOfOurs, searched.json.issues) : [];
  const keys = [...shown.map(({ key }) => key), ...result.found.map(({ issue }) => issue.key)];
  return Math.max(0, ...keys.map((key) => numberOf(key, projectKey)));
}

function numberOf(key: string, projectKey: string): number {
  return key.startsWith(`${projectKey}-`) ? Number(key.slice(projectKey.length + 1)) : 0;
}

/** Everything about the create that can be seen without search. The requests come at once after it, since that is what they are about. */
export async function checkCreate(proof: LiveProof, made: TestIssue, newestBefore: number | null): Promise<void> {
  await checkBulkFetch(proof, made);
  const { calls, notes, projectKey } = proof;
  const { last, isThere, atOnce, afterMs } = await readUntil(
    proof,
    () => readIssue(proof, made.issue.id),
    (found) => found !== null,
  );
  if (!isThere || last === null) notes.judge('read-fresh', false, `the issue could not be read for ${afterMs} ms after the create`);
  else {
    if (!atOnce) notes.judge('read-fresh', false, `the create was to be read ${afterMs} ms after it`);
    const stored = isDeepStrictEqual(last.property, made.marker.property);
    notes.judge('create-property', stored, stored ? 'stored as sent' : last.property === null ? 'no property' : 'another property');
    notes.judge('creator-ours', last.createdByUs, last.createdByUs ? 'our account' : 'another account');
  }
  if (newestBefore !== null) {
    const step = numberOf(made.issue.key, projectKey) - newestBefore;
    notes.judge('key-numbers', step > 0 && step <= PROBED, `the number is ${step} above the newest one`);
  }
  await goOn(proof);
  const missing = await calls.during(() => readIssue(proof, `${projectKey}-${NO_SUCH_NUMBER}`));
  const answer = missing.heard.findLast(({ operation }) => operation === 'GET /issue/*')?.answer;
  notes.judge('not-found', statusOf(answer) === '404', statusOf(answer));
  await addMissingLabels(proof, made);
}

async function checkBulkFetch(proof: LiveProof, { issue, createdAt }: TestIssue): Promise<void> {
  const { calls, notes } = proof;
  await goOn(proof);
  const answer = await calls.ask((client) => bulkFetchIssues(client, { issueIdsOrKeys: [issue.id], fields: FIELDS }));
  const afterMs = Math.round(calls.clock.monotonic() - createdAt);
  const isFetched =
    answer.kind === 'http' &&
    Check(BulkFetched, answer.json) &&
    readEach(IssueOfOurs, answer.json.issues).some(({ id }) => id === issue.id);
  notes.judge('bulk-fetch-fresh', isFetched, `${isFetched ? 'there' : `not there (${statusOf(answer)})`} ${afterMs} ms after the create`);
}

const FIELDS = ['status', 'creator', 'labels', 'project', 'issuetype'];

/** As the service does where the create screen has no labels. */
async function addMissingLabels(proof: LiveProof, { issue, draft, marker, tookLabels }: TestIssue): Promise<void> {
  const { calls, notes } = proof;
  if (tookLabels) return notes.unseen('edit-off-screen', 'the create screen of this project has labels');
  await goOn(proof);
  const failure = await addLabelsCall(calls, issue, [...draft.labels, marker.label]);
  notes.judge('edit-off-screen', failure === null, failure === null ? 'labels added' : failure.code);
}
