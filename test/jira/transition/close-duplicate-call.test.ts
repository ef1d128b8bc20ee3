import { expect, test } from 'vitest';
import { doc } from '../../../src/issues/text/adf.ts';
import { closeDuplicateCall } from '../../../src/jira/transition/close-duplicate-call.ts';
import { createOwnAccount } from '../../../src/jira/project/own-account.ts';
import { createWorkflowMaps } from '../../../src/jira/transition/workflow-map.ts';
import { callsTo, scriptJira } from '../../support/jira/scripted-jira.ts';
import { secondIssue } from '../../support/jira/second-issue.ts';

const status = (name: string, key: string): object => ({ name, statusCategory: { key } });

test('a duplicate ends as work that is not done where only that asks for no field: it must not stay open', async () => {
  const transitions = [
    {
      id: '31',
      name: 'Finish',
      to: status('Done', 'done'),
      hasScreen: true,
      fields: { customfield_7: { name: 'Cause', required: true } },
    },
    { id: '41', name: 'Drop', to: status("Won't Do", 'done'), hasScreen: true },
  ];
  const jira = await scriptJira(({ method, url }) => {
    if (method === 'GET') return { status: 200, json: { id: '2', key: 'SEC-2', fields: { status: status('To Do', 'new') }, transitions } };
    return { status: url.endsWith('/transitions') ? 204 : 201 };
  });
  const duplicate = secondIssue({ id: '2', key: 'SEC-2' });
  const calls = callsTo(jira.url);
  const outcome = await closeDuplicateCall(
    calls,
    createOwnAccount(calls),
    createWorkflowMaps(() => Promise.resolve(null)),
    duplicate,
    { id: '1', key: 'SEC-1' },
    { comment: doc(), aim: null },
  );
  expect(outcome).toMatchObject({ outcome: 'transitioned', status: { name: "Won't Do" } });
});
