import { describe, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { fillScreen } from '../../../src/jira/transition/fill-screen.ts';
import { transitionCall } from '../../../src/jira/transition/transition-call.ts';
import { createWorkflowMaps, type ScreenField, type Transition } from '../../../src/jira/transition/workflow-map.ts';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import type { TransitionOutcome, TransitionTarget } from '../../../src/pipeline/ports/tracker-transition.ts';
import type { TransitionAim } from '../../../src/rules/transition-aim.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { callsTo, scriptJira, type Reply, type ScriptedJira } from '../../support/jira/scripted-jira.ts';

const field = (id: string, more: Partial<ScreenField> = {}): ScreenField => ({
  id,
  name: id,
  required: true,
  isList: false,
  values: [],
  ...more,
});
const values = (...labels: readonly string[]): ScreenField['values'] => labels.map((label, index) => ({ id: String(index), label }));
const transition = (...fields: readonly ScreenField[]): Transition => ({
  id: '31',
  name: 'Close',
  to: { name: 'Closed', category: 'done' },
  hasScreen: true,
  isGlobal: false,
  fields,
});

function filled(
  fields: readonly ScreenField[],
  aim: TransitionAim | null = null,
  more: Partial<Parameters<typeof fillScreen>[1]> = {},
): unknown {
  const result = fillScreen(transition(...fields), { to: 'closed', isLast: true, aim, outcome: 'resolved', ...more });
  return result.ok ? result.fields : result.failure.message;
}

describe('the fields that are sent with a transition', () => {
  test.each<readonly [string, readonly ScreenField[], TransitionAim | null, object]>([
    ['nothing for no fields', [], null, {}],
    ['Done before all others', [field('resolution', { values: values('Duplicate', 'Fixed', 'Done') })], null, { resolution: { id: '2' } }],
    ['Fixed where there is no Done', [field('resolution', { values: values("Won't Fix", 'Fixed') })], null, { resolution: { id: '1' } }],
    [
      'none that is not known, where it is optional',
      [field('resolution', { required: false, values: values("Won't Do", 'Sent', 'Shipped') })],
      null,
      {},
    ],
    ['the only one, whatever it is called', [field('resolution', { values: values('Shipped') })], null, { resolution: { id: '0' } }],
    [
      'the name before its translation',
      [
        field('resolution', {
          values: [
            { id: '1', label: 'Xyz', untranslated: 'Duplicate' },
            { id: '2', label: 'Zyx', untranslated: 'Fixed' },
          ],
        }),
      ],
      null,
      { resolution: { id: '2' } },
    ],
    [
      'the rule’s resolution by its id',
      [field('resolution', { values: values('Done', 'Sent') })],
      { resolution: '1' },
      { resolution: { id: '1' } },
    ],
    ['the rule’s resolution by its id, listed or not', [], { resolution: '10001' }, { resolution: { id: '10001' } }],
    [
      'a resolution also where it is optional',
      [field('resolution', { required: false, values: values('Done') })],
      null,
      { resolution: { id: '0' } },
    ],
    ['none where all say won’t and it is optional', [field('resolution', { required: false, values: values('Duplicate') })], null, {}],
    ['Done where Jira does not list them', [field('resolution')], null, { resolution: { name: 'Done' } }],
    [
      'a value without an id by its name',
      [field('resolution', { values: [{ id: null, label: 'Done' }] })],
      null,
      { resolution: { name: 'Done' } },
    ],
    [
      'the rule’s resolution, in any case',
      [field('resolution', { values: values('Done', 'Mitigated') })],
      { resolution: 'mitigated' },
      { resolution: { id: '1' } },
    ],
    ['the rule’s resolution, listed or not', [], { resolution: 'Mitigated' }, { resolution: { name: 'Mitigated' } }],
    [
      'the rule’s field',
      [field('customfield_1', { values: values('a', 'b') })],
      { fields: { customfield_1: { value: 'b' } } },
      { customfield_1: { value: 'b' } },
    ],
    [
      'the rule’s field where it is optional',
      [field('customfield_1', { required: false })],
      { fields: { customfield_1: 5 } },
      { customfield_1: 5 },
    ],
    ['no field that the screen lacks', [], { fields: { customfield_1: 5 } }, {}],
    ['the only allowed value', [field('customfield_1', { values: values('a') })], null, { customfield_1: { id: '0' } }],
    ['the only allowed value of a list', [field('components', { values: values('a'), isList: true })], null, { components: [{ id: '0' }] }],
    ['no optional field for which the rule has no value', [field('customfield_1', { required: false, values: values('a') })], null, {}],
    ['no comment among the fields', [field('comment')], null, {}],
  ])('%s', (_, fields, aim, expected) => {
    expect(filled(fields, aim)).toEqual(expected);
  });

  test('the resolution belongs to the last hop, unless an earlier one requires it', () => {
    const more = { isLast: false };
    expect(filled([field('resolution', { required: false })], { resolution: 'Done' }, more)).toEqual({});
    expect(filled([field('resolution')], { resolution: 'Fixed' }, more)).toEqual({ resolution: { name: 'Fixed' } });
  });

  test('on reopening the resolution is cleared, and the fields are those of the reopening', () => {
    const reopening = { fields: { customfield_1: 5 } };
    const screen = [field('resolution', { values: values('Done') }), field('customfield_1')];
    expect(filled(screen, reopening, { to: 'open' })).toEqual({ resolution: null, customfield_1: 5 });
    expect(filled(screen, null, { to: 'open' })).toMatch(
      /give it a value in the rule's reopen\.fields\.customfield_1, or make it optional/,
    );
    expect(filled([], reopening, { to: 'open' })).toEqual({});
  });

  test.each<readonly [string, ScreenField, TransitionAim | null, RegExp]>([
    [
      'one of several',
      field('customfield_1', { name: 'Root cause', values: values('a', 'b') }),
      null,
      /"Close" asks for the field customfield_1 "Root cause"; .*close\.fields\.customfield_1 \(one of a, b\)/,
    ],
    ['free text', field('customfield_1'), { fields: { customfield_2: 1 } }, /close\.fields\.customfield_1, or make it optional/],
    [
      'a resolution of the rule that is not there',
      field('resolution', { required: false, values: values('Done') }),
      { resolution: 'Fxied' },
      /does not take the rule's "Fxied"; .*\(one of Done\)/,
    ],
  ])('without a value, %s is a failure that names it', (_, missing, aim, message) => {
    expect(fillScreen(transition(missing), { to: 'closed', isLast: true, aim, outcome: 'resolved' })).toMatchObject({
      ok: false,
      failure: { code: 'jira-field-required', message: expect.stringMatching(message) },
    });
  });
});

test.each<readonly [string, readonly string[], RegExp]>([
  [
    'only one that says won’t',
    ["Won't Do"],
    /none that is known says that the access is gone; .*close\.resolved\.resolution \(one of Won't Do\)/,
  ],
  ['several that say nothing that is known', ['Sent', 'Shipped'], /\(one of Sent, Shipped\)/],
])('a required resolution without a choice is a failure of its own: %s', (_, labels, message) => {
  const screen = transition(field('resolution', { values: values(...labels) }));
  expect(fillScreen(screen, { to: 'closed', isLast: true, aim: null, outcome: 'resolved' })).toMatchObject({
    ok: false,
    failure: { code: 'jira-close-undecided', message: expect.stringMatching(message) },
  });
});

const COMMENT = closingComment('resolved');
/** Seen by the service team only, where the project is a service desk. */
const SPOKEN = { body: COMMENT, properties: [{ key: 'sd.public.comment', value: { internal: true } }] };
const READ = 'GET /rest/api/3/issue/1';
const TRANSITION = 'POST /rest/api/3/issue/1/transitions';
const SAY = 'POST /rest/api/3/issue/1/comment';
const PUT = 'PUT /rest/api/3/issue/1';
const TRANSITIONED: Reply = { status: 204, headers: { 'content-type': 'text/html' } };
const SAID: Reply = { status: 201, json: { id: '9' } };
const refusal = (errors: object, ...errorMessages: readonly string[]): Reply => ({ status: 400, json: { errorMessages, errors } });

const status = (name: string, key: string): object => ({ name, statusCategory: { key } });
/** An open issue that can be closed, or a closed one that can be opened. */
const issue = (side: 'open' | 'closed', fields: object = {}, resolution: object | null = null): Reply => {
  const [here, there] =
    side === 'open' ? [status('Open', 'new'), status('Closed', 'done')] : [status('Closed', 'done'), status('Open', 'new')];
  return {
    status: 200,
    json: {
      id: '1',
      key: 'SEC-1',
      fields: { status: here, resolution },
      transitions: [{ id: '31', name: 'Go', to: there, hasScreen: true, fields }],
    },
  };
};
const RESOLUTION = { resolution: { name: 'Resolution', required: false, allowedValues: [{ id: '1', name: 'Done' }] } };

async function bench(...replies: readonly Reply[]): Promise<{
  jira: ScriptedJira;
  move(to?: 'closed' | 'open', more?: Partial<TransitionTarget>): Promise<TransitionOutcome>;
  bodies(): unknown[];
}> {
  const jira = await scriptJira((_, index) => replies[index]);
  const calls = callsTo(jira.url);
  const maps = createWorkflowMaps(() => Promise.resolve([{ name: 'Closed', category: 'done' }]));
  const target = transitionTarget(COMMENT);
  return {
    jira,
    move: (to = 'closed', more = {}) =>
      transitionCall(calls, createOwnAccount(calls), maps, to, { id: '1', key: 'SEC-1' }, { ...target, ...more }),
    bodies: () => jira.requests.filter(({ method }) => method !== 'GET').map(({ body }) => body),
  };
}

const comment = { comment: [{ add: SPOKEN }] };
const sent = (more: JsonObject | object): object => ({ transition: { id: '31' }, ...more });
const NOT_ON_SCREEN = "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.";

describe('a screen that is not as Jira said', () => {
  test('refuses the resolution: sent once without, then set by a call of its own, and remembered', async () => {
    const { jira, move, bodies } = await bench(
      issue('open', RESOLUTION),
      refusal({ resolution: NOT_ON_SCREEN }),
      TRANSITIONED,
      TRANSITIONED,
      TRANSITIONED,
      TRANSITIONED,
    );
    expect(await move()).toMatchObject({ outcome: 'transitioned' });
    expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, PUT]);
    expect(bodies()).toEqual([
      sent({ fields: { resolution: { id: '1' } }, update: comment }),
      sent({ update: comment }),
      { fields: { resolution: { id: '1' } } },
    ]);
    await move();
    expect(jira.lines().slice(4)).toEqual([TRANSITION, PUT]);
  });

  test('refuses the comment: sent once without, then added by a call of its own, and remembered', async () => {
    const { jira, move, bodies } = await bench(issue('open'), refusal({ comment: 'not here' }), TRANSITIONED, SAID, TRANSITIONED, SAID);
    expect(await move()).toMatchObject({ outcome: 'transitioned' });
    expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, SAY]);
    expect(bodies()).toEqual([sent({ update: comment }), sent({}), SPOKEN]);
    await move();
    expect(jira.lines().slice(4)).toEqual([TRANSITION, SAY]);
  });

  test('wants a resolution that it did not list: sent once more with it, and remembered', async () => {
    for (const refused of [refusal({ resolution: 'Resolution is required.' }), refusal({}, 'Resolution is required')]) {
      const { jira, move, bodies } = await bench(issue('open'), refused, TRANSITIONED, TRANSITIONED);
      expect(await move()).toMatchObject({ outcome: 'transitioned' });
      await move();
      expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION, TRANSITION]);
      const whole = sent({ fields: { resolution: { name: 'Done' } }, update: comment });
      expect(bodies()).toEqual([sent({ update: comment }), whole, whole]);
    }
  });

  test('wants a field that it did not list: the rule’s value, or a failure that names it', async () => {
    const wanted = refusal({ customfield_7: 'Cause is required.' });
    const rule = await bench(issue('open'), wanted, TRANSITIONED);
    expect(await rule.move('closed', { aim: { fields: { customfield_7: 'x' } } })).toMatchObject({ outcome: 'transitioned' });
    expect(rule.bodies()[1]).toMatchObject({ fields: { customfield_7: 'x' } });
    const none = await bench(issue('open'), wanted, issue('open'), wanted);
    const failed = await none.move();
    expect(failed).toMatchObject({
      outcome: 'failed',
      failure: { code: 'jira-field-required', words: 'customfield_7: Cause is required.' },
    });
    expect(none.jira.lines()).toEqual([READ, TRANSITION, READ, TRANSITION]);
  });

  test('takes no more comments: the transition goes without', async () => {
    const { jira, move, bodies } = await bench(
      issue('open'),
      { status: 413, json: { errorMessages: ['limit'], errors: {} } },
      TRANSITIONED,
    );
    expect(await move()).toMatchObject({ outcome: 'transitioned' });
    expect(jira.lines()).toEqual([READ, TRANSITION, TRANSITION]);
    expect(bodies()[1]).toEqual(sent({}));
  });

  test('a required field without a value is a failure before anything is sent, and the current rule fixes it', async () => {
    const wants = {
      customfield_7: {
        name: 'Cause',
        required: true,
        allowedValues: [
          { id: '1', value: 'a' },
          { id: '2', value: 'b' },
        ],
      },
    };
    const { jira, move } = await bench(issue('open', wants), TRANSITIONED);
    expect(await move()).toMatchObject({
      outcome: 'failed',
      failure: { code: 'jira-field-required', message: expect.stringContaining('customfield_7 "Cause"') },
    });
    expect(jira.lines()).toEqual([READ]);
    expect(await move('closed', { aim: { fields: { customfield_7: { id: '2' } } } })).toMatchObject({ outcome: 'transitioned' });
    expect(jira.lines()).toEqual([READ, TRANSITION]);
  });
});

