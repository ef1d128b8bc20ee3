import { expect, test } from 'vitest';
import { operationOf } from '../../../src/jira/http/operation.ts';

test.each<readonly [string, string, string, string | null]>([
  ['POST', 'issue', 'POST /issue', null],
  ['GET', 'issue/10001', 'GET /issue/*', '10001'],
  ['POST', 'issue/10001/transitions', 'POST /issue/*/transitions', '10001'],
  ['POST', 'issue/SEC-7/comment', 'POST /issue/*/comment', 'SEC-7'],
  ['GET', 'issue/A_1-7/comment/30', 'GET /issue/*/comment/*', 'A_1-7'],
  ['POST', 'issue/bulkfetch', 'POST /issue/bulkfetch', null],
  ['POST', 'search/jql', 'POST /search/jql', null],
  ['GET', 'issue/createmeta/SEC/issuetypes', 'GET /issue/createmeta/*/issuetypes', null],
  ['GET', 'issue/createmeta/SEC/issuetypes/10001', 'GET /issue/createmeta/*/issuetypes/*', null],
  ['GET', 'project/SEC/statuses', 'GET /project/*/statuses', null],
  ['GET', 'project/10000', 'GET /project/*', null],
])('%s %s', (method, path, endpoint, issue) => {
  expect(operationOf(method, `/rest/api/3/${path}`)).toEqual({ endpoint, issue });
});
