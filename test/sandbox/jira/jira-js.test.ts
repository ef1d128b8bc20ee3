import { createCloudClient } from 'jira.js';
import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { adf } from '../simulator-client.ts';

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator();
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

test('the published client reads every answer without a schema mismatch', async () => {
  const { email, apiToken } = jira.credentials;
  const client = createCloudClient({ host: jira.url, auth: { type: 'basic', email, apiToken }, onSchemaMismatch: 'throw' });

  const issue = await client.issues.createIssue({
    fields: {
      project: { key: 'SEC' },
      issuetype: { name: 'Task' },
      summary: 'A bucket is public',
      labels: ['a'],
      description: { type: 'doc', version: 1, content: [] },
    },
    properties: [{ key: 'mark', value: { attempt: 1 } }],
  });
  expect(issue.key).toBe('SEC-1');
  await client.issueComments.addComment({
    issueIdOrKey: 'SEC-1',
    body: { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'hi' }] }] },
  });
  const { transitions } = await client.issues.getTransitions({ issueIdOrKey: 'SEC-1', expand: 'transitions.fields' });
  const done = transitions?.find(({ to }) => to?.statusCategory?.key === 'done');
  await client.issues.doTransition({ issueIdOrKey: 'SEC-1', transition: { id: done?.id ?? '' } });
  const search = await client.issueSearch.searchAndReconsileIssuesUsingJqlPost({
    jql: 'labels = a',
    fields: ['*all'],
    properties: ['mark'],
  });
  expect(search.issues).toMatchObject([
    { key: 'SEC-1', fields: { status: { name: 'Done' }, comment: { total: 1 } }, properties: { mark: { attempt: 1 } } },
  ]);
  expect((await client.issues.bulkFetchIssues({ issueIdsOrKeys: ['SEC-1'] })).issues).toHaveLength(1);
  expect((await client.issues.getCreateIssueMetaIssueTypes({ projectIdOrKey: 'SEC' })).issueTypes).toHaveLength(2);
  expect((await client.myself.getCurrentUser()).accountId).toBe(jira.credentials.accountId);
  expect((await client.serverInfo.getServerInfo()).deploymentType).toBe('Cloud');
  expect((await client.issues.getIssue({ issueIdOrKey: 'SEC-1' })).key).toBe('SEC-1');
  expect(jira.issues()[0]?.comments).toMatchObject([{ body: adf('hi') }]);
});
