import { expect, test } from 'vitest';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { createWorkflowMaps } from '../../../src/jira/transition/workflow-map.ts';
import type { TransitionOutcome, TransitionTarget } from '../../../src/pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../../src/pipeline/ports/issue-ref.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const COMMENT = closingComment('resolved');
/** Seen by the service team only, where the project is a service desk. */
const SPOKEN = { body: COMMENT, properties: [{ key: 'sd.public.comment', value: { internal: true } }] };
const OPEN: IssueStatus = { name: 'To Do', category: 'new' };
const DONE: IssueStatus = { name: 'Done', category: 'done' };
const WONT: IssueStatus = { name: "Won't Do", category: 'done' };
const REF = { id: '1', key: 'SEC-1' };
const READ = 'GET /rest/api/3/issue/1';
const TRANSITION = 'POST /rest/api/3/issue/1/transitions';
const SAY = 'POST /rest/api/3/issue/1/comment';

const TRANSITIONED: Reply = { status: 204, headers: { 'content-type': 'text/html' } };
const REFUSED: Reply = { status: 400, json: { errorMessages: ['not now'], errors: {} } };
const CONFLICT: Reply = { status: 409, json: { errorMessages: ['somebody else'], errors: {} } };

const statusOf = ({ name, category }: IssueStatus): object => ({ name, statusCategory: { key: category } });
const transition = (id: string, to: IssueStatus, more: object = { hasScreen: true }): object => ({
  id,
  name: id,
  to: statusOf(to),
  ...more,
});

/** The issue as Jira gives it. */
function issueIn(status: IssueStatus, transitions: readonly object[] = [transition('31', DONE)], key = 'SEC-1'): Reply {
  return { status: 200, json: { id: '1', key, fields: { status: statusOf(status) }, transitions } };
}

function target(more: Partial<TransitionTarget> = {}): TransitionTarget {
  return transitionTarget(COMMENT, { from: OPEN, ...more });
}

interface Bench {
  readonly jira: ScriptedJira;
  move(to?: 'closed' | 'open', more?: Partial<TransitionTarget>, issue?: IssueRef): Promise<TransitionOutcome>;
}

/** Answers the requests in order. The workflow has one done status. */
function bench(...replies: readonly Reply[]): Promise<Bench> {
  return benchOf([OPEN, DONE], ...replies);
}

/** @param possible the statuses that the project has; null: it does not say */
async function benchOf(possible: readonly IssueStatus[] | null, ...replies: readonly Reply[]): Promise<Bench> {
  const jira = await scriptJira((_, index) => replies[index]);
  const calls = callsTo(jira.url);
  const maps = createWorkflowMaps(() => Promise.resolve(possible));
  return {
    jira,
    move: (to = 'closed', more = {}, issue = REF) => transitionCall(calls, createOwnAccount(calls), maps, to, issue, target(more)),
  };
}

const moved = { outcome: 'transitioned', issue: REF, status: DONE };

test('cold it is two calls, warm it is one', async () => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, TRANSITIONED);
  expect(await move()).toEqual(moved);
  expect(jira.lines()).toEqual([READ, TRANSITION]);
  expect(new URL(jira.requests[0]?.url ?? '', jira.url).searchParams.get('expand')).toBe('transitions,transitions.fields');
  expect(await move()).toEqual(moved);
  expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION]);
});

test('transition and comment are one POST where there is a screen', async () => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED);
  await move();
  expect(jira.requests[1]?.body).toEqual({ transition: { id: '31' }, update: { comment: [{ add: SPOKEN }] } });
});

test.each<readonly [string, Reply, object]>([
  ['added', { status: 201, json: { id: '9' } }, {}],
  [
    'not added, and the transition still counts',
    { status: 500 },
    {
      unfinished: {
        left: { to: 'closed', comment: COMMENT, fields: {}, ifOurs: false },
        failure: expect.objectContaining({ code: 'jira-server-error' }),
      },
    },
  ],
])('without a screen the comment comes afterwards: %s', async (_, commentReply, unfinished) => {
  const { jira, move } = await bench(issueIn(OPEN, [transition('31', DONE, {})]), TRANSITIONED, commentReply);
  expect(await move()).toEqual({ ...moved, ...unfinished });
  expect(jira.lines()).toEqual([READ, TRANSITION, SAY]);
  expect(jira.requests.map(({ body }) => body)).toEqual([null, { transition: { id: '31' } }, SPOKEN]);
});

test('the status of a new issue is learned, also under its name', async () => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, TRANSITIONED, TRANSITIONED);
  await move('closed', { from: null });
  await move('closed', { from: null });
  await move('closed', { from: OPEN });
  expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, TRANSITION]);
});

