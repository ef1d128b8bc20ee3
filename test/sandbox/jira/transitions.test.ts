import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { isJsonObject, type Json, type JsonObject } from '../../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import type { Workflow } from '../../../src/sandbox/jira/workflow.ts';
import { adf, call, created, type Reply } from '../simulator-client.ts';

/** German, with a condition, a post-function and a field that only one transition asks for. */
const ODD_WORKFLOW: Workflow = {
  name: 'odd',
  statuses: [
    { id: '1', name: 'Neu', untranslatedName: 'New', category: 'new' },
    { id: '2', name: 'Fertig', untranslatedName: 'Done', category: 'done' },
  ],
  transitions: [
    {
      id: '1',
      name: 'Beenden',
      from: ['Neu'],
      to: 'Fertig',
      screen: { resolution: 'required', resolutions: [{ name: 'Behoben', untranslatedName: 'Fixed' }, 'Duplikat'] },
      resolution: 'kept',
    },
    { id: '2', name: 'Nur Bearbeiter', from: ['Neu'], to: 'Fertig', screen: null, resolution: 'kept', condition: 'assignee' },
    { id: '3', name: 'Annehmen', from: ['Neu'], to: 'Fertig', screen: { resolution: 'optional' }, resolution: "Won't Do" },
    {
      id: '4',
      name: 'Wieder öffnen',
      from: ['Fertig'],
      to: 'Neu',
      screen: { resolution: 'absent', requires: ['customfield_7'] },
      resolution: null,
    },
  ],
};

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({
    projects: [
      { key: 'SEC', issueTypes: { Bug: 'strict' } },
      { key: 'LOOP', workflow: 'global' },
      {
        key: 'ODD',
        workflow: ODD_WORKFLOW,
        customFields: [{ id: 'customfield_7', name: 'Reopen reason', kind: 'select', options: ['Regression', 'Not fixed'] }],
      },
    ],
  });
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

const SIMPLE = {};
const STRICT = { issuetype: { name: 'Bug' } };
const LOOP = { project: { key: 'LOOP' } };

async function offered(key: string): Promise<JsonObject[]> {
  const { body } = await call(jira, 'GET', `/issue/${key}/transitions?expand=transitions.fields`);
  return Array.isArray(body['transitions']) ? body['transitions'].filter((one) => isJsonObject(one)) : [];
}

async function go(key: string, name: string, more: JsonObject = {}): Promise<Reply> {
  const transition = (await offered(key)).find((one) => one['name'] === name);
  return await call(jira, 'POST', `/issue/${key}/transitions`, { transition: { id: transition?.['id'] ?? name }, ...more });
}

test.each<[string, JsonObject, string[]]>([
  ['simple', SIMPLE, ['Start>In Progress', 'Done>Done']],
  ['strict', STRICT, ['Start progress>In Progress']],
  ['global', LOOP, ['Add evidence>To Do', 'To Do>To Do', 'In Progress>In Progress', 'Done>Done']],
])('offers what the %s workflow allows', async (_name, fields, expected) => {
  const transitions = await offered(await created(jira, fields));
  expect(transitions.map(({ name, to }) => `${String(name)}>${String(isJsonObject(to) ? to['name'] : '')}`)).toEqual(expected);
});

test('shows screens, global and looped transitions, and categories', async () => {
  const transitions = await offered(await created(jira, LOOP));
  expect(transitions[0]).toMatchObject({ hasScreen: true, isGlobal: true, isLooped: true, fields: {} });
  expect(transitions[3]).toMatchObject({
    isLooped: false,
    to: { statusCategory: { key: 'done' } },
    fields: { resolution: { required: false } },
  });
});

test('transitions an issue with 204 and no JSON, and the workflow sets and clears the resolution', async () => {
  const key = await created(jira);
  const reply = await go(key, 'Done');
  expect(reply.status).toBe(204);
  expect(reply.headers.get('content-type')).toContain('text/html');
  expect(jira.issues()).toMatchObject([{ status: 'Done', resolution: 'Done' }]);
  await go(key, 'Back to the list');
  expect(jira.issues()).toMatchObject([{ status: 'To Do', resolution: null }]);
  expect(jira.issues()[0]?.changelog.filter(({ field }) => field === 'status')).toMatchObject([
    { from: 'To Do', to: 'Done', who: jira.credentials.accountId },
    { from: 'Done', to: 'To Do' },
  ]);
});

test('a transition that the status does not allow is refused', async () => {
  const key = await created(jira);
  const ids: Json[] = ['31', '999', '', 21, null];
  for (const id of ids) expect((await call(jira, 'POST', `/issue/${key}/transitions`, { transition: { id } })).status).toBe(400);
  await go(key, 'Done');
  expect((await call(jira, 'POST', `/issue/${key}/transitions`, { transition: { id: '21' } })).status).toBe(400);
  expect(jira.issues()).toMatchObject([{ status: 'Done' }]);
});

test('the strict workflow needs several hops, and a resolution on its last screen', async () => {
  const key = await created(jira, STRICT);
  await go(key, 'Start progress');
  await go(key, 'Ask for review');
  const refused = await go(key, 'Close');
  expect(refused.body['errors']).toEqual({ resolution: 'Resolution is required.' });
  expect((await go(key, 'Close', { fields: { resolution: { name: 'Forgotten' } } })).status).toBe(400);
  const closed = await go(key, 'Close', {
    fields: { resolution: { name: 'Done' } },
    update: { comment: [{ add: { body: adf('gone') } }] },
  });
  expect(closed.status).toBe(204);
  expect(jira.issues()).toMatchObject([{ status: 'Closed', resolution: 'Done', comments: [{ body: adf('gone') }] }]);
});

