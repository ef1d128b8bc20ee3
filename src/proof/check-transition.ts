import { doTransition, getComments, getIssue } from '../jira/http/jira-js.ts';
import { Check } from 'typebox/value';
import { CommentPage, IssueWithTransitions } from '../jira/http/wire.ts';
import { changedBy } from '../jira/issue/changed-by.ts';
import { usableTransitions, type Transition } from '../jira/transition/workflow-map.ts';
import { readHistory } from './check-edits.ts';
import { goOn, readUntil, type LiveProof, type TestIssue } from './live-proof.ts';
import { statusOf, type Recorded } from './recorded-calls.ts';
import { CLOSING_WORDS, closeIssue, readIssue } from './test-issue.ts';

const TRANSITION = 'POST /issue/*/transitions';
const COMMENT = 'POST /issue/*/comment';

/** Closes the issue as the service does, and looks at what that has done. */
export async function checkTransition(proof: LiveProof, made: TestIssue): Promise<void> {
  const { calls, notes } = proof;
  const { issue, draft } = made;
  const before = await readOffered(proof, issue.id);
  notes.judge('transition-list', before.offered.length > 0, `${before.offered.length} transitions that can be read`);
  if (before.offered.length === 0) return;
  const { result, heard } = await calls.during(() => closeIssue(proof, issue, draft.issueType, draft.projectKey));
  const answers = heard.filter(({ operation }) => operation === TRANSITION).map(({ answer }) => statusOf(answer));
  const closed = await readUntil(
    proof,
    () => readIssue(proof, issue.id),
    (found) => found?.status.category === 'done',
  );
  if (result.outcome === 'failed') {
    // A refusal of the workflow, such as a field without a value, is no answer of another form.
    const isOtherAnswer = answers.some((status) => /^[23]/.test(status) && status !== '204');
    if (isOtherAnswer) notes.judge('transition-answer', false, `answered ${answers.join(', ')}`);
    else notes.broke('transition-answer', result.failure.code);
    return;
  }
  notes.judge('transition-answer', closed.isThere, `${answers.join(', ')}; the issue is ${closed.isThere ? 'closed' : 'still open'}`);
  if (!closed.isThere) return;
  await checkHistory(proof, made);
  const last = lastTransition(proof, made, closed.last?.status.name ?? '');
  await checkCommentAndResolution(proof, made, heard, last);
  await checkStale(proof, made, before.offered);
}

interface Offered {
  readonly offered: readonly Transition[];
  readonly hasResolution: boolean;
}

async function readOffered(proof: LiveProof, id: string): Promise<Offered> {
  const { calls } = proof;
  await goOn(proof);
  const request = { issueIdOrKey: id, fields: ['status', 'resolution', 'issuetype'], expand: 'transitions,transitions.fields' };
  const answer = await calls.ask((client) => getIssue(client, request));
  if (answer.kind !== 'http' || !Check(IssueWithTransitions, answer.json)) return { offered: [], hasResolution: false };
  const { transitions, fields } = answer.json;
  return { offered: usableTransitions(transitions), hasResolution: (fields.resolution ?? null) !== null };
}

async function checkHistory(proof: LiveProof, { issue }: TestIssue): Promise<void> {
  const { notes, accountId } = proof;
  const { last, isThere, atOnce, afterMs } = await readUntil(
    proof,
    () => readHistory(proof, issue.id),
    (history) => history !== null && changedBy(history, 'status', accountId) !== 'nobody',
  );
  if (!isThere || last === null) return notes.judge('history-fresh', false, `the transition was not in the history for ${afterMs} ms`);
  notes.judge('history-fresh', atOnce, atOnce ? 'there in the first read' : `there after ${afterMs} ms`);
  const hand = changedBy(last, 'status', accountId);
  notes.judge('history-author', hand === 'ours', hand === 'ours' ? 'our account' : hand === 'theirs' ? 'another account' : 'unclear');
}

/** The transition that led to the status, as the closing has read it. */
function lastTransition({ parts }: LiveProof, { draft }: TestIssue, status: string): Transition | undefined {
  const map = parts.maps(draft.projectKey, draft.issueType);
  return map
    .statuses()
    .flatMap(({ name }) => (name === status ? [] : (map.offered(name) ?? [])))
    .find(({ to }) => to.name === status);
}

async function checkCommentAndResolution(
  proof: LiveProof,
  { issue }: TestIssue,
  heard: readonly Recorded[],
  last: Transition | undefined,
): Promise<void> {
  const { calls, notes } = proof;
  if (heard.some(({ operation }) => operation === COMMENT))
    notes.unseen('transition-comment', 'the transition took no comment: it has no screen');
  else {
    const { isThere } = await readUntil(
      proof,
      () => calls.ask((client) => getComments(client, { issueIdOrKey: issue.id, orderBy: '-created', maxResults: 100 })),
      (answer) => answer.kind === 'http' && Check(CommentPage, answer.json) && JSON.stringify(answer.json).includes(CLOSING_WORDS),
    );
    notes.judge('transition-comment', isThere, isThere ? 'the comment is there' : 'the comment is lost');
  }
  if (last?.fields.some(({ id }) => id === 'resolution') !== true)
    return notes.unseen('transition-resolution', 'no resolution is on the screen of the transition');
  const { last: read } = await readUntil(
    proof,
    () => readOffered(proof, issue.id),
    ({ hasResolution }) => hasResolution,
  );
  notes.judge('transition-resolution', read.hasResolution, read.hasResolution ? 'set' : 'not set');
}

/** Sends a transition of the former status, which the closed issue does not offer. */
async function checkStale(proof: LiveProof, { issue, draft }: TestIssue, before: readonly Transition[]): Promise<void> {
  const { calls, notes, parts } = proof;
  const { offered } = await readOffered(proof, issue.id);
  const map = parts.maps(draft.projectKey, draft.issueType);
  const known = [...before, ...map.statuses().flatMap(({ name }) => map.offered(name) ?? [])];
  const stale = known.filter(({ id }) => !offered.some((one) => one.id === id));
  // Without a required field, whose absence would be a reason of its own to refuse.
  const chosen = stale.find(({ fields }) => !fields.some(({ required }) => required));
  if (chosen === undefined) return notes.unseen('stale-transition', 'the closed status offers all transitions of the status before');
  await goOn(proof);
  const answer = await calls.ask((client) => doTransition(client, { issueIdOrKey: issue.id, transition: { id: chosen.id } }));
  const status = statusOf(answer);
  await goOn(proof);
  const stays = (await readIssue(proof, issue.id))?.status.category === 'done';
  const isSo = (status === '400' || status === '409') && stays;
  notes.judge('stale-transition', isSo, `answered ${status}; the issue ${stays ? 'is still closed' : 'has another status'}`);
}
