import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { adf, basic, call, created, issueFields } from '../simulator-client.ts';

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({
    projects: [{ key: 'SEC' }, { key: 'BARE', offScreen: ['labels', 'priority'], required: ['duedate'] }],
  });
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

test('creates an issue with all its fields and properties', async () => {
  const fields = issueFields({ description: adf('why'), labels: ['a', 'b'], priority: { name: 'High' }, duedate: '2026-12-01' });
  const { status, body } = await call(jira, 'POST', '/issue', { fields, properties: [{ key: 'mark', value: { attempt: 1 } }] });

  expect(status).toBe(201);
  expect(body).toEqual({ id: '10001', key: 'SEC-1', self: `${jira.url}/rest/api/3/issue/10001` });
  expect(jira.issues()).toMatchObject([
    {
      key: 'SEC-1',
      summary: 'A bucket is public',
      description: adf('why'),
      labels: ['a', 'b'],
      priority: 'High',
      dueDate: '2026-12-01',
      status: 'To Do',
      creator: jira.credentials.accountId,
      properties: { mark: { attempt: 1 } },
    },
  ]);
});

test('an issue can be read at once, by id and by key, with the requested parts', async () => {
  await created(jira, { labels: ['a'] }, [{ key: 'mark', value: 'x' }]);
  const byKey = await call(jira, 'GET', '/issue/SEC-1?fields=labels&fields=status&properties=mark,other');
  expect(byKey.body).toMatchObject({ id: '10001', key: 'SEC-1', properties: { mark: 'x' } });
  expect(Object.keys(objectOf(byKey.body['fields']))).toEqual(['labels', 'status']);

  const byId = await call(jira, 'GET', '/issue/10001');
  expect(byId.body['fields']).toMatchObject({
    summary: 'A bucket is public',
    creator: { accountId: jira.credentials.accountId },
    resolution: null,
  });
});

test.each<[string, JsonObject, string]>([
  ['no project', { project: null }, 'valid project is required'],
  ['an unknown project', { project: { key: 'NOPE' } }, 'valid project is required'],
  ['an unknown issue type', { issuetype: { name: 'Epic' } }, 'Specify a valid issue type'],
  ['an unknown priority', { priority: { name: 'Urgent' } }, "Priority name 'Urgent' is not valid"],
  ['an unknown priority id', { priority: { id: '99' } }, 'The priority selected is invalid.'],
  ['an unknown field', { colour: 'red' }, "Field 'colour' cannot be set. It is not on the appropriate screen, or unknown."],
  ['a field named as a property of objects', { constructor: 'red' }, "Field 'constructor' cannot be set."],
  ['an empty summary', { summary: ' ' }, 'You must specify a summary of the issue.'],
  ['a summary with a newline', { summary: 'a\nb' }, 'The summary is invalid because it contains newline characters.'],
  ['a summary that is too long', { summary: 'x'.repeat(256) }, "Summary can't exceed 255 characters."],
  ['a label with a space', { labels: ['x y'] }, "The label 'x y' contains spaces which is invalid."],
  ['a label that is too long', { labels: ['x'.repeat(256)] }, 'exceeds the maximum length of 255'],
  ['labels that are not a list', { labels: 'a' }, 'data was not an array'],
  ['a due date in another form', { duedate: '01.12.2026' }, 'Error parsing date string'],
  ['a due date that does not exist', { duedate: '2026-02-30' }, 'Error parsing date string'],
  ['a description as text', { description: 'why' }, 'Operation value must be an Atlassian Document'],
  ['a malformed description', { description: { type: 'doc', version: 1, content: [{ type: 'text', text: 'a' }] } }, 'INVALID_INPUT'],
  ['a description that is too long', { description: adf('x'.repeat(32_767)) }, 'CONTENT_LIMIT_EXCEEDED'],
  ['an unknown assignee', { assignee: { accountId: 'x' } }, 'User does not exist'],
])('refuses %s', async (_name, more, words) => {
  const { status, body, text } = await call(jira, 'POST', '/issue', { fields: issueFields(more) });
  expect(status).toBe(400);
  expect(body).toEqual({ errorMessages: expect.any(Array), errors: expect.any(Object) });
  expect(text).toContain(words);
  expect(jira.issues()).toEqual([]);
});

test('accepts a summary of 255 characters and a description that just fits', async () => {
  const room = 32_767 - JSON.stringify(adf('')).length;
  await created(jira, { summary: 'x'.repeat(255), description: adf('x'.repeat(room)) });
  expect(jira.issues()).toHaveLength(1);
});

test('a refusal uses up an issue number once the project is known', async () => {
  await call(jira, 'POST', '/issue', { fields: issueFields({ project: { key: 'NOPE' } }) });
  await call(jira, 'POST', '/issue', { fields: issueFields({ description: adf('x'.repeat(32_767)) }) });
  await call(jira, 'POST', '/issue', { fields: issueFields({ issuetype: { name: 'Epic' } }) });
  expect(await created(jira)).toBe('SEC-3');
});

