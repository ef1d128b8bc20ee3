import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { EDITOR_ACCOUNT_ID, PERSON_ACCOUNT } from '../../../src/sandbox/jira/sandbox-accounts.ts';
import { adf, call, created } from '../simulator-client.ts';

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({
    projects: [
      { key: 'SEC', issueTypes: { Bug: 'strict' } },
      { key: 'PLAT' },
      { key: 'OPS', issueTypes: { Story: 'simple' }, workflow: 'strict' },
    ],
  });
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

const person = PERSON_ACCOUNT.accountId;

test('a person closes an issue over several hops, with a resolution of their own', async () => {
  const key = await created(jira, { issuetype: { name: 'Bug' } });
  expect(jira.person.transition(key, 'Closed', "Won't Do")).toMatchObject({ status: 'Closed', resolution: "Won't Do" });
  const hops = jira.issues()[0]?.changelog.filter(({ field }) => field === 'status');
  expect(hops?.map(({ who, to }) => [who, to])).toEqual([
    [person, 'In Progress'],
    [person, 'In Review'],
    [person, 'Closed'],
  ]);
  expect(() => jira.person.transition(key, 'Frozen')).toThrow('no path');
});

test('a person edits fields and removes labels', async () => {
  const key = await created(jira, { labels: ['a', 'b'] });
  jira.person.edit(key, { summary: 'Mine', duedate: '2027-01-31', description: adf('mine') });
  jira.person.removeLabel(key, 'a');
  expect(jira.issues()).toMatchObject([{ summary: 'Mine', dueDate: '2027-01-31', labels: ['b'], description: adf('mine') }]);
  expect(() => jira.person.edit(key, { summary: '' })).toThrow('summary');
});

test('a clone has the labels, not the properties, and as its creator a person whose account no service uses', async () => {
  const key = await created(jira, { labels: ['a'] }, [{ key: 'mark', value: 1 }]);
  await call(jira, 'POST', `/issue/${key}/comment`, { body: adf('hi') });
  const copy = jira.person.clone(key);
  expect(copy).toMatchObject({ key: 'SEC-2', labels: ['a'], comments: [], creator: EDITOR_ACCOUNT_ID });
  expect(copy.properties).toEqual({});
});

test('a person with edit permission writes and removes a property, which neither the history nor the creator shows', async () => {
  const key = await created(jira, {}, [{ key: 'mark', value: 1 }]);
  const [before] = jira.issues();
  jira.person.writeProperty(key, 'mark', { forged: true });
  expect((await call(jira, 'GET', `/issue/${key}/properties/mark`)).body['value']).toEqual({ forged: true });
  jira.person.writeProperty(key, 'mark');
  expect((await call(jira, 'GET', `/issue/${key}/properties/mark`)).status).toBe(404);
  const [after] = jira.issues();
  expect([after?.creator, after?.properties, after?.changelog, after?.updated]).toEqual([before?.creator, {}, [], before?.updated]);
  expect(after?.propertyWrites).toEqual([
    { who: before?.creator, key: 'mark', value: 1 },
    { who: EDITOR_ACCOUNT_ID, key: 'mark', value: { forged: true } },
    { who: EDITOR_ACCOUNT_ID, key: 'mark' },
  ]);
  expect(() => jira.person.writeProperty(key, '', 1)).toThrow('property key');
});

test('the API removes a property once', async () => {
  const key = await created(jira, {}, [{ key: 'mark', value: 1 }]);
  expect((await call(jira, 'DELETE', `/issue/${key}/properties/mark`)).status).toBe(204);
  expect((await call(jira, 'DELETE', `/issue/${key}/properties/mark`)).status).toBe(404);
});

test('a search leaves properties out on request, other reads show them', async () => {
  const key = await created(jira, { labels: ['a'] }, [{ key: 'mark', value: 1 }]);
  const search = { jql: 'labels = "a"', fields: ['labels'], properties: ['mark'] };
  expect((await call(jira, 'POST', '/search/jql', search)).body['issues']).toMatchObject([{ properties: { mark: 1 } }]);
  jira.faults.searchOmitsProperties = true;
  const [found] = Object((await call(jira, 'POST', '/search/jql', search)).body['issues']);
  expect([found.key, found.properties?.mark]).toEqual([key, undefined]);
  const { body } = await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: [key], properties: ['mark'] });
  expect(body['issues']).toMatchObject([{ properties: { mark: 1 } }]);
});