describe('a resolution when an issue is reopened', () => {
  const DONE = { name: 'Done' };
  const readBack = (resolution: object | null): Reply => ({ status: 200, json: { fields: { resolution } } });

  test('on the screen: cleared in the same call', async () => {
    const { jira, move, bodies } = await bench(issue('closed', RESOLUTION, DONE), TRANSITIONED);
    expect(await move('open')).toMatchObject({ outcome: 'transitioned' });
    expect(jira.lines()).toEqual([READ, TRANSITION]);
    expect(bodies()).toEqual([sent({ fields: { resolution: null }, update: comment })]);
  });

  test('there was none: nothing is sent', async () => {
    const { jira, move } = await bench(issue('closed'), TRANSITIONED);
    await move('open');
    expect(jira.lines()).toEqual([READ, TRANSITION]);
  });

  test('stayed: cleared by an edit, which is known the next time', async () => {
    const { jira, move, bodies } = await bench(
      issue('closed', {}, DONE),
      TRANSITIONED,
      readBack(DONE),
      TRANSITIONED,
      issue('closed', {}, DONE),
      TRANSITIONED,
      TRANSITIONED,
    );
    await move('open');
    expect(jira.lines()).toEqual([READ, TRANSITION, READ, PUT]);
    expect(bodies()[1]).toEqual({ fields: { resolution: null } });
    await move('open');
    expect(jira.lines().slice(4)).toEqual([READ, TRANSITION, PUT]);
  });

  test('the workflow clears it: learned once', async () => {
    const { jira, move } = await bench(issue('closed', {}, DONE), TRANSITIONED, readBack(null), issue('closed', {}, DONE), TRANSITIONED);
    await move('open');
    await move('open');
    expect(jira.lines()).toEqual([READ, TRANSITION, READ, READ, TRANSITION]);
  });

  test('the edit gets no answer: a failure, and the next try only clears it', async () => {
    const open = issue('open', {}, DONE);
    const { jira, move } = await bench(issue('closed', {}, DONE), TRANSITIONED, readBack(DONE), { status: 503 }, open, TRANSITIONED, open);
    expect(await move('open')).toMatchObject({ outcome: 'failed', failure: { code: 'jira-server-error' } });
    expect(await move('open', { readFirst: true })).toMatchObject({ outcome: 'already-there' });
    expect(jira.lines()).toEqual([READ, TRANSITION, READ, PUT, READ, PUT]);
  });

  test('a person reopened it and left the resolution: it stays', async () => {
    const { jira, move } = await bench(issue('open', {}, DONE));
    expect(await move('open')).toMatchObject({ outcome: 'already-there' });
    expect(jira.lines()).toEqual([READ]);
  });
});
