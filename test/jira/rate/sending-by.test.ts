import { createIssue, getIssue } from '../../../src/jira/http/jira-js.ts';
import { expect, test } from 'vitest';
import { closingComment } from '../../../src/issues/text/comments.ts';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createVerdict, failureOf } from '../../../src/jira/http/outcome-table.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { closeDuplicateCall } from '../../../src/jira/transition/close-duplicate-call.ts';
import { sendingBy } from '../../../src/jira/rate/sending-by.ts';
import { createTransport } from '../../../src/jira/http/transport.ts';
import { createWorkflowMaps } from '../../../src/jira/transition/workflow-map.ts';
import type { TransitionOutcome } from '../../../src/pipeline/ports/tracker-transition.ts';
import { BASIC, callsTo, signInBy, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import { directFetch } from '../../support/servers/direct-network.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { secondIssue } from '../../support/jira/second-issue.ts';

const OPEN: IssueStatus = { name: 'To Do', category: 'new' };
const DOING: IssueStatus = { name: 'Doing', category: 'indeterminate' };
const DONE: IssueStatus = { name: 'Done', category: 'done' };
const REF = { id: '1', key: 'SEC-1' };
const READ = 'GET /rest/api/3/issue/1';
const TRANSITION = 'POST /rest/api/3/issue/1/transitions';
const TRANSITIONED: Reply = { status: 204 };
const TOO_LATE = { outcome: 'failed', failure: { code: 'claim-too-old', retry: { when: 'backoff' } } };

const statusOf = ({ name, category }: IssueStatus): object => ({ name, statusCategory: { key: category } });

/** The issue as Jira gives it, with one transition. */
function issueIn(status: IssueStatus, to: IssueStatus): Reply {
  const transitions = [{ id: `to ${to.name}`, to: statusOf(to) }];
  return { status: 200, json: { id: '1', key: 'SEC-1', fields: { status: statusOf(status), resolution: null }, transitions } };
}

/** Answers the requests in order; at the one with the index `slowAt`, from 0, a minute passes. */
async function bench(slowAt: number, ...replies: readonly Reply[]): Promise<{ jira: ScriptedJira; close(): Promise<TransitionOutcome> }> {
  const clock = testClock();
  const jira = await scriptJira((_, index) => {
    if (index === slowAt) clock.forward(60_000);
    return replies[index];
  });
  const calls = callsTo(jira.url, 5_000, clock);
  const [account, maps] = [createOwnAccount(calls), createWorkflowMaps(() => Promise.resolve(null))];
  return {
    jira,
    close() {
      const target = transitionTarget(closingComment('resolved'), { sendBy: clock.monotonic() + 30_000, readFirst: true });
      return transitionCall(calls, account, maps, 'closed', REF, target);
    },
  };
}

test('a call that waited past its deadline is not sent, and not reported', async () => {
  const clock = testClock();
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  const ask = createTransport({
    baseUrl: jira.url,
    signIn: signInBy(BASIC),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 5_000,
    heldBack: () => null,
    blockedForMs: async () => (clock.forward(2_000), 0),
    onAnswer: () => expect.unreachable(),
    clock,
  });
  const calls = sendingBy({ ...callsTo(jira.url), ask }, clock.monotonic() + 1_000);
  const answer = await calls.ask(
    (client) => getIssue(client, { issueIdOrKey: '1', fields: ['status'] }),
    () => expect.unreachable(),
  );
  expect(answer).toEqual({ kind: 'late' });
  expect(failureOf(answer, 0)).toMatchObject(TOO_LATE.failure);
  expect(jira.requests).toEqual([]);
});

test('a create past its deadline counts as not sent', async () => {
  const jira = await scriptJira(() => undefined);
  const answer = await sendingBy(callsTo(jira.url), 0).ask((client) => createIssue(client, { fields: {} }));
  expect(createVerdict(answer, 0)).toMatchObject({ outcome: 'not-sent', failure: { code: 'claim-too-old' } });
});

test('a call in time is sent and reported', async () => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  const heard: string[] = [];
  await sendingBy(callsTo(jira.url), Infinity).ask(
    (client) => getIssue(client, { issueIdOrKey: '1', fields: ['status'] }),
    ({ operation }) => heard.push(operation),
  );
  expect(heard).toEqual(['GET /issue/*']);
});

test('a read that took too long is followed by no transition', async () => {
  const { jira, close } = await bench(0, issueIn(OPEN, DONE));
  expect(await close()).toMatchObject(TOO_LATE);
  expect(jira.lines()).toEqual([READ]);
});

test('a traversal that takes too long stops where it is, and the next one goes on from there', async () => {
  const { jira, close } = await bench(1, issueIn(OPEN, DOING), TRANSITIONED, issueIn(DOING, DONE), TRANSITIONED, { status: 201, json: {} });
  expect(await close()).toMatchObject(TOO_LATE);
  expect(jira.lines()).toEqual([READ, TRANSITION]);
  expect(await close()).toMatchObject({ outcome: 'transitioned', status: DONE });
  expect(jira.lines().slice(2)).toEqual([READ, TRANSITION, 'POST /rest/api/3/issue/1/comment']);
});

test('a transition that took too long counts, and no comment follows', async () => {
  const { jira, close } = await bench(1, issueIn(OPEN, DONE), TRANSITIONED);
  expect(await close()).toMatchObject({ outcome: 'transitioned', status: DONE });
  expect(jira.lines()).toEqual([READ, TRANSITION]);
});

test('a duplicate that was found too long ago is not closed', async () => {
  const clock = testClock();
  const jira = await scriptJira(({ url }) => {
    if (!url.includes('issueLink')) return issueIn(OPEN, DONE);
    clock.forward(60_000);
    return { status: 201 };
  });
  const calls = callsTo(jira.url, 5_000, clock);
  const duplicate = secondIssue(REF);
  const how = { comment: closingComment('resolved'), aim: null };
  const outcome = await closeDuplicateCall(
    calls,
    createOwnAccount(calls),
    createWorkflowMaps(() => Promise.resolve(null)),
    duplicate,
    { id: '2', key: 'SEC-2' },
    how,
  );
  expect(outcome).toMatchObject(TOO_LATE);
  expect(jira.lines()).toEqual(['POST /rest/api/3/issueLink']);
});