test('a resolution that stays on reopening is cleared by null on the screen, or by an edit', async () => {
  const key = await created(jira, STRICT);
  jira.person.transition(key, 'Closed', 'Done');
  await go(key, 'Reopen');
  expect(jira.issues()).toMatchObject([{ status: 'Open', resolution: 'Done' }]);
  await call(jira, 'PUT', `/issue/${key}`, { fields: { resolution: null } });
  expect(jira.issues()).toMatchObject([{ resolution: null }]);
  jira.person.transition(key, 'Closed', 'Done');
  await go(key, 'Reopen', { fields: { resolution: null } });
  expect(jira.issues()).toMatchObject([{ status: 'Open', resolution: null }]);
});

test('a resolution that is not on the screen is refused', async () => {
  const key = await created(jira);
  const { status, body } = await go(key, 'Done', { fields: { resolution: { name: 'Done' } } });
  expect({ status, errors: body['errors'] }).toEqual({
    status: 400,
    errors: { resolution: "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown." },
  });
  expect(jira.issues()).toMatchObject([{ status: 'To Do' }]);
});

test('a comment is silently dropped when the transition has no screen', async () => {
  const key = await created(jira);
  expect((await go(key, 'Done', { update: { comment: [{ add: { body: adf('gone') } }] } })).status).toBe(204);
  expect(jira.issues()).toMatchObject([{ status: 'Done', comments: [] }]);
});

test.each<[string, JsonObject]>([
  ['text', { update: { comment: [{ add: { body: 'gone' } }] } }],
  ['a malformed document', { update: { comment: [{ add: { body: { type: 'doc' } } }] } }],
  ['a value that is not a list', { update: { comment: 'gone' } }],
  ['another field', { update: { labels: [{ add: 'a' }] } }],
])('refuses a comment of %s and keeps the status', async (_name, more) => {
  const key = await created(jira, LOOP);
  expect((await go(key, 'Done', more)).status).toBe(400);
  expect(jira.issues()).toMatchObject([{ status: 'To Do', comments: [] }]);
});

const ODD = { project: { key: 'ODD' } };

test('shows the names before their translation, and offers the resolutions of a screen only', async () => {
  const key = await created(jira, ODD);
  expect((await offered(key))[0]).toMatchObject({
    to: { name: 'Fertig' },
    fields: { resolution: { required: true, allowedValues: [{ name: 'Behoben', untranslatedName: 'Fixed' }, { name: 'Duplikat' }] } },
  });
  expect((await offered(key))[0]?.['to']).not.toHaveProperty('untranslatedName');
  const { text } = await call(jira, 'GET', '/project/ODD/statuses');
  expect(JSON.parse(text)[0].statuses).toMatchObject([{ untranslatedName: 'New' }, { name: 'Fertig', untranslatedName: 'Done' }]);
  expect((await go(key, 'Beenden', { fields: { resolution: { name: 'Done' } } })).status).toBe(400);
  expect((await go(key, 'Beenden', { fields: { resolution: { name: 'Duplikat' } } })).status).toBe(204);
  const { body } = await call(jira, 'GET', '/resolution/search');
  expect(body['values']).toMatchObject(
    ['Done', "Won't Do", 'Duplicate', 'Cannot Reproduce', 'Behoben', 'Duplikat'].map((name) => ({ name })),
  );
});

test('a transition with a condition is neither listed nor taken until the condition is met', async () => {
  const key = await created(jira, ODD);
  expect((await offered(key)).map(({ id, isConditional }) => [id, isConditional])).toEqual([
    ['1', false],
    ['3', false],
  ]);
  expect((await call(jira, 'POST', `/issue/${key}/transitions`, { transition: { id: '2' } })).status).toBe(400);
  await call(jira, 'PUT', `/issue/${key}`, { fields: { assignee: { accountId: jira.credentials.accountId } } });
  expect((await offered(key)).map(({ id }) => id)).toEqual(['1', '2', '3']);
  expect((await go(key, 'Nur Bearbeiter')).status).toBe(204);
});

test('a post-function overwrites the resolution of the screen', async () => {
  const key = await created(jira, ODD);
  expect((await go(key, 'Annehmen', { fields: { resolution: { name: 'Done' } } })).status).toBe(204);
  expect(jira.issues()).toMatchObject([{ status: 'Fertig', resolution: "Won't Do" }]);
});

test('a field that only one transition requires must have a value there', async () => {
  const key = await created(jira, ODD);
  await go(key, 'Annehmen');
  expect((await go(key, 'Wieder öffnen')).body['errors']).toEqual({ customfield_7: 'Reopen reason is required.' });
  expect((await go(key, 'Wieder öffnen', { fields: { customfield_7: { value: 'Other' } } })).status).toBe(400);
  expect((await go(key, 'Wieder öffnen', { fields: { customfield_7: { value: 'Regression' } } })).status).toBe(204);
  expect(jira.issues()).toMatchObject([{ status: 'Neu', resolution: null }]);
});
