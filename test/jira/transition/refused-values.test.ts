import { describe, expect, test } from 'vitest';
import type { Json } from '../../../src/findings/json.ts';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { createWorkflowMaps } from '../../../src/jira/transition/workflow-map.ts';
import type { TransitionOutcome } from '../../../src/pipeline/ports/tracker-transition.ts';
import type { TransitionAim } from '../../../src/rules/transition-aim.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const [READ, TRANSITION, PUT] = ['GET /rest/api/3/issue/1', 'POST /rest/api/3/issue/1/transitions', 'PUT /rest/api/3/issue/1'];
const TRANSITIONED: Reply = { status: 204 };
const refusal = (errors: object, ...errorMessages: readonly string[]): Reply => ({ status: 400, json: { errorMessages, errors } });
const notOnScreen = (id: string): Reply =>
  refusal({ [id]: `Field '${id}' cannot be set. It is not on the appropriate screen, or unknown.` });
const NOT_AN_OPTION = refusal({ customfield_7: "Option value 'typo' is not valid" });

/** An open issue, and the one transition that closes it. */
function openIssue(fields: object): Reply {
  const [open, closed] = [
    { name: 'Open', statusCategory: { key: 'new' } },
    { name: 'Closed', statusCategory: { key: 'done' } },
  ];
  const transitions = [{ id: '31', name: 'Close', to: closed, hasScreen: true, fields }];
  return { status: 200, json: { id: '1', key: 'SEC-1', fields: { status: open, resolution: null }, transitions } };
}

const CAUSE = { customfield_7: { name: 'Cause', required: false } };
const LISTED = { customfield_7: { name: 'Cause', required: false, allowedValues: [{ id: '1', value: 'Right' }] } };

interface Bench {
  readonly jira: ScriptedJira;
  close(aim?: TransitionAim | null): Promise<TransitionOutcome>;
  /** The fields of each transition that was sent. */
  sent(): unknown[];
}

async function bench(...replies: readonly Reply[]): Promise<Bench> {
  const jira = await scriptJira((_, index) => replies[index]);
  const [calls, maps] = [callsTo(jira.url), createWorkflowMaps(() => Promise.resolve([{ name: 'Closed', category: 'done' }]))];
  const target = transitionTarget(closingComment('resolved'));
  return {
    jira,
    close: (aim = null) => transitionCall(calls, createOwnAccount(calls), maps, 'closed', { id: '1', key: 'SEC-1' }, { ...target, aim }),
    sent: () =>
      jira.requests.flatMap(({ method, body }) =>
        method === 'POST' && typeof body === 'object' && body !== null && 'transition' in body
          ? ['fields' in body ? body.fields : null]
          : [],
      ),
  };
}

