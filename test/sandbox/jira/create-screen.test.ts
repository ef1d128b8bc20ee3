import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import type { Json, JsonObject } from '../../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { PERSON_ACCOUNT } from '../../../src/sandbox/jira/sandbox-accounts.ts';
import { adf, basic, call, created, issueFields } from '../simulator-client.ts';

/** Fields, people and permissions of a project, as the author of a rule needs them. */

const LEAD = { accountId: '712020:lead', displayName: 'Lee Ad', email: 'lead@example.com', showsEmail: true };
const LEFT = { accountId: '712020:left', displayName: 'Lena Eft', email: 'left@example.com', active: false };
const ELSE = { accountId: '712020:else', displayName: 'El Se', email: 'else@example.com', assignableIn: ['OPEN'] };

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator({
    people: [LEAD, LEFT, ELSE],
    projects: [
      {
        key: 'SEC',
        components: ['Storage'],
        securityLevels: ['Staff'],
        issueTypes: { 'Sub-task': 'simple' },
        subtasks: ['Sub-task'],
        offScreen: ['customfield_9'],
        customFields: [
          { id: 'customfield_1', name: 'Cause', kind: 'select', options: ['Policy', 'Role'], required: true },
          { id: 'customfield_2', name: 'Area', kind: 'cascadingselect', options: [{ label: 'Cloud', below: ['Storage'] }] },
          { id: 'customfield_3', name: 'Squad', kind: 'textfield', required: true, hasDefaultValue: true },
          { id: 'customfield_9', name: 'Hidden', kind: 'textfield' },
          { id: 'customfield_10', name: 'Team', kind: 'rm-teams-custom-field-team', options: ['7'] },
          { id: 'customfield_11', name: 'Request Type', kind: 'vp-origin' },
          { id: 'customfield_12', name: 'Organizations', kind: 'sd-customer-organizations', options: ['322'] },
          { id: 'customfield_13', name: 'Sprint', kind: 'gh-sprint', options: ['37'] },
        ],
      },
      { key: 'OPEN', isTeamManaged: true, browsers: ['anyone'], lacking: ['LINK_ISSUES'] },
    ],
  });
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

async function screen(): Promise<readonly JsonObject[]> {
  const { body } = await call(jira, 'GET', '/issue/createmeta/SEC/issuetypes/10100?maxResults=200');
  return JSON.parse(JSON.stringify(body['fields']));
}

test('the screen lists the fields, their choices, and the required ones', async () => {
  const fields = await screen();
  expect(fields.map(({ fieldId }) => fieldId)).toEqual([
    'project',
    'issuetype',
    'reporter',
    'summary',
    'description',
    'labels',
    'priority',
    'duedate',
    'assignee',
    'parent',
    'components',
    'security',
    'customfield_1',
    'customfield_2',
    'customfield_3',
    'customfield_10',
    'customfield_11',
    'customfield_12',
    'customfield_13',
  ]);
  const cause = fields.find(({ fieldId }) => fieldId === 'customfield_1');
  expect(cause).toMatchObject({
    name: 'Cause',
    required: true,
    hasDefaultValue: false,
    schema: { type: 'option', custom: 'com.atlassian.jira.plugin.system.customfieldtypes:select', customId: 1 },
    allowedValues: [{ value: 'Policy' }, { value: 'Role' }],
  });
  expect(fields.find(({ fieldId }) => fieldId === 'components')).toMatchObject({
    schema: { type: 'array', items: 'component', system: 'components' },
    allowedValues: [{ name: 'Storage' }],
  });
  expect(fields.find(({ fieldId }) => fieldId === 'customfield_2')).toMatchObject({
    allowedValues: [{ value: 'Cloud', children: [{ value: 'Storage' }] }],
  });
});

