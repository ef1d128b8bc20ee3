import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { basic, call, created, found } from '../simulator-client.ts';

const START = Date.UTC(2026, 10, 20, 12, 0);
let now = START;
let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({ now: () => now });
});
beforeEach(() => {
  now = START;
  jira.reset();
});
afterAll(() => jira.close());

test.each([
  ['labels = "a"', ['SEC-1']],
  ['labels = A', []],
  ['labels in (a, b)', ['SEC-1', 'SEC-2']],
  ['project = PLAT', ['PLAT-1']],
  ['project in (SEC, PLAT) AND labels = b', ['SEC-2', 'PLAT-1']],
  ['labels = a OR (labels = b AND project = PLAT)', ['SEC-1', 'PLAT-1']],
  ['creator = currentUser()', ['SEC-1', 'SEC-2', 'PLAT-1']],
  ['created >= -15m', ['SEC-2', 'PLAT-1']],
  ['created >= "2026-11-20 12:20"', ['PLAT-1']],
  ['created < -15m', ['SEC-1']],
  ['key in (SEC-1, PLAT-1)', ['SEC-1', 'PLAT-1']],
  ['id = 10002', ['SEC-2']],
])('finds by %s', async (jql, keys) => {
  await created(jira, { labels: ['a'] });
  now += 10 * 60_000;
  await created(jira, { labels: ['b'] });
  now += 10 * 60_000;
  await created(jira, { labels: ['b', 'c'], project: { key: 'PLAT' } });
  const expected = jql === 'labels in (a, b)' ? [...keys, 'PLAT-1'] : keys;
  expect(await found(jira, `${jql} ORDER BY created ASC`)).toEqual(expected);
});

test.each([
  ['labels not in (a)', ['SEC-3']],
  ['labels not in (b, c)', ['SEC-2']],
  ['labels is EMPTY', ['SEC-1']],
  ['labels is EMPTY OR labels not in (a, b)', ['SEC-1']],
])('finds issues that lack a label by %s', async (jql, keys) => {
  for (const labels of [[], ['a'], ['b', 'c']]) await created(jira, { labels });
  expect(await found(jira, `${jql} ORDER BY created ASC`)).toEqual(keys);
});

test('creator = currentUser() leaves out the issues of other creators', async () => {
  const key = await created(jira, { labels: ['a'] });
  const copy = jira.person.clone(key);
  expect(await found(jira, 'creator = currentUser()')).toEqual([key]);
  expect(await found(jira, 'labels = a ORDER BY key DESC')).toEqual([copy.key, key]);
});

test.each([
  ['an unbounded query', { jql: 'ORDER BY created' }, 'Unbounded JQL'],
  ['an unsupported query', { jql: 'labels ~ x' }, 'not supported'],
  ['an unknown project', { jql: 'project = NOPE' }, "The value 'NOPE' does not exist for the field 'project'."],
  ['an unknown key', { jql: 'key = SEC-99' }, "An issue with key 'SEC-99' does not exist"],
  ['a token of another query', { jql: 'project = SEC', nextPageToken: 'abc' }, 'page token'],
  ['too many properties', { jql: 'project = SEC', properties: ['1', '2', '3', '4', '5', '6'] }, 'Invalid request payload'],
  ['an unknown parameter', { jql: 'project = SEC', startAt: 0 }, 'Invalid request payload'],
  ['no query', {}, 'Invalid request payload'],
])('refuses %s', async (_name, body, words) => {
  const { status, text } = await call(jira, 'POST', '/search/jql', body);
  expect(status).toBe(400);
  expect(text).toContain(words);
});

test('gives ids only, unless fields or properties are asked for', async () => {
  await created(jira, { labels: ['a'] }, [{ key: 'mark', value: 1 }]);
  const search = async (more: JsonObject): Promise<unknown> =>
    (await call(jira, 'POST', '/search/jql', { jql: 'labels = a', ...more })).body['issues'];
  expect(await search({})).toEqual([{ id: '10001' }]);
  expect(await search({ properties: ['mark'] })).toEqual([{ id: '10001', properties: { mark: 1 } }]);
  expect(await search({ fields: ['labels'], properties: ['mark'] })).toMatchObject([
    { key: 'SEC-1', fields: { labels: ['a'] }, properties: { mark: 1 } },
  ]);
});