test('a moved issue keeps its id, is found by both keys, and shows the new one', async () => {
  const key = await created(jira, { labels: ['a'] });
  jira.person.transition(key, 'Done');
  const moved = jira.person.move(key, 'PLAT');
  expect(moved).toMatchObject({ id: '10001', key: 'PLAT-1', status: 'Done' });
  for (const name of [key, 'PLAT-1', '10001']) expect((await call(jira, 'GET', `/issue/${name}`)).body['key']).toBe('PLAT-1');
  const { body } = await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: [key], fields: ['project'] });
  expect(body['issues']).toMatchObject([{ key: 'PLAT-1', fields: { project: { key: 'PLAT' } } }]);
  expect(jira.person.move('PLAT-1', 'OPS')).toMatchObject({ key: 'OPS-1', status: 'Open' });
  expect(await created(jira)).toBe('SEC-2');
});

test('a person may delete an issue without a DELETE in the request history', async () => {
  const key = await created(jira);
  jira.person.delete(key);
  expect((await call(jira, 'GET', `/issue/${key}`)).status).toBe(404);
  expect(jira.history().some(({ method }) => method === 'DELETE')).toBe(false);
  expect(() => jira.person.delete(key)).toThrow(`There is no issue ${key}`);
});

test('a hidden issue, or one of a hidden project, is not shown anywhere, and comes back as it was', async () => {
  const key = await created(jira, { labels: ['a'] });
  const other = await created(jira, { labels: ['a'] });
  const keysOf = (issues: unknown): unknown[] => (Array.isArray(issues) ? issues.map((issue) => Object(issue).key) : []);
  const shown = async (): Promise<unknown> => {
    const found = (await call(jira, 'POST', '/search/jql', { jql: 'labels = "a" ORDER BY created ASC', fields: ['labels'] })).body[
      'issues'
    ];
    const fetched = (await call(jira, 'POST', '/issue/bulkfetch', { issueIdsOrKeys: [key, other] })).body['issues'];
    const project = await call(jira, 'GET', '/project/SEC');
    return [keysOf(found), keysOf(fetched), (await call(jira, 'GET', `/issue/${key}`)).status, project.status];
  };
  const all = [[key, other], [key, other], 200, 200];
  expect(await shown()).toEqual(all);
  jira.person.hide(key);
  expect(await shown()).toEqual([[other], [other], 404, 200]);
  jira.person.show(key);
  expect(await shown()).toEqual(all);
  jira.person.hideProject('SEC');
  expect(await shown()).toEqual([[], [], 404, 404]);
  expect((await call(jira, 'POST', '/search/jql', { jql: 'project = SEC', fields: ['labels'] })).status).toBe(400);
  jira.person.hideProject('SEC', 'archived');
  expect(await shown()).toEqual([[], [], 404, 200]);
  expect((await call(jira, 'GET', '/project/SEC')).body).toMatchObject({ archived: true });
  jira.person.showProject('SEC');
  expect(await shown()).toEqual(all);
});

test('people, issues, history and a reset over HTTP', async () => {
  const act = async (action: JsonObject) =>
    (
      await fetch(`${jira.url}/sandbox/people`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(action),
      })
    ).status;
  const read = async (path: string): Promise<unknown> => await (await fetch(`${jira.url}/sandbox/${path}`)).json();
  await created(jira, { labels: ['a'] });

  expect(await act({ do: 'transition', key: 'SEC-1', status: 'Done', resolution: 'Duplicate' })).toBe(200);
  expect(await act({ do: 'edit', key: 'SEC-1', fields: { summary: 'Mine' } })).toBe(200);
  expect(await act({ do: 'remove-label', key: 'SEC-1', label: 'a' })).toBe(200);
  expect(await act({ do: 'clone', key: 'SEC-1' })).toBe(200);
  expect(await act({ do: 'move', key: 'SEC-1', project: 'PLAT' })).toBe(200);
  for (const action of [
    { do: 'hide', key: 'SEC-2' },
    { do: 'show', key: 'SEC-2' },
    { do: 'hide-project', project: 'SEC' },
    { do: 'show-project', project: 'SEC' },
  ])
    expect(await act(action)).toBe(200);
  expect(await act({ do: 'delete', key: 'SEC-2' })).toBe(200);
  expect(await act({ do: 'delete', key: 'SEC-2' })).toBe(409);
  expect(await act({ do: 'fire', key: 'SEC-1' })).toBe(400);
  expect(await act({ do: 'clone' })).toBe(400);
  expect(await read('issues')).toMatchObject([{ key: 'PLAT-1', status: 'Done', resolution: 'Duplicate', summary: 'Mine', labels: [] }]);
  expect(await read('history')).toMatchObject([{ operation: 'POST /issue', status: 201, issueKey: 'SEC-1' }]);

  expect((await fetch(`${jira.url}/sandbox/reset`, { method: 'POST' })).status).toBe(204);
  expect([await read('issues'), await read('history')]).toEqual([[], []]);
  expect(await created(jira)).toBe('SEC-1');
});