test('given values are kept and shown, and can be edited', async () => {
  const key = await created(jira, {
    customfield_1: { value: 'Role' },
    components: [{ name: 'Storage' }],
    security: { name: 'Staff' },
    parent: { key: 'SEC-1' },
  });
  const read = await call(jira, 'GET', `/issue/${key}?fields=customfield_1,components,security,parent`);
  expect(read.body['fields']).toEqual({
    customfield_1: { value: 'Role' },
    components: [{ name: 'Storage' }],
    security: { name: 'Staff' },
    parent: { key: 'SEC-1' },
  });
  expect((await call(jira, 'PUT', `/issue/${key}`, { fields: { customfield_1: { value: 'Policy' }, customfield_9: 'x' } })).status).toBe(
    204,
  );
  expect(jira.issues()[0]).toMatchObject({
    otherFields: { customfield_1: { value: 'Policy' }, components: [{ name: 'Storage' }], customfield_9: 'x' },
  });
});

test.each<[string, JsonObject, string, string]>([
  ['a required field that is missing', {}, 'customfield_1', 'customfield_1 is required.'],
  ['an option as text', { customfield_1: 'Role' }, 'customfield_1', "Specify a valid 'id' or 'name' for Cause"],
  ['an unknown option', { customfield_1: { value: 'Other' } }, 'customfield_1', 'is not valid for Cause'],
  [
    'an unknown child option',
    { customfield_1: { value: 'Role' }, customfield_2: { value: 'Cloud', child: { value: 'Land' } } },
    'customfield_2',
    'is not valid for Area',
  ],
  [
    'an unknown component',
    { customfield_1: { value: 'Role' }, components: [{ name: 'Disk' }] },
    'components',
    'is not valid for Components',
  ],
  ['a field off the screen', { customfield_1: { value: 'Role' }, customfield_9: 'x' }, 'customfield_9', 'not on the appropriate screen'],
  ['a long text', { customfield_1: { value: 'Role' }, customfield_3: 'x'.repeat(256) }, 'customfield_3', 'allowed limit of 255 characters'],
  ['a team as an object', { customfield_1: { value: 'Role' }, customfield_10: { id: '7' } }, 'customfield_10', "'JsonData{data="],
  ['a team that is not there', { customfield_1: { value: 'Role' }, customfield_10: '8' }, 'customfield_10', "Team id '8' is not valid"],
  [
    'a request type as an object',
    { customfield_1: { value: 'Role' }, customfield_11: { id: '12' } },
    'customfield_11',
    'Operation value must be a string',
  ],
  ['a request type without a portal', { customfield_1: { value: 'Role' }, customfield_11: 'cloud' }, 'customfield_11', 'is not valid'],
  ['an organization', { customfield_1: { value: 'Role' }, customfield_12: 322 }, 'customfield_12', 'data was not an array'],
  ['organizations as objects', { customfield_1: { value: 'Role' }, customfield_12: [{ id: '322' }] }, 'customfield_12', 'is not valid'],
  [
    'a sprint as a text',
    { customfield_1: { value: 'Role' }, customfield_13: '37' },
    'customfield_13',
    'Number value expected as the Sprint id.',
  ],
  [
    'a sub-task without a parent',
    { customfield_1: { value: 'Role' }, issuetype: { name: 'Sub-task' } },
    'issuetype',
    'Issue type is a sub-task but parent issue key or id not specified.',
  ],
  [
    'an assignee who has left',
    { customfield_1: { value: 'Role' }, assignee: { accountId: LEFT.accountId } },
    'assignee',
    'cannot be assigned issues',
  ],
  [
    'an assignee of another project',
    { customfield_1: { value: 'Role' }, assignee: { accountId: ELSE.accountId } },
    'assignee',
    'cannot be assigned issues',
  ],
])('refuses %s', async (_, more, field, words) => {
  const { status, body } = await call(jira, 'POST', '/issue', { fields: issueFields(more) });
  expect(status).toBe(400);
  expect(body['errors']).toEqual({ [field]: expect.stringContaining(words) });
});

test('takes the bare texts and numbers of apps, and a sub-task with its parent', async () => {
  const more = { customfield_10: '7', customfield_11: 'sec/cloud', customfield_12: [322], customfield_13: 37, parent: { key: 'SEC-1' } };
  const key = await created(jira, { customfield_1: { value: 'Role' }, issuetype: { name: 'Sub-task' }, ...more });
  expect(jira.issues()).toMatchObject([{ key, otherFields: more }]);
});