test.each<readonly [string, 'closed' | 'open', Partial<TransitionTarget>]>([
  ['another project', 'closed', { projectKey: 'OPS' }],
  ['another issue type', 'closed', { issueType: 'Bug' }],
  ['another status', 'closed', { from: { name: 'In Review', category: 'indeterminate' } }],
  ['the other direction', 'open', {}],
])('the map of one workflow is not used for %s', async (_, to, more) => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, issueIn(OPEN), TRANSITIONED);
  await move();
  await move(to, more);
  expect(jira.lines().slice(0, 3)).toEqual([READ, TRANSITION, READ]);
});

test('an issue that was moved to another project is read first', async () => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, issueIn(OPEN, [transition('41', DONE)], 'OPS-9'), TRANSITIONED);
  await move();
  await move('closed', {}, { id: '1', key: 'OPS-9' });
  expect(jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION]);
});

test.each<readonly [string, readonly IssueStatus[] | null]>([
  ['there is another done status, of which nothing is known', [OPEN, DONE, WONT]],
  ['the project does not list its statuses', null],
])('a close is not sent without a read where %s: an issue that a person has closed is left alone', async (_, possible) => {
  const { jira, move } = await benchOf(possible, issueIn(OPEN), TRANSITIONED, issueIn(WONT));
  await move();
  expect(await move()).toEqual({ outcome: 'already-there', issue: REF, status: WONT });
  expect(jira.lines()).toEqual([READ, TRANSITION, READ]);
});

test('where the other done status was read and does not offer the transition, it is one call again', async () => {
  const { jira, move } = await benchOf(
    [OPEN, DONE, WONT],
    issueIn(OPEN),
    TRANSITIONED,
    issueIn(WONT, [transition('11', OPEN)]),
    TRANSITIONED,
  );
  for (let n = 0; n < 3; n += 1) await move();
  expect(jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION]);
});

test('an issue that a person has reopened and works on is left alone', async () => {
  const doing: IssueStatus = { name: 'Doing', category: 'indeterminate' };
  const closed = issueIn(DONE, [transition('11', OPEN), transition('12', doing)]);
  const { jira, move } = await bench(closed, TRANSITIONED, issueIn(doing, [transition('11', OPEN)]));
  await move('open', { from: DONE });
  expect(await move('open', { from: DONE })).toEqual({ outcome: 'already-there', issue: REF, status: doing });
  expect(jira.lines()).toEqual([READ, TRANSITION, READ]);
});

test('after a transition whose answer was lost the issue is read before anything is sent', async () => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, issueIn(DONE));
  await move();
  expect(await move('closed', { readFirst: true })).toEqual({ outcome: 'already-there', issue: REF, status: DONE });
  expect(jira.lines()).toEqual([READ, TRANSITION, READ]);
});

test('already there: nothing is sent, and a moved issue has its new key', async () => {
  const { jira, move } = await bench(issueIn({ name: 'Won’t do', category: 'done' }, [transition('31', DONE)], 'OPS-9'));
  expect(await move()).toEqual({
    outcome: 'already-there',
    issue: { id: '1', key: 'OPS-9' },
    status: { name: 'Won’t do', category: 'done' },
  });
  expect(jira.lines()).toEqual([READ]);
});

test('reopening goes back to a status that is not done, and an open issue is left alone', async () => {
  const { jira, move } = await bench(
    issueIn(DONE, [transition('11', OPEN), transition('31', DONE)]),
    TRANSITIONED,
    issueIn({ name: 'Doing', category: 'indeterminate' }),
  );
  expect(await move('open', { from: DONE })).toEqual({ outcome: 'transitioned', issue: REF, status: OPEN });
  expect(jira.requests[1]?.body).toMatchObject({ transition: { id: '11' } });
  expect(await move('open', { from: null, readFirst: true })).toMatchObject({ outcome: 'already-there', status: { name: 'Doing' } });
  expect(jira.requests).toHaveLength(3);
});

test.each([
  ['400', REFUSED],
  ['409', CONFLICT],
])('a cached path that gets %s is dropped, the issue is read, and the path that works is kept', async (_, refusal) => {
  const backlog: IssueStatus = { name: 'Backlog', category: 'new' };
  const other = issueIn(backlog, [transition('41', DONE)]);
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, refusal, other, TRANSITIONED, TRANSITIONED);
  await move();
  expect(await move()).toEqual(moved);
  expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, READ, TRANSITION]);
  await move('closed', { from: backlog });
  expect(jira.requests.filter(({ method }) => method === 'POST').map(({ body }) => body)).toMatchObject(
    ['31', '31', '41', '41'].map((id) => ({ transition: { id } })),
  );
});

test('a path that was refused is not used again, even where nothing had to be sent in its place', async () => {
  const { jira, move } = await bench(issueIn(OPEN), TRANSITIONED, REFUSED, issueIn(DONE), issueIn(OPEN), TRANSITIONED);
  await move();
  expect(await move()).toMatchObject({ outcome: 'already-there' });
  expect(await move()).toEqual(moved);
  expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, READ, READ, TRANSITION]);
});

