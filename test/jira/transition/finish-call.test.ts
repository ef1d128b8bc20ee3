import { describe, expect, test } from 'vitest';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { finishCall } from '../../../src/jira/transition/finish-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import type { FinishOutcome } from '../../../src/pipeline/ports/tracker-transition.ts';
import type { TransitionAim } from '../../../src/rules/transition-aim.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';
import type { PendingWork } from '../../../src/issues/own-issue.ts';

const ISSUE = '/rest/api/3/issue/1';
const [READ, COMMENTS, SAY, PUT] = [`GET ${ISSUE}`, `GET ${ISSUE}/comment`, `POST ${ISSUE}/comment`, `PUT ${ISSUE}`];
const ME = 'GET /rest/api/3/myself';
const RESOLUTION = { resolution: { id: '1' } };
const COMMENT = closingComment('resolved');
const PENDING_WORK: PendingWork = { to: 'closed', comment: COMMENT, fields: {}, ifOurs: false };
const at = (minute: number, second = 0): string => new Date(Date.UTC(2026, 2, 1, 10, minute, second)).toISOString();
const moved = (minute: number, accountId = 'us'): object => ({ author: { accountId }, created: at(minute), items: [{ field: 'status' }] });
const commentAt = (created: string, accountId = 'us', body: object = COMMENT): object => ({ author: { accountId }, created, body });
const REFUSED: Reply = { status: 400, json: { errorMessages: ['It can not be edited'], errors: {} } };
const BUSY: Reply = { status: 429, headers: { 'retry-after': '30' } };

interface Script {
  readonly history: readonly object[];
  readonly comments: readonly object[];
  readonly replies: Readonly<Record<string, Reply>>;
}

async function finished(
  owed: Partial<PendingWork>,
  { history = [moved(5)], comments = [], replies = {} }: Partial<Script> = {},
  aim: TransitionAim | null = null,
): Promise<FinishOutcome & { readonly jira: ScriptedJira; readonly lines: readonly string[] }> {
  const usual: Readonly<Record<string, Reply>> = {
    [ME]: { status: 200, json: { accountId: 'us' } },
    [READ]: { status: 200, json: { changelog: { total: history.length, histories: history } } },
    [COMMENTS]: { status: 200, json: { comments } },
    [SAY]: { status: 201, json: { id: '9' } },
    [PUT]: { status: 204 },
  };
  const jira = await scriptJira(({ method, url }) => ({ ...usual, ...replies })[`${method} ${url.split('?')[0]}`]);
  const calls = callsTo(jira.url);
  const outcome = await finishCall(calls, createOwnAccount(calls), { id: '1', key: 'SEC-1' }, { ...PENDING_WORK, ...owed }, aim);
  return { ...outcome, jira, lines: jira.lines().filter((line) => line !== ME) };
}