async function people(path: string): Promise<{ readonly status: number; readonly found: Json }> {
  const response = await fetch(`${jira.url}/rest/api/3/user/${path}`, { headers: { authorization: basic(jira) } });
  return { status: response.status, found: JSON.parse(await response.text()) };
}

test('people are found by the beginning of a name or an address, also a hidden one', async () => {
  expect((await people('assignable/search?project=SEC&query=lead%40example.com')).found).toEqual([
    expect.objectContaining({ accountId: LEAD.accountId, emailAddress: LEAD.email, active: true }),
  ]);
  const { found } = await people('assignable/search?project=SEC&query=le');
  expect(found).toMatchObject([{ accountId: LEAD.accountId }, { accountId: LEFT.accountId, active: false }]);
  expect((await people('assignable/search?project=SEC&query=dana%40example.com')).found).toEqual([
    expect.not.objectContaining({ emailAddress: expect.anything() }),
  ]);
  expect((await people(`assignable/search?project=SEC&accountId=${PERSON_ACCOUNT.accountId}`)).found).toHaveLength(1);
  expect((await people(`assignable/search?project=SEC&accountId=${ELSE.accountId}`)).found).toEqual([]);
  expect((await people(`search?accountId=${ELSE.accountId}`)).found).toHaveLength(1);
});

test.each([
  ['assignable/search?query=x', 400],
  ['assignable/search?project=SEC', 400],
  ['assignable/search?project=SEC&query=x&accountId=y', 400],
  ['assignable/search?project=sec&query=x', 404],
  ['search', 400],
])('%s is refused', async (path, status) => {
  expect((await people(path)).status).toBe(status);
});

test('a project shows its statuses, its readers, and the permissions of the account', async () => {
  const response = await fetch(`${jira.url}/rest/api/3/project/SEC/statuses`, { headers: { authorization: basic(jira) } });
  expect(JSON.parse(await response.text())).toMatchObject([
    {
      name: 'Task',
      statuses: [{ statusCategory: { key: 'new' } }, { statusCategory: { key: 'indeterminate' } }, { statusCategory: { key: 'done' } }],
    },
    { name: 'Bug', subtask: false },
    { name: 'Sub-task', subtask: true },
  ]);
  expect((await call(jira, 'GET', '/project/SEC')).body).toMatchObject({ simplified: false, isPrivate: false });
  expect((await call(jira, 'GET', '/project/OPEN')).body).toMatchObject({ simplified: true, isPrivate: false });
  expect((await call(jira, 'GET', '/project/SEC/permissionscheme')).status).toBe(403);
  expect((await call(jira, 'GET', '/project/OPEN/permissionscheme')).body).toMatchObject({
    permissions: [
      { holder: { type: 'anyone' }, permission: 'BROWSE_PROJECTS' },
      { holder: { type: 'projectRole' }, permission: 'EDIT_ISSUES' },
    ],
  });
  const may = async (key: string): Promise<unknown> =>
    (await call(jira, 'GET', `/mypermissions?projectKey=${key}&permissions=LINK_ISSUES,SET_ISSUE_SECURITY`)).body['permissions'];
  expect(await may('SEC')).toMatchObject({ LINK_ISSUES: { havePermission: true }, SET_ISSUE_SECURITY: { havePermission: true } });
  expect(await may('OPEN')).toMatchObject({ LINK_ISSUES: { havePermission: false }, SET_ISSUE_SECURITY: { havePermission: false } });
  expect((await call(jira, 'GET', '/issueLinkType')).body).toMatchObject({
    issueLinkTypes: expect.arrayContaining([expect.objectContaining({ name: 'Duplicate' })]),
  });
});

test('a comment is internal to the service team only when its property says so', async () => {
  const key = await created(jira, { customfield_1: { value: 'Role' } });
  const properties = [{ key: 'sd.public.comment', value: { internal: true } }];
  const comments = [
    await call(jira, 'POST', `/issue/${key}/comment`, { body: adf('a'), properties }),
    await call(jira, 'POST', `/issue/${key}/comment`, { body: adf('b') }),
  ];
  expect(comments.map(({ body }) => body['jsdPublic'])).toEqual([false, true]);
});
