import { expect, test } from 'vitest';
import { operationOf } from '../../../src/jira/http/operation.ts';
import { CALL_SCOPES, scopesFor } from '../../../src/jira/http/scopes-for.ts';
import { startJiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { hasOpenApi, openApiScopes } from '../../support/jira/openapi-scopes.ts';

test.each([
  ['POST', 'issue', ['write:jira-work']],
  ['PUT', 'issue/10001/properties/findings-to-jira', ['write:jira-work']],
  ['GET', 'issue/createmeta/SEC/issuetypes/10100', ['read:jira-work']],
  ['GET', 'myself', ['read:jira-user']],
  ['GET', 'something/else', []],
])('%s %s needs %j', (method, path, scopes) => {
  expect(scopesFor(operationOf(method, `/rest/api/3/${path}`).endpoint)).toEqual(scopes);
});

test.skipIf(!hasOpenApi)(
  "the table is that of Jira's OpenAPI document (skipped where neither JIRA_OPENAPI nor ../shared/contracts has it)",
  () => {
    const document = openApiScopes();
    expect(Object.entries(CALL_SCOPES)).toEqual(Object.keys(CALL_SCOPES).map((call) => [call, document.get(call)]));
  },
);

test('the simulated Jira refuses the calls for which the table names the scope', async () => {
  const jira = await startJiraSimulator();
  jira.faults.missingScopes = ['read:jira-work', 'write:jira-work', 'read:jira-user'];
  const authorization = `Bearer ${jira.credentials.bearerToken}`;
  const refused: string[] = [];
  for (const call of Object.keys(CALL_SCOPES)) {
    const [method = '', path = ''] = call.split(' ');
    const answer = await fetch(`${jira.url}/rest/api/3${path.replaceAll('*', 'SEC')}`, { method, headers: { authorization } });
    if (answer.status === 401) refused.push(call);
  }
  await jira.close();
  expect(refused).toEqual(Object.keys(CALL_SCOPES).filter((call) => scopesFor(call).length > 0));
});