describe('a pending comment', () => {
  test('is added after a read of the history and the comments', async () => {
    const { left, failure, lines, jira } = await finished({});
    expect([left, failure, lines]).toEqual([null, null, [READ, COMMENTS, SAY]]);
    expect(jira.requests.at(-1)?.body).toMatchObject({ body: COMMENT });
  });

  test.each<readonly [string, readonly object[], boolean]>([
    ['after the transition', [commentAt(at(5, 2))], true],
    ['with the transition, whose entry in the history came a moment later', [commentAt(at(4, 57))], true],
    ['with another reason', [commentAt(at(5), 'us', closingComment('archived'))], true],
    ['when it was closed before', [commentAt(at(3))], false],
    ['by a person', [commentAt(at(6), 'dana')], false],
  ])('is there already: %s', async (_, comments, isPresent) => {
    expect((await finished({}, { comments })).lines).toEqual(isPresent ? [READ, COMMENTS] : [READ, COMMENTS, SAY]);
  });

  test.each<readonly [string, readonly object[], boolean, boolean]>([
    ['ours', [moved(5)], true, true],
    ['a person’s', [moved(5, 'dana')], true, false],
    ['a person’s, after one of ours', [moved(5), moved(6, 'dana')], true, false],
    ['ours, after a person’s', [moved(6), moved(5, 'dana')], true, true],
    ['not in the history', [], true, false],
    ['known to be ours, and a person has changed the status since', [moved(5), moved(6, 'dana')], false, true],
    ['known to be ours, and no longer in the history', [moved(6, 'dana')], false, true],
  ])('after a transition that is %s', async (_, history, ifOurs, isPresent) => {
    const { left, failure, lines } = await finished({ ifOurs }, { history });
    expect([left, failure]).toEqual([null, null]);
    expect(lines.includes(SAY)).toBe(isPresent);
  });

  test.each<readonly [string, string, Reply]>([
    ['the account', ME, { status: 503 }],
    ['the history', READ, { status: 503 }],
    ['the history, with a login page', READ, { status: 200, text: '<html>' }],
    ['the comments', COMMENTS, { status: 503 }],
    ['the comment', SAY, { status: 503 }],
    ['the comment, with a login page', SAY, { status: 200, text: '<html>' }],
  ])('stays pending when Jira does not answer for %s', async (_, line, reply) => {
    const { left, failure } = await finished({}, { replies: { [line]: reply } });
    expect(left).toEqual(PENDING_WORK);
    expect(failure?.retry.when).toBe('backoff');
  });

  test('waits as long as Jira says', async () => {
    expect(await finished({}, { replies: { [SAY]: BUSY } })).toMatchObject({
      left: PENDING_WORK,
      failure: { code: 'jira-rate-limited', retry: { afterMs: 30_000 } },
    });
  });

  test('is dropped where Jira refuses it for good, with a failure', async () => {
    expect(await finished({}, { replies: { [SAY]: REFUSED } })).toMatchObject({ left: null, failure: { code: 'jira-invalid-request' } });
  });

  test('is dropped where the issue is gone', async () => {
    const gone: Reply = { status: 404, json: { errorMessages: ['gone'], errors: {} } };
    expect(await finished({}, { replies: { [READ]: gone } })).toMatchObject({ left: null, failure: null, lines: [READ] });
  });
});

describe('pending fields', () => {
  const fields = { resolution: { id: '1' }, customfield_7: 'old' };

  test('are set by an edit and nothing else', async () => {
    const { left, failure, lines, jira } = await finished({ comment: null, fields });
    expect([left, failure, lines]).toEqual([null, null, [PUT]]);
    expect(jira.requests.at(-1)?.body).toEqual({ fields });
  });

  test('are set as the current rules say', async () => {
    const { jira } = await finished(
      { comment: null, fields },
      {},
      { resolution: 'Fixed', fields: { customfield_7: 'new', customfield_8: 1 } },
    );
    expect(jira.requests.at(-1)?.body).toEqual({ fields: { resolution: { name: 'Fixed' }, customfield_7: 'new' } });
  });

  test('stay pending when Jira does not answer', async () => {
    expect(await finished({ comment: null, fields }, { replies: { [PUT]: { status: 503 } } })).toMatchObject({
      left: { comment: null, fields },
      failure: { code: 'jira-server-error' },
    });
  });

  test('are dropped where Jira refuses them for good, except the rule’s', async () => {
    const replies = { [PUT]: REFUSED };
    expect(await finished({ comment: null, fields }, { replies })).toMatchObject({ left: null, failure: { code: 'jira-invalid-request' } });
    const kept = await finished({ comment: null, fields }, { replies }, { fields: { customfield_7: 'typo' } });
    expect(kept.left).toEqual({ ...PENDING_WORK, comment: null, fields: { customfield_7: 'old' } });
    expect(kept.failure).toMatchObject({ code: 'jira-invalid-request', words: 'It can not be edited' });
  });

  test('and a comment: each is done as far as Jira lets it', async () => {
    expect((await finished({ fields })).lines).toEqual([READ, COMMENTS, SAY, PUT]);
    const unset = await finished({ fields: RESOLUTION }, { replies: { [PUT]: { status: 503 } } });
    expect(unset.left).toEqual({ ...PENDING_WORK, comment: null, fields: RESOLUTION });
    const unsaid = await finished({ fields: RESOLUTION }, { replies: { [SAY]: { status: 503 } } });
    expect(unsaid.left).toEqual(PENDING_WORK);
    const both = await finished({ fields: RESOLUTION }, { replies: { [SAY]: { status: 503 }, [PUT]: REFUSED } });
    expect([both.left, both.failure?.code]).toEqual([PENDING_WORK, 'jira-server-error']);
  });
});
