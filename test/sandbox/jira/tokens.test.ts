import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { scopesOf } from '../../../src/sandbox/jira/scopes-of.ts';
import { hasOpenApi, openApiScopes } from '../../support/jira/openapi-scopes.ts';
import { basic, call, created, issueFields } from '../simulator-client.ts';

let jira: JiraSimulator;
beforeAll(async () => {
  jira = await startJiraSimulator();
});
beforeEach(() => jira.reset());
afterAll(() => jira.close());

describe('a revoked token', () => {
  test('is refused for every call, and the renewed one is accepted', async () => {
    const { apiToken, renewedApiToken } = jira.credentials;
    jira.faults.revokedTokens = [apiToken];
    for (const [method, path] of [
      ['GET', '/myself'],
      ['POST', '/issue'],
      ['GET', '/nowhere'],
    ] as const) {
      const answer = await call(jira, method, path, method === 'POST' ? { fields: issueFields() } : undefined);
      expect([answer.status, answer.text]).toEqual([401, 'Client must be authenticated to access this resource.']);
    }
    expect(jira.issues()).toEqual([]);
    expect((await call(jira, 'GET', '/myself', undefined, basic(jira, renewedApiToken))).status).toBe(200);
  });

  test('both tokens are accepted before, and no other one is', async () => {
    const statuses = [jira.credentials.apiToken, jira.credentials.renewedApiToken, 'something-else', ''].map(
      async (token) => (await call(jira, 'GET', '/myself', undefined, basic(jira, token))).status,
    );
    expect(await Promise.all(statuses)).toEqual([200, 200, 401, 401]);
  });

  test('a bearer token is revoked alone', async () => {
    const bearer = `Bearer ${jira.credentials.bearerToken}`;
    jira.faults.revokedTokens = [jira.credentials.bearerToken];
    expect((await call(jira, 'GET', '/myself', undefined, bearer)).status).toBe(401);
    expect((await call(jira, 'GET', '/myself')).status).toBe(200);
  });
});

describe('a token without a scope', () => {
  test.each([
    ['write:jira-work', 'POST', '/issue', 'GET', '/myself'],
    ['write:jira-work', 'PUT', '/issue/SEC-1', 'POST', '/search/jql'],
    ['read:jira-work', 'GET', '/issue/SEC-1', 'GET', '/myself'],
    ['read:jira-work', 'POST', '/search/jql', 'GET', '/serverInfo'],
    ['read:jira-user', 'GET', '/myself', 'GET', '/issue/SEC-1'],
    ['read:jira-user', 'GET', '/user/search', 'GET', '/issueLinkType'],
  ])('%s is refused for %s %s, in the words of the gateway, and not for %s %s', async (scope, method, path, otherMethod, otherPath) => {
    await created(jira);
    jira.faults.missingScopes = [scope];
    const ask = (how: string, where: string) => call(jira, how, where, how === 'GET' ? undefined : { jql: 'project = SEC' });
    expect(await ask(method, path)).toMatchObject({ status: 401, body: { code: 401, message: 'Unauthorized; scope does not match' } });
    expect((await ask(otherMethod, otherPath)).status).toBeLessThan(300);
  });

  test.skipIf(!hasOpenApi)(
    "the scopes are those of Jira's OpenAPI document (skipped where neither JIRA_OPENAPI nor ../shared/contracts has it)",
    () => {
      const document = openApiScopes();
      const used = `GET /serverInfo, GET /myself, GET /mypermissions, GET /priority/search, GET /project/*, GET /project/*/statuses,
      GET /project/*/permissionscheme, GET /user/assignable/search, GET /user/search, POST /issue, GET /issue/*, PUT /issue/*, DELETE /issue/*,
      GET /issue/*/transitions, POST /issue/*/transitions, GET /issue/*/comment, POST /issue/*/comment, GET /issue/*/properties,
      GET /issue/*/properties/*, PUT /issue/*/properties/*, POST /issueLink, GET /issueLinkType, POST /search/jql, POST /issue/bulkfetch`;
      for (const operation of used.split(/,\s+/)) expect([operation, scopesOf(operation)]).toEqual([operation, document.get(operation)]);
    },
  );
});