test('pages through all issues, also when one is deleted meanwhile', async () => {
  for (let made = 0; made < 7; made += 1) await created(jira, { labels: ['a'] });
  const keys: unknown[] = [];
  let nextPageToken: string | null = null;
  for (let pages = 0; pages < 9; pages += 1) {
    const jql = 'labels = a ORDER BY created ASC';
    const { body } = await call(jira, 'POST', '/search/jql', { jql, fields: ['labels'], maxResults: 3, nextPageToken });
    keys.push(...(Array.isArray(body['issues']) ? body['issues'].map((issue) => Object(issue).key) : []));
    if (pages === 0) jira.person.delete('SEC-1');
    nextPageToken = typeof body['nextPageToken'] === 'string' ? body['nextPageToken'] : null;
    expect(body['isLast']).toBe(nextPageToken === null);
    if (nextPageToken === null) break;
  }
  expect(keys).toEqual(['SEC-1', 'SEC-2', 'SEC-3', 'SEC-4', 'SEC-5', 'SEC-6', 'SEC-7']);
});

test('an issue and a change of its labels can be found only after the lag, and read at once', async () => {
  jira.faults.indexLagMs = 30_000;
  const key = await created(jira, { labels: ['a'] });
  expect((await call(jira, 'GET', `/issue/${key}`)).status).toBe(200);
  now += 29_999;
  expect(await found(jira, 'labels = a')).toEqual([]);
  now += 1;
  expect(await found(jira, 'labels = a')).toEqual([key]);

  jira.person.removeLabel(key, 'a');
  expect(await found(jira, 'labels = a')).toEqual([key]);
  now += 30_000;
  expect(await found(jira, 'labels = a')).toEqual([]);

  jira.person.delete(key);
  expect(await found(jira, 'project = SEC')).toEqual([key]);
});

test('issues in reconcileIssues are read past the index', async () => {
  jira.faults.indexLagMs = 30_000;
  await created(jira, { labels: ['a'] });
  const { body } = await call(jira, 'POST', '/search/jql', { jql: 'labels = a', reconcileIssues: [10_001] });
  expect(body['issues']).toEqual([{ id: '10001' }]);
});

test('the index may lose an issue that it has shown before', async () => {
  jira.faults.indexLosesAgain = true;
  await created(jira, { labels: ['a'] });
  expect([await found(jira, 'labels = a'), await found(jira, 'labels = a'), await found(jira, 'labels = a')]).toEqual([
    ['SEC-1'],
    [],
    ['SEC-1'],
  ]);
});

test('a search may come with warnings', async () => {
  jira.faults.searchWarnings = true;
  expect((await call(jira, 'POST', '/search/jql', { jql: 'project = SEC' })).body).toMatchObject({
    issues: [],
    warnings: [{ type: expect.any(String) }],
  });
});

test('bulk fetch reads past the index, by id or key, in order of the ids, and omits missing issues', async () => {
  jira.faults.indexLagMs = 30_000;
  await created(jira, {}, [{ key: 'mark', value: 1 }]);
  await created(jira);
  const { body } = await call(jira, 'POST', '/issue/bulkfetch', {
    issueIdsOrKeys: ['SEC-2', 'SEC-99', '10001', 'SEC-1'],
    fields: ['status'],
    properties: ['mark'],
  });
  expect(body).toMatchObject({
    issues: [
      { key: 'SEC-1', properties: { mark: 1 } },
      { key: 'SEC-2', properties: {} },
    ],
    issueErrors: [],
  });
  expect((await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: [] })).status).toBe(400);
  expect((await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: Array.from({ length: 101 }, (_, n) => `SEC-${n}`) })).status).toBe(
    400,
  );
});

test('search still shows the old form of an issue whose newest form bulk fetch has read', async () => {
  const key = await created(jira, { labels: ['a'] });
  now += 30_000;
  jira.faults.indexLagMs = 30_000;
  jira.person.edit(key, { labels: ['b'] });
  await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: [key] });
  expect(await found(jira, 'labels = a')).toEqual([key]);
  now += 30_000;
  expect([await found(jira, 'labels = a'), await found(jira, 'labels = b')]).toEqual([[], [key]]);
});

test('anonymous: searches are empty, issues are missing, and no issue can be created', async () => {
  const key = await created(jira, { labels: ['a'] });
  jira.faults.anonymous = true;
  expect(await found(jira, 'labels = a')).toEqual([]);
  expect((await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: [key] })).body).toEqual({ issues: [], issueErrors: [] });
  expect((await call(jira, 'GET', `/issue/${key}`)).status).toBe(404);
  expect((await call(jira, 'GET', '/myself')).status).toBe(401);
  expect((await call(jira, 'GET', '/mypermissions?permissions=CREATE_ISSUES')).body).toMatchObject({
    permissions: { CREATE_ISSUES: { havePermission: false } },
  });
  expect((await call(jira, 'POST', '/issue', { fields: {} })).status).toBe(400);
  jira.faults.anonymous = false;
  jira.faults.unauthorized = true;
  expect((await call(jira, 'POST', '/search/jql', { jql: 'labels = a' }, basic(jira))).status).toBe(401);
});
