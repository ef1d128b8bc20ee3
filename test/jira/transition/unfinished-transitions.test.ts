import { describe, expect, test } from 'vitest';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { createWorkflowMaps } from '../../../src/jira/transition/workflow-map.ts';
import type { TransitionOutcome } from '../../../src/pipeline/ports/tracker-transition.ts';
import type { TransitionAim } from '../../../src/rules/transition-aim.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { callsTo, scriptJira, systemClock, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const COMMENT = closingComment('resolved');
const ISSUE = '/rest/api/3/issue/1';
const [READ, TRANSITION, SAY, PUT] = [`GET ${ISSUE}`, `POST ${ISSUE}/transitions`, `POST ${ISSUE}/comment`, `PUT ${ISSUE}`];
const TRANSITIONED: Reply = { status: 204 };
const SAID: Reply = { status: 201, json: { id: '9' } };
const RESOLUTION = { resolution: { name: 'Resolution', required: false, allowedValues: [{ id: '1', name: 'Done' }] } };
const notOnScreen: Reply = {
  status: 400,
  json: { errorMessages: [], errors: { resolution: "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown." } },
};
const REFUSED: Reply = { status: 400, json: { errorMessages: [], errors: { resolution: 'No such resolution' } } };
const [OPEN, DONE] = [
  { name: 'Open', statusCategory: { key: 'new' } },
  { name: 'Done', statusCategory: { key: 'done' } },
];

function issueIn(status: object, to: object, transition: object, resolution: object | null = null): Reply {
  const transitions = [{ id: '31', name: 'Go', to, ...transition }];
  return { status: 200, json: { id: '1', key: 'SEC-1', fields: { status, resolution }, transitions } };
}

interface Options {
  readonly to?: 'closed' | 'open';
  readonly aim?: TransitionAim | null;
  readonly readFirst?: boolean;
  /** How long a transition takes, ms. */
  readonly slow?: number;
}

async function move(
  { to = 'closed', aim = null, readFirst = false, slow = 0 }: Options,
  ...replies: readonly Reply[]
): Promise<{ readonly outcome: TransitionOutcome; readonly jira: ScriptedJira }> {
  let ahead = 0;
  const jira = await scriptJira(({ url }, index) => {
    if (url.includes('/transitions')) ahead += slow;
    return replies[index];
  });
  const calls = callsTo(jira.url, 5_000, { ...systemClock, monotonic: () => performance.now() + ahead });
  const target = transitionTarget(COMMENT, { sendBy: calls.clock.monotonic() + 30_000, readFirst, aim });
  return {
    outcome: await transitionCall(
      calls,
      createOwnAccount(calls),
      createWorkflowMaps(() => Promise.resolve([{ name: 'Done', category: 'done' }])),
      to,
      { id: '1', key: 'SEC-1' },
      target,
    ),
    jira,
  };
}

describe('a comment that a transition could not add', () => {
  const [bare, unsaid] = [issueIn(OPEN, DONE, {}), { to: 'closed', comment: COMMENT, fields: {}, ifOurs: false }];

  test.each<readonly [string, Reply, object]>([
    ['429', { status: 429, headers: { 'retry-after': '30' } }, { code: 'jira-rate-limited', retry: { when: 'after', afterMs: 30_000 } }],
    ['503', { status: 503 }, { code: 'jira-server-error' }],
    ['401', { status: 401 }, { code: 'jira-auth' }],
    ['403', { status: 403, json: { errorMessages: ['no'], errors: {} } }, { code: 'jira-forbidden' }],
    ['a login page', { status: 200, text: '<html>' }, { code: 'jira-bad-answer' }],
    ['a broken connection', (response) => void response.socket?.destroy(), { code: 'jira-unreachable' }],
  ])('is pending after %s', async (_, reply, failure) => {
    const { outcome, jira } = await move({}, bare, TRANSITIONED, reply);
    expect(outcome).toMatchObject({ outcome: 'transitioned', unfinished: { left: unsaid, failure } });
    expect(jira.lines()).toEqual([READ, TRANSITION, SAY]);
  });

  test('is not sent when another process may have added it meanwhile', async () => {
    const { outcome, jira } = await move({ slow: 61_000 }, bare, TRANSITIONED, SAID);
    expect(outcome).toMatchObject({ outcome: 'transitioned', unfinished: { left: unsaid, failure: { code: 'claim-too-old' } } });
    expect(jira.lines()).toEqual([READ, TRANSITION]);
  });
});

