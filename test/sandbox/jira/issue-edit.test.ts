import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { adf, call, created } from '../simulator-client.ts';

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator();
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

test('edits fields, labels by delta and properties in one request, and records who changed what', async () => {
  const key = await created(jira, { labels: ['a', 'b'] }, [{ key: 'mark', value: 1 }]);
  const { status } = await call(jira, 'PUT', `/issue/${key}`, {
    fields: { summary: 'Still public', priority: { id: '1' } },
    update: { labels: [{ add: 'c' }, { remove: 'a' }] },
    properties: [{ key: 'mark', value: 2 }],
  });
  expect(status).toBe(204);
  expect(jira.issues()).toMatchObject([{ summary: 'Still public', priority: 'Highest', labels: ['b', 'c'], properties: { mark: 2 } }]);
  const who = jira.credentials.accountId;
  expect(jira.issues()[0]?.changelog).toMatchObject([
    { who, field: 'summary', from: 'A bucket is public', to: 'Still public' },
    { who, field: 'labels', from: 'a b', to: 'b c' },
    { who, field: 'priority', from: 'Medium', to: 'Highest' },
  ]);
});

test.each<[string, JsonObject]>([
  ['an unknown field', { fields: { colour: 'red' } }],
  ['an update of another field', { update: { comment: [{ add: { body: adf('hi') } }] } }],
  ['labels in both', { fields: { labels: ['a'] }, update: { labels: [{ add: 'b' }] } }],
  ['a label with a space', { update: { labels: [{ add: 'x y' }] } }],
  ['an unknown operation', { update: { labels: [{ toggle: 'x' }] } }],
  ['two operations in one', { update: { labels: [{ add: 'x', remove: 'a' }] } }],
  ['an operation that is not an object', { update: { labels: ['x'] } }],
])('refuses %s and changes nothing', async (_name, body) => {
  const key = await created(jira, { labels: ['a'] });
  const before = jira.issues();
  expect((await call(jira, 'PUT', `/issue/${key}`, body)).status).toBe(400);
  expect(jira.issues()).toEqual(before);
});

test('never changes the status', async () => {
  const key = await created(jira);
  expect((await call(jira, 'PUT', `/issue/${key}`, { fields: { status: { name: 'Done' } } })).status).toBe(400);
  expect(jira.issues()).toMatchObject([{ status: 'To Do' }]);
});

test('keeps properties: 201 the first time, 200 after', async () => {
  const key = await created(jira);
  const path = `/issue/${key}/properties/mark`;
  expect((await call(jira, 'GET', path)).status).toBe(404);
  expect((await call(jira, 'PUT', path, 'a bare string')).status).toBe(201);
  expect((await call(jira, 'PUT', path, { a: [1] })).status).toBe(200);
  expect((await call(jira, 'GET', path)).body).toEqual({ key: 'mark', value: { a: [1] } });
  expect((await call(jira, 'PUT', path, 'x'.repeat(32_767))).status).toBe(400);
  expect((await call(jira, 'PUT', path)).status).toBe(400);
  expect((await call(jira, 'PUT', `/issue/${key}/properties/${'x'.repeat(256)}`, 1)).status).toBe(400);
});

test('keeps comments in order', async () => {
  const key = await created(jira);
  const first = await call(jira, 'POST', `/issue/${key}/comment`, { body: adf('first') });
  expect(first.status).toBe(201);
  expect(first.body).toMatchObject({ author: { accountId: jira.credentials.accountId }, body: adf('first') });
  await call(jira, 'POST', `/issue/${key}/comment`, { body: adf('second') });
  const page = await call(jira, 'GET', `/issue/${key}/comment?startAt=1&maxResults=1`);
  expect(page.body).toMatchObject({ startAt: 1, maxResults: 1, total: 2, comments: [{ body: adf('second') }] });
});

test.each<[string, Json, string]>([
  ['text', 'hello', 'Atlassian Document'],
  ['a malformed document', { type: 'doc', version: 2, content: [] }, 'INVALID_INPUT'],
  ['too much', adf('x'.repeat(40_000)), 'CONTENT_LIMIT_EXCEEDED'],
])('refuses a comment of %s', async (_name, body, words) => {
  const key = await created(jira);
  const { status, text } = await call(jira, 'POST', `/issue/${key}/comment`, { body });
  expect(status).toBe(400);
  expect(text).toContain(words);
  expect(jira.issues()[0]?.comments).toEqual([]);
});

test('links two issues once, visible from both', async () => {
  const [one, two] = [await created(jira), await created(jira)];
  const link = { type: { name: 'Duplicate' }, inwardIssue: { key: one }, outwardIssue: { key: two } };
  expect((await call(jira, 'POST', '/issueLink', link)).status).toBe(201);
  expect((await call(jira, 'POST', '/issueLink', link)).status).toBe(201);
  expect(jira.issues().map(({ links }) => links.map(({ direction }) => direction))).toEqual([['outward'], ['inward']]);
  expect((await call(jira, 'POST', '/issueLink', { ...link, outwardIssue: { key: 'SEC-99' } })).status).toBe(404);
  expect((await call(jira, 'POST', '/issueLink', { ...link, type: { name: 'Marries' } })).status).toBe(404);
});

test('a deletion through the API is carried out and recorded in the history', async () => {
  const key = await created(jira);
  expect((await call(jira, 'DELETE', `/issue/${key}`)).status).toBe(204);
  expect((await call(jira, 'GET', `/issue/${key}`)).status).toBe(404);
  expect(jira.issues()).toEqual([]);
  expect(jira.history()).toContainEqual(
    expect.objectContaining({ operation: 'DELETE /issue/*', issueKey: key, status: 204, account: jira.credentials.email }),
  );
});

test('a missing issue is 404 everywhere', async () => {
  for (const [method, path] of [
    ['GET', ''],
    ['PUT', ''],
    ['DELETE', ''],
    ['GET', '/transitions'],
    ['POST', '/transitions'],
    ['GET', '/comment'],
    ['POST', '/comment'],
    ['GET', '/properties/a'],
    ['PUT', '/properties/a'],
  ] as const) {
    const { status, body } = await call(jira, method, `/issue/SEC-9${path}`, method === 'GET' || method === 'DELETE' ? undefined : {});
    expect({ method, path, status, messages: body['errorMessages'] }).toEqual({
      method,
      path,
      status: 404,
      messages: ['Issue does not exist or you do not have permission to see it.'],
    });
  }
});
