import { expect, test } from 'vitest';
import { closingComment, reopeningComment } from '../../../src/issues/text/comments.ts';
import type { IssueStatus } from '../../../src/issues/own-issue.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { closeDuplicateCall } from '../../../src/jira/transition/close-duplicate-call.ts';
import { createWorkflowMaps } from '../../../src/jira/transition/workflow-map.ts';
import type { TransitionOutcome } from '../../../src/pipeline/ports/tracker-transition.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { secondIssue } from '../../support/jira/second-issue.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const OPEN: IssueStatus = { name: 'To Do', category: 'new' };
const DONE: IssueStatus = { name: 'Done', category: 'done' };
const WONT_DO: IssueStatus = { name: "Won't do", category: 'done' };
const REF = { id: '1', key: 'SEC-1' };
const [SELF, READ, TRANSITION] = ['GET /rest/api/3/myself', 'GET /rest/api/3/issue/1', 'POST /rest/api/3/issue/1/transitions'];

const minute = (n: number): number => Date.UTC(2026, 2, 1, 10, n);
const statusOf = ({ name, category }: IssueStatus): object => ({ name, statusCategory: { key: category } });
const entry = (at: number, who: string, field = 'status'): object => ({
  author: { accountId: who },
  created: new Date(minute(at)).toISOString().replace('Z', '+0000'),
  items: [{ field, fieldId: field }],
});

interface Asked {
  /** Newest first or oldest first. */
  readonly histories: readonly object[];
  readonly total?: number;
  readonly to?: 'closed' | 'open';
  readonly closeStandsSince?: number | null;
  readonly found?: IssueStatus;
  /** The status as it is read together with the history. */
  readonly withHistory?: IssueStatus;
  readonly history?: Reply;
  readonly self?: Reply;
}

/** Transitions an issue that is found closed. */
async function move(asked: Asked): Promise<{ outcome: TransitionOutcome; jira: ScriptedJira }> {
  const { histories, total = histories.length, to = 'open', closeStandsSince = 0, found = DONE, withHistory = found } = asked;
  const changelog = { total, histories };
  const [forward, back] = [
    { id: '31', to: statusOf(DONE) },
    { id: '11', to: statusOf(OPEN) },
  ];
  const jira = await scriptJira(({ method, url }) => {
    if (url.endsWith('/myself')) return asked.self ?? { status: 200, json: { accountId: 'us' } };
    if (method !== 'GET') return { status: 204 };
    if (url.includes('changelog'))
      return (
        asked.history ?? { status: 200, json: { ...REF, fields: { status: statusOf(withHistory), project: { key: 'SEC' } }, changelog } }
      );
    return { status: 200, json: { ...REF, fields: { status: statusOf(found), resolution: null }, transitions: [forward, back] } };
  });
  const calls = callsTo(jira.url);
  const target = transitionTarget(reopeningComment('active-again'), { readFirst: true, closeStandsSince });
  return {
    outcome: await transitionCall(
      calls,
      createOwnAccount(calls),
      createWorkflowMaps(() => Promise.resolve(null)),
      to,
      REF,
      target,
    ),
    jira,
  };
}

test.each<readonly [string, Asked]>([
  ['by a person', { histories: [entry(2, 'dana')] }],
  ['by a person, after us', { histories: [entry(1, 'us'), entry(2, 'dana')] }],
  ['by a person since then', { histories: [entry(5, 'dana'), entry(1, 'us')], closeStandsSince: minute(5) }],
  ['by an unknown account, because the history is cut off', { histories: [entry(1, 'us')], total: 9, closeStandsSince: minute(5) }],
  ['and was never anything else', { histories: [entry(2, 'us', 'summary')] }],
  ['by a person, while it was to be closed', { histories: [entry(2, 'dana')], to: 'closed' }],
])('found closed %s: it stays closed, and nothing is sent', async (_, asked) => {
  const { outcome, jira } = await move(asked);
  expect(outcome).toEqual({ outcome: 'closed-by-person', issue: REF, status: DONE });
  expect(jira.lines()).toEqual([READ, SELF, READ]);
});

test.each<readonly [string, Asked]>([
  ['by us', { histories: [entry(2, 'us'), entry(1, 'dana')] }],
  ['by a person before then', { histories: [entry(1, 'us'), entry(4, 'dana')], closeStandsSince: minute(5) }],
  [
    'before then, since which only other things have changed',
    { histories: [entry(4, 'dana'), entry(6, 'dana', 'summary')], closeStandsSince: minute(5) },
  ],
  ['and was never anything else', { histories: [], closeStandsSince: minute(5) }],
])('found closed %s: it is reopened', async (_, asked) => {
  const { outcome, jira } = await move(asked);
  expect(outcome).toMatchObject({ outcome: 'transitioned', status: OPEN });
  expect(jira.lines().slice(0, 4)).toEqual([READ, SELF, READ, TRANSITION]);
});

test('found closed by us where it was to be closed: it is there already', async () => {
  const { outcome } = await move({ histories: [entry(2, 'us')], to: 'closed' });
  expect(outcome).toEqual({ outcome: 'already-there', issue: REF, status: DONE });
});

test.each<readonly [string, Asked]>([
  ['a person’s close does not count', { histories: [entry(2, 'dana')], closeStandsSince: null }],
  ['it is open', { histories: [entry(2, 'dana')], found: OPEN }],
])('the history is not read where %s', async (_, asked) => {
  const { outcome, jira } = await move(asked);
  expect(outcome).toMatchObject({ status: OPEN });
  expect(jira.lines()).not.toContain(SELF);
});

test('a person who reopens it in between has not closed it', async () => {
  const { outcome } = await move({ histories: [entry(2, 'dana')], withHistory: OPEN });
  expect(outcome.outcome).not.toBe('closed-by-person');
});

test('the status is the one that came with the history', async () => {
  const { outcome } = await move({ histories: [entry(2, 'dana')], withHistory: WONT_DO });
  expect(outcome).toEqual({ outcome: 'closed-by-person', issue: REF, status: WONT_DO });
});

test.each<readonly [string, Pick<Asked, 'history' | 'self'>]>([
  ['the history', { history: { status: 503 } }],
  ['our account', { self: { status: 503 } }],
])('nothing is sent where Jira does not give %s', async (_, replies) => {
  const { outcome, jira } = await move({ histories: [entry(2, 'dana')], ...replies });
  expect(outcome).toMatchObject({ outcome: 'failed', failure: { code: 'jira-server-error' } });
  expect(jira.lines()).not.toContain(TRANSITION);
});

test('a duplicate that was closed meanwhile, by any account, is left alone', async () => {
  const jira = await scriptJira(({ url }) =>
    url.includes('issueLink') ? { status: 201 } : { status: 200, json: { ...REF, fields: { status: statusOf(DONE) }, transitions: [] } },
  );
  const calls = callsTo(jira.url);
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
  expect(outcome).toEqual({ outcome: 'already-there', issue: REF, status: DONE });
  expect(jira.lines()).toEqual(['POST /rest/api/3/issueLink', READ]);
});