describe('a field that a transition could not set', () => {
  const screen = issueIn(OPEN, DONE, { hasScreen: true, fields: RESOLUTION });
  const unset = (value: object): object => ({ to: 'closed', comment: null, fields: { resolution: value }, ifOurs: false });

  test.each<readonly [string, Reply, string]>([
    ['503', { status: 503 }, 'jira-server-error'],
    ['401', { status: 401 }, 'jira-auth'],
    ['a login page', { status: 200, text: '<html>' }, 'jira-bad-answer'],
  ])('is pending after %s', async (_, reply, code) => {
    const { outcome, jira } = await move({}, screen, notOnScreen, TRANSITIONED, reply);
    expect(outcome).toMatchObject({ outcome: 'transitioned', unfinished: { left: unset({ id: '1' }), failure: { code } } });
    expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, PUT]);
  });

  test('is dropped where Jira refuses it for good, unless it is the rule’s', async () => {
    expect((await move({}, screen, notOnScreen, TRANSITIONED, REFUSED)).outcome).not.toHaveProperty('unfinished');
    expect((await move({ aim: { resolution: 'Done' } }, screen, notOnScreen, TRANSITIONED, REFUSED)).outcome).toMatchObject({
      outcome: 'transitioned',
      unfinished: { left: unset({ id: '1' }), failure: { code: 'jira-invalid-request', words: 'resolution: No such resolution' } },
    });
  });

  test('does not hide a comment that is pending', async () => {
    const both: Reply = {
      status: 400,
      json: {
        errorMessages: [],
        errors: {
          comment: 'not here',
          resolution: "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.",
        },
      },
    };
    const { outcome } = await move({}, screen, both, TRANSITIONED, { status: 503 }, REFUSED);
    expect(outcome).toMatchObject({
      unfinished: { left: { comment: COMMENT, fields: {} }, failure: { code: 'jira-server-error' } },
    });
  });
});

describe('a resolution that an open issue may have kept', () => {
  const kept: Reply = { status: 200, json: { fields: { resolution: { name: 'Done' } } } };

  test.each<readonly [string, Reply]>([
    ['401', { status: 401 }],
    ['a login page', { status: 200, text: '<html>' }],
  ])('is tried again after %s', async (_, reply) => {
    const done = issueIn(DONE, OPEN, {}, { name: 'Done' });
    const { outcome } = await move({ to: 'open' }, done, TRANSITIONED, SAID, kept, reply);
    expect(outcome).toMatchObject({ outcome: 'failed' });
    const open = issueIn(OPEN, DONE, {}, { name: 'Done' });
    expect((await move({ to: 'open', readFirst: true }, open, reply)).outcome).toMatchObject({ outcome: 'failed' });
  });

  test('stays where Jira refuses the edit for good', async () => {
    const done = issueIn(DONE, OPEN, {}, { name: 'Done' });
    expect((await move({ to: 'open' }, done, TRANSITIONED, SAID, kept, REFUSED)).outcome).toEqual({
      outcome: 'transitioned',
      issue: { id: '1', key: 'SEC-1' },
      status: { name: 'Open', category: 'new' },
    });
    const open = issueIn(OPEN, DONE, {}, { name: 'Done' });
    expect((await move({ to: 'open', readFirst: true }, open, REFUSED)).outcome).toMatchObject({ outcome: 'already-there' });
  });
});