test('a create screen may lack fields and require others', async () => {
  const bare = { project: { key: 'BARE' } };
  const refused = await call(jira, 'POST', '/issue', { fields: issueFields({ ...bare, labels: ['a'] }) });
  expect(refused.body['errors']).toEqual({
    labels: expect.stringContaining('not on the appropriate screen'),
    duedate: 'duedate is required.',
  });

  const key = await created(jira, { ...bare, duedate: '2026-12-01' });
  expect((await call(jira, 'PUT', `/issue/${key}`, { update: { labels: [{ add: 'a' }] } })).status).toBe(204);
  expect(jira.issues()).toMatchObject([{ labels: ['a'], priority: null }]);

  const screen = await call(jira, 'GET', '/issue/createmeta/BARE/issuetypes/10100');
  expect(screen.body['fields']).toEqual(expect.arrayContaining([expect.objectContaining({ fieldId: 'duedate', required: true })]));
  expect(screen.text).not.toContain('"labels"');
});

test.each([
  ['a property value that is too long', [{ key: 'a', value: 'x'.repeat(32_768) }]],
  ['a property key that is too long', [{ key: 'x'.repeat(256), value: 1 }]],
  ['a property without a value', [{ key: 'a' }]],
])('refuses %s', async (_name, properties) => {
  expect((await call(jira, 'POST', '/issue', { fields: issueFields(), properties })).status).toBe(400);
  expect(jira.issues()).toEqual([]);
});

test.each([
  ['no credentials', ''],
  ['a wrong token', 'Basic bm9ib2R5Om5vdGhpbmc='],
  ['another scheme', 'Digest x'],
])('%s: nothing is created', async (_name, authorization) => {
  const { status } = await call(jira, 'POST', '/issue', { fields: issueFields() }, authorization);
  expect(status).toBe(authorization === '' ? 400 : 401);
  expect(jira.issues()).toEqual([]);
});

test('accepts a bearer token', async () => {
  const { body } = await call(jira, 'GET', '/myself', undefined, `Bearer ${jira.credentials.bearerToken}`);
  expect(body).toMatchObject({ accountId: jira.credentials.accountId, emailAddress: jira.credentials.email });
});

test.each([
  ['no JSON', '{', 400],
  ['a list', '[]', 400],
  ['nothing', '', 400],
  ['endless nesting', '['.repeat(900_000), 400],
  [
    'nesting that is too deep',
    `{"fields":{"project":{"key":"SEC"},"issuetype":{"name":"Task"},"summary":"s","description":{"a":${'['.repeat(300_000)}${']'.repeat(300_000)}}}}`,
    400,
  ],
  ['more than a megabyte', JSON.stringify({ fields: issueFields({ summary: 'x'.repeat(1_100_000) }) }), 413],
])('refuses a body of %s', async (_name, body, status) => {
  const response = await fetch(`${jira.url}/rest/api/3/issue`, {
    method: 'POST',
    headers: { authorization: basic(jira), 'content-type': 'application/json' },
    body,
  });
  expect(response.status).toBe(status);
  expect(await response.json()).toHaveProperty('errorMessages');
  expect(jira.issues()).toEqual([]);
});

test('an unknown path is 404 in Jira’s form, and in the history', async () => {
  const { status, body } = await call(jira, 'GET', '/nothing/here?x=1');
  expect({ status, body }).toEqual({ status: 404, body: { code: 404, message: 'HTTP 404 Not Found' } });
  expect(jira.history()).toMatchObject([{ method: 'GET', path: '/rest/api/3/nothing/here', status: 404, done: false }]);
});

test('shows the account, its permissions, and the site', async () => {
  const permissions = await call(jira, 'GET', '/mypermissions?projectKey=SEC&permissions=CREATE_ISSUES,ADMINISTER');
  expect(permissions.body).toMatchObject({
    permissions: { CREATE_ISSUES: { havePermission: true }, ADMINISTER: { havePermission: false } },
  });
  expect((await call(jira, 'GET', '/mypermissions?permissions=FLY')).status).toBe(400);
  expect((await call(jira, 'GET', '/serverInfo')).body).toMatchObject({ deploymentType: 'Cloud', baseUrl: jira.url });
  expect((await call(jira, 'GET', '/project/SEC')).body).toMatchObject({ key: 'SEC', style: 'classic' });
  expect((await call(jira, 'GET', '/project/NOPE')).status).toBe(404);
  expect((await call(jira, 'GET', '/issue/createmeta/SEC/issuetypes')).body).toMatchObject({
    total: 2,
    issueTypes: [{ name: 'Task' }, { name: 'Bug' }],
  });
  expect((await call(jira, 'GET', '/priority/search')).body).toMatchObject({ total: 5, isLast: true });
});

function objectOf(value: unknown): object {
  return typeof value === 'object' && value !== null ? value : {};
}