describe('a value of the rule that Jira refuses', () => {
  test.each<readonly [string, TransitionAim, Reply, object, string]>([
    ['a field', { fields: { customfield_7: { value: 'typo' } } }, NOT_AN_OPTION, CAUSE, 'close.fields.customfield_7'],
    [
      'the resolution',
      { resolution: 'Fxied' },
      refusal({ resolution: "Resolution name 'Fxied' is not valid" }),
      { resolution: { name: 'Resolution', required: false } },
      'close.resolution',
    ],
    [
      'the resolution, in the words of a message',
      { resolution: 'Fxied' },
      refusal({}, "The field 'resolution' has no value Fxied"),
      {},
      'close.resolution',
    ],
  ])('%s: a failure in Jira’s words, and nothing is closed without it', async (_, closing, refused, fields, place) => {
    const { jira, close, sent } = await bench(openIssue(fields), refused, openIssue(fields), refused);
    const failed = await close(closing);
    expect(failed).toMatchObject({
      outcome: 'failed',
      failure: { code: 'jira-field-required', message: expect.stringContaining(place), words: expect.stringMatching(/typo|Fxied/) },
    });
    expect(jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION]);
    expect(sent()).not.toContain(null);
  });

  test.each<readonly [string, TransitionAim, TransitionAim, object, Reply, object]>([
    [
      'a field',
      { fields: { customfield_7: { value: 'typo' } } },
      { fields: { customfield_7: { value: 'right' } } },
      CAUSE,
      NOT_AN_OPTION,
      { customfield_7: { value: 'right' } },
    ],
    [
      'the resolution',
      { resolution: 'Fxied' },
      { resolution: 'Fixed' },
      {},
      refusal({ resolution: 'not valid' }),
      { resolution: { name: 'Fixed' } },
    ],
  ])('%s: sent on the screen once the rule is fixed', async (_, wrong, right, fields, refused, value) => {
    const { close, sent } = await bench(openIssue(fields), refused, openIssue(fields), refused, openIssue(fields), TRANSITIONED);
    expect(await close(wrong)).toMatchObject({ outcome: 'failed' });
    expect(await close(right)).toMatchObject({ outcome: 'transitioned' });
    expect(sent().at(-1)).toEqual(value);
  });

  test('is the one in the failure, where Jira refuses others for another reason', async () => {
    const both = refusal({
      resolution: "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.",
      customfield_7: 'not valid',
    });
    const { close } = await bench(openIssue(CAUSE), both, openIssue(CAUSE), both);
    expect(await close({ resolution: 'Fixed', fields: { customfield_7: 'typo' } })).toMatchObject({
      failure: { message: expect.stringContaining('customfield_7') },
    });
  });

  test('that the screen does not take at all follows by a call of its own, and is not sent on the screen again', async () => {
    const { jira, close, sent } = await bench(
      openIssue(CAUSE),
      notOnScreen('customfield_7'),
      TRANSITIONED,
      TRANSITIONED,
      TRANSITIONED,
      TRANSITIONED,
    );
    const closing = { fields: { customfield_7: 'x' } };
    expect(await close(closing)).toMatchObject({ outcome: 'transitioned' });
    await close(closing);
    expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, PUT, TRANSITION, PUT]);
    expect(sent()).toEqual([{ customfield_7: 'x' }, null, null]);
  });

  test('was said not to be on the screen, and is asked for later: sent on the screen alone', async () => {
    const { jira, close, sent } = await bench(
      openIssue(CAUSE),
      notOnScreen('customfield_7'),
      TRANSITIONED,
      TRANSITIONED,
      refusal({ customfield_7: 'Cause is required.' }),
      TRANSITIONED,
      TRANSITIONED,
    );
    const closing = { fields: { customfield_7: 'x' } };
    for (let times = 0; times < 3; times += 1) await close(closing);
    expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, PUT, TRANSITION, TRANSITION, TRANSITION]);
    expect(sent().slice(2)).toEqual([null, closing.fields, closing.fields]);
  });
});

describe('a value that the screen lists', () => {
  const NOT_OFFERED = expect.stringMatching(/rule's .*\(one of Right\)/);

  test.each<readonly [string, Json, boolean]>([
    ['by its value, in any case', { value: 'right' }, true],
    ['by its id', { id: '1' }, true],
    ['by a name that is not there', { name: 'wrong' }, false],
    ['by a value that is not there', { value: 'typo' }, false],
    ['by an id that is not there', { id: '2' }, false],
    ['in a list', [{ value: 'Right' }], true],
    ['in a list with one that is not there', [{ value: 'Right' }, { value: 'typo' }], false],
    ['in words that are not compared', { key: 'RIGHT' }, true],
    ['as a text, which Jira is to judge', 'typo', true],
  ])('%s', async (_, value, isTaken) => {
    const { jira, close } = await bench(openIssue(LISTED), TRANSITIONED);
    const refused = { outcome: 'failed', failure: { code: 'jira-field-required', message: NOT_OFFERED } };
    expect(await close({ fields: { customfield_7: value } })).toMatchObject(isTaken ? { outcome: 'transitioned' } : refused);
    expect(jira.lines()).toEqual(isTaken ? [READ, TRANSITION] : [READ]);
  });
});

test('a resolution that we chose and Jira refuses is left out from then on, and the rule’s is sent all the same', async () => {
  const screen = openIssue({ resolution: { name: 'Resolution', required: false } });
  const { jira, close, sent } = await bench(
    screen,
    refusal({ resolution: 'not valid' }),
    TRANSITIONED,
    TRANSITIONED,
    TRANSITIONED,
    TRANSITIONED,
    TRANSITIONED,
  );
  await close();
  await close();
  await close({ resolution: 'Fixed' });
  expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, PUT, TRANSITION, PUT, TRANSITION]);
  expect(sent()).toEqual([{ resolution: { name: 'Done' } }, null, null, { resolution: { name: 'Fixed' } }]);
});