test('two closes at once end as one: the refused one reads again and finds the issue done', async () => {
  const { jira, move } = await bench(issueIn(OPEN), CONFLICT, issueIn(DONE));
  expect(await move()).toMatchObject({ outcome: 'already-there', status: DONE });
  expect(jira.lines()).toEqual([READ, TRANSITION, READ]);
});

test('a conflict is tried twice and no more', async () => {
  const { jira, move } = await bench(issueIn(OPEN), CONFLICT, issueIn(OPEN), CONFLICT, issueIn(OPEN), TRANSITIONED);
  expect(await move()).toMatchObject({ outcome: 'failed', failure: { code: 'jira-server-error' } });
  expect(jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION]);
});

test('a second try may work', async () => {
  const { jira, move } = await bench(issueIn(OPEN), REFUSED, issueIn(OPEN, [transition('41', DONE)]), TRANSITIONED);
  expect(await move()).toEqual(moved);
  expect(jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION]);
});

test.each<readonly [string, readonly object[], RegExp]>([
  ['an empty list means that the permission is missing', [], /permission "Transition issues"/],
  ['an odd transition shows that the permission is there', [{ id: '9' }], /Jira offers one that can't be read;/],
  ['no path to done', [transition('11', OPEN)], /No transition leads from "To Do" to a done status/],
  ['the transition is not available', [transition('31', DONE, { isAvailable: false })], /No transition leads/],
])('%s: nothing is sent', async (_, transitions, message) => {
  const { jira, move } = await bench(issueIn(OPEN, transitions));
  expect(await move()).toMatchObject({
    outcome: 'failed',
    failure: { code: 'jira-no-transition', message: expect.stringMatching(message) },
  });
  expect(jira.lines()).toEqual([READ]);
});

test.each<readonly [string, object]>([
  ['no target status', { id: '9', name: 'Odd' }],
  ['null as its target status', { id: '9', name: 'Odd', to: null }],
  ['a target status without a category', { id: '9', name: 'Odd', to: { name: 'X' } }],
])('a transition with %s hides no other', async (_, odd) => {
  const { jira, move } = await bench(issueIn(OPEN, [odd, transition('31', DONE)]), TRANSITIONED);
  expect(await move()).toEqual(moved);
  expect(jira.requests[1]?.body).toMatchObject({ transition: { id: '31' } });
});

test('a transition without a name is taken all the same', async () => {
  const { move } = await bench(issueIn(OPEN, [{ ...transition('31', DONE), name: null }]), TRANSITIONED);
  expect(await move()).toEqual(moved);
});

test.each<readonly [string, Reply, string]>([
  ['404', { status: 404, json: { errorMessages: ['gone'], errors: {} } }, 'jira-not-found'],
  ['401', { status: 401 }, 'jira-auth'],
  ['503', { status: 503 }, 'jira-server-error'],
  ['a login page', { status: 200, text: '<html>' }, 'jira-bad-answer'],
  [
    'an answer about another issue',
    { status: 200, json: { id: '2', key: 'SEC-1', fields: { status: statusOf(OPEN) }, transitions: [transition('31', DONE)] } },
    'jira-bad-answer',
  ],
  [
    'an answer without transitions',
    { status: 200, json: { id: '1', key: 'SEC-1', fields: { status: statusOf(OPEN) } } },
    'jira-bad-answer',
  ],
  ['a broken connection', (response) => void response.socket?.destroy(), 'jira-unreachable'],
])('a read that ends with %s: nothing is sent', async (_, reply, code) => {
  const { jira, move } = await bench(reply);
  expect(await move()).toMatchObject({ outcome: 'failed', failure: { code } });
  expect(jira.lines()).toEqual([READ]);
});

test.each<readonly [string, Reply, string]>([
  ['403', { status: 403, json: { errorMessages: ['no'], errors: {} } }, 'jira-forbidden'],
  ['404', { status: 404, json: { errorMessages: ['gone'], errors: {} } }, 'jira-not-found'],
  ['429', { status: 429, headers: { 'retry-after': '1' } }, 'jira-rate-limited'],
  ['500', { status: 500 }, 'jira-server-error'],
  ['200 and a login page', { status: 200, text: '<html>' }, 'jira-bad-answer'],
  ['a broken connection', (response) => void response.socket?.destroy(), 'jira-unreachable'],
])('a transition that ends with %s is sent once, warm or cold', async (_, reply, code) => {
  const { jira, move } = await bench(issueIn(OPEN), reply, issueIn(OPEN), TRANSITIONED, reply);
  const failed = { outcome: 'failed', failure: { code } };
  expect(await move()).toMatchObject(failed);
  expect(await move()).toEqual(moved);
  expect(await move()).toMatchObject(failed);
  expect(jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION, TRANSITION]);
});
