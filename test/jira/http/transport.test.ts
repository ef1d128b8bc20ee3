import { createIssue, getCurrentUser, getIssue } from '../../../src/jira/http/jira-js.ts';
import { once } from 'node:events';
import { createServer } from 'node:net';
import { expect, test } from 'vitest';
import type { Answer } from '../../../src/jira/http/answer.ts';
import { createVerdict } from '../../../src/jira/http/outcome-table.ts';
import type { JiraCredentials } from '../../../src/jira/http/sign-in.ts';
import { createTransport } from '../../../src/jira/http/transport.ts';
import { directFetch } from '../../support/servers/direct-network.ts';
import { BASIC, callsTo, scriptJira, signInBy, systemClock, type Reply } from '../../support/jira/scripted-jira.ts';

const ISSUE = { fields: { summary: 'x', project: { key: 'SEC' }, issuetype: { name: 'Task' } } };

const noPause = (): Promise<number> => Promise.resolve(0);

async function answerTo(reply: Reply, timeoutMs = 5_000): Promise<Answer> {
  const jira = await scriptJira(() => reply);
  return callsTo(jira.url, timeoutMs).ask((client) => createIssue(client, ISSUE));
}

test.each<readonly [string, JiraCredentials, string]>([
  ['basic', BASIC, `Basic ${Buffer.from('robot@example.com:the-api-token').toString('base64')}`],
  ['basic with letters beyond ASCII', { kind: 'basic', email: 'zoë@example.com', apiToken: 't' }, 'Basic em/Dq0BleGFtcGxlLmNvbTp0'],
  ['bearer', { kind: 'bearer', token: 'the-bearer-token' }, 'Bearer the-bearer-token'],
])('%s credentials go along, and JSON is asked for', async (_, credentials, authorization) => {
  const jira = await scriptJira(() => ({ status: 200, json: { accountId: 'me' } }));
  const ask = createTransport({
    baseUrl: jira.url,
    signIn: signInBy(credentials),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 5_000,
    heldBack: () => null,
    blockedForMs: noPause,
    onAnswer: () => undefined,
    clock: systemClock,
  });
  expect(await ask((client) => getCurrentUser(client))).toMatchObject({ kind: 'http', status: 200, json: { accountId: 'me' } });
  expect(jira.requests).toMatchObject([
    { method: 'GET', url: '/rest/api/3/myself', headers: { authorization, accept: 'application/json' } },
  ]);
});

test('under the gateway’s path, too', async () => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  await callsTo(`${jira.url}/ex/jira/cloud-id`).ask((client) => getCurrentUser(client));
  expect(jira.lines()).toEqual(['GET /ex/jira/cloud-id/rest/api/3/myself']);
});

test('a create is one POST of JSON', async () => {
  const jira = await scriptJira(() => ({ status: 201, json: { id: '1', key: 'SEC-1' } }));
  const answer = await callsTo(jira.url).ask((client) => createIssue(client, ISSUE));
  expect(answer).toMatchObject({ kind: 'http', status: 201, json: { id: '1', key: 'SEC-1' } });
  expect(jira.requests).toMatchObject([
    { method: 'POST', url: '/rest/api/3/issue', body: ISSUE, headers: { 'content-type': 'application/json' } },
  ]);
});

test('lists in a query are repeated', async () => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  const { ask } = callsTo(jira.url);
  await ask((client) =>
    client.sendRequest({
      url: '/rest/api/3/issue/1',
      method: 'GET',
      searchParams: { fields: ['status', 'a b&c'], expand: 'transitions', no: undefined },
    }),
  );
  await ask((client) => getIssue(client, { issueIdOrKey: '1', fields: ['status', 'labels'], expand: 'transitions' }));
  const queries = jira.requests.map(({ url }) => new URL(url, jira.url).searchParams);
  expect(queries.map((query) => [query.getAll('fields'), query.get('expand'), query.has('no')])).toEqual([
    [['status', 'a b&c'], 'transitions', false],
    [['status', 'labels'], 'transitions', false],
  ]);
});

test.each([301, 302, 303, 307, 308])('a %i is an answer, and is not followed', async (status) => {
  const jira = await scriptJira(() => ({ status, headers: { location: '/login' } }));
  const answer = await callsTo(jira.url).ask((client) => createIssue(client, ISSUE));
  expect(answer).toMatchObject({ kind: 'http', status, headers: { location: '/login' } });
  expect(jira.lines()).toEqual(['POST /rest/api/3/issue']);
  expect(createVerdict(answer, 0).outcome).toBe('uncertain');
});

test.each<readonly [string, Reply, number, unknown]>([
  ['a login page with 200', { status: 200, text: '<html>Log in</html>' }, 200, undefined],
  ['a page that says that it is JSON', { status: 200, text: '<html>', headers: { 'content-type': 'application/json' } }, 200, undefined],
  ['JSON that says that it is a page', { status: 200, text: '{"a":1}' }, 200, { a: 1 }],
  ['a truncated 201', { status: 201, text: '{"id":"1","ke' }, 201, undefined],
  ['an empty 201', { status: 201 }, 201, undefined],
  ['204', { status: 204 }, 204, undefined],
  ['a 503 with a page', { status: 503, text: 'Service Unavailable', headers: { 'retry-after': '3' } }, 503, undefined],
])('%s comes through as it is', async (_, reply, status, json) => {
  const answer = await answerTo(reply);
  expect(answer).toMatchObject({ kind: 'http', status });
  expect(answer.kind === 'http' && answer.json).toEqual(json);
});

test('headers are kept', async () => {
  const answer = await answerTo({
    status: 429,
    json: {},
    headers: { 'Retry-After': '7', 'RateLimit-Reason': 'jira-burst-based', 'X-RateLimit-Reset': '2026-03-26T16:00Z' },
  });
  expect(answer).toMatchObject({
    headers: { 'retry-after': '7', 'ratelimit-reason': 'jira-burst-based', 'x-ratelimit-reset': '2026-03-26T16:00Z' },
  });
});

test.each<readonly [string, Reply, string]>([
  ['never answers', () => undefined, 'TIMEOUT'],
  ['stops after the headers', (response) => response.writeHead(201).flushHeaders(), 'TIMEOUT'],
  ['stops in the middle of the body', (response) => void response.writeHead(201, { 'content-length': '100' }).write('{"id":'), 'TIMEOUT'],
])('a server that %s: a timeout, and the outcome is uncertain', async (_, reply, code) => {
  const answer = await answerTo(reply, 250);
  expect(answer).toEqual({ kind: 'network', code });
  expect(createVerdict(answer, 0)).toMatchObject({ outcome: 'uncertain', failure: { code: 'jira-timeout' } });
});

test.each<readonly [string, Reply]>([
  ['closes before it answers', (response) => void response.socket?.destroy()],
  ['resets before it answers', (response) => void response.socket?.resetAndDestroy()],
  [
    'cuts the body',
    (response) => void response.writeHead(201, { 'content-length': '100' }).write('{"id":', () => response.socket?.destroy()),
  ],
  ['cuts a body of unknown length', (response) => void response.writeHead(201).write('{"id":', () => response.socket?.resetAndDestroy())],
  ['speaks something else', (response) => void response.socket?.end('NONSENSE\r\n\r\n')],
])('a server that %s: the outcome is uncertain', async (_, reply) => {
  const answer = await answerTo(reply);
  expect(answer.kind).toBe('network');
  expect(createVerdict(answer, 0)).toMatchObject({ outcome: 'uncertain', failure: { code: 'jira-unreachable' } });
});

test('a body without end is cut off', async () => {
  const answer = await answerTo((response) => {
    const megabyte = Buffer.alloc(1024 * 1024, 'x');
    const more = (): void => {
      if (!response.destroyed) response.write(megabyte, more);
    };
    response.writeHead(200);
    more();
  }, 30_000);
  expect(answer).toEqual({ kind: 'network', code: 'ANSWER_TOO_LARGE' });
});

test('a closed port: nothing was sent', async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  const port = typeof address === 'object' ? address?.port : 0;
  for (const host of ['127.0.0.1', 'localhost']) {
    const { ask, answers } = callsTo(`http://${host}:${port}`);
    const answer = await ask((client) => createIssue(client, ISSUE));
    expect(answer).toEqual({ kind: 'network', code: 'ECONNREFUSED', isUnsent: true });
    expect(createVerdict(answer, 0).outcome).toBe('not-sent');
    expect(answers).toEqual([answer]);
  }
});

test('a name that does not exist: nothing was sent', async () => {
  const answer = await callsTo('http://no-such-host.invalid').ask((client) => createIssue(client, ISSUE));
  expect(answer.kind === 'network' && ['ENOTFOUND', 'EAI_AGAIN']).toContain(answer.kind === 'network' && answer.code);
  expect(createVerdict(answer, 0).outcome).toBe('not-sent');
});

test.each([
  '/rest/api/3/issue/A-1/../../myself',
  '/rest/api/3/issue/1?x=1',
  '/rest/api/3/issue/1#',
  '/rest/api/3/issue/%2e%2e',
  '/rest/api/3/',
  '/rest/api/2/issue',
  '//evil.example/rest/api/3/x',
  'http://evil.example/rest/api/3/x',
  '/rest/api/3/issue/1\n',
])('the path %j does not go out', async (url) => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  const { ask, answers } = callsTo(jira.url);
  await expect(ask((client) => client.sendRequest({ url, method: 'GET' }))).rejects.toThrow('A Jira path holds characters');
  expect([jira.requests, answers]).toEqual([[], []]);
});

test('an id that would lead elsewhere does not go out', async () => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  await expect(callsTo(jira.url).ask((client) => getIssue(client, { issueIdOrKey: 'A-1/../../myself?x=1#' }))).rejects.toThrow(
    'A Jira path holds characters',
  );
  expect(jira.requests).toEqual([]);
});

test('a call that sends nothing is an error, and an error of the caller stays one', async () => {
  const { ask } = callsTo('http://127.0.0.1:1');
  await expect(ask(async () => undefined)).rejects.toThrow('without having asked');
  await expect(ask(async () => Promise.reject(new RangeError('mine')))).rejects.toThrow(RangeError);
});

test('every answer is reported, and none holds the credentials', async () => {
  const replies: Reply[] = [{ status: 401, text: 'no' }, { status: 500 }, (response) => void response.socket?.destroy()];
  const jira = await scriptJira((_, index) => replies[index]);
  const { ask, answers } = callsTo(jira.url);
  for (const _ of replies) await ask((client) => createIssue(client, ISSUE));
  expect(answers.map((answer) => (answer.kind === 'http' ? answer.status : answer.kind))).toEqual([401, 500, 'network']);
  const output = JSON.stringify([answers, answers.map((answer) => createVerdict(answer, 0))]);
  for (const secret of ['the-api-token', Buffer.from('robot@example.com:the-api-token').toString('base64')])
    expect(output).not.toContain(secret);
});

test('credentials that no header can hold are not reported either', async () => {
  const ask = createTransport({
    baseUrl: 'http://127.0.0.1:1',
    signIn: signInBy({ kind: 'bearer', token: 'secret\nline' }),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 1_000,
    heldBack: () => null,
    blockedForMs: noPause,
    onAnswer: () => undefined,
    clock: systemClock,
  });
  const answer = await ask((client) => getCurrentUser(client));
  expect(answer.kind).toBe('network');
  expect(JSON.stringify(answer)).not.toContain('secret');
});

test.each([
  ['connect', 'ECONNREFUSED', 'not-sent'],
  ['read', 'ECONNREFUSED_LATER', 'uncertain'],
])('a refusal from the system call %s: a request on an open connection may have been read', async (syscall, code, outcome) => {
  const error = new Error('fetch failed', { cause: Object.assign(new Error('refused'), { code: 'ECONNREFUSED', syscall }) });
  const { ask } = callsTo('http://127.0.0.1:1', 5_000, systemClock, () => Promise.reject(error));
  const answer = await ask((client) => createIssue(client, ISSUE));
  expect([answer, createVerdict(answer, 0).outcome]).toEqual([{ kind: 'network', code }, outcome]);
});

test('a blocked request is not sent, and a blocked create counts as not sent', async () => {
  const jira = await scriptJira(() => ({ status: 201, json: {} }));
  const asked: unknown[] = [];
  const ask = createTransport({
    baseUrl: jira.url,
    signIn: signInBy(BASIC),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 5_000,
    heldBack: () => null,
    blockedForMs: async (operation) => asked.push(operation) * 7_000,
    onAnswer: () => expect.unreachable(),
    clock: systemClock,
  });
  const answer = await ask((client) => createIssue(client, ISSUE));
  expect(answer).toEqual({ kind: 'blocked', afterMs: 7_000 });
  expect(asked).toEqual([{ endpoint: 'POST /issue', issue: null }]);
  expect(jira.requests).toEqual([]);
  expect(createVerdict(answer, Date.now())).toMatchObject({
    outcome: 'not-sent',
    failure: { code: 'jira-rate-limited', retry: { when: 'after', afterMs: 7_000 } },
  });
});

test('an answer is reported with its operation', async () => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  const heard: unknown[] = [];
  const onAnswer = (...output: unknown[]): void => void heard.push(output[1]);
  const ask = createTransport({
    baseUrl: jira.url,
    signIn: signInBy(BASIC),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 5_000,
    heldBack: () => null,
    blockedForMs: noPause,
    onAnswer,
    clock: systemClock,
  });
  await ask((client) => getIssue(client, { issueIdOrKey: '10001', fields: ['status'] }));
  expect(heard).toEqual([{ endpoint: 'GET /issue/*', issue: '10001' }]);
});

test.each([
  [{ 'atl-traceid': '7a2f-01_x' }, '7a2f-01_x'],
  [{ 'x-arequestid': 'abc' }, 'abc'],
  [{ 'atl-traceid': 'not <one>', 'x-arequestid': 'abc' }, 'abc'],
  [{ 'atl-traceid': 'a'.repeat(101) }, null],
  [{}, null],
])('a request is reported with the id that its answer names: %j', async (headers, requestId) => {
  const jira = await scriptJira(() => ({ status: 201, json: {}, headers }));
  const heard: unknown[] = [];
  await callsTo(jira.url).ask(
    (client) => createIssue(client, ISSUE),
    (one) => heard.push(one),
  );
  expect(heard).toEqual([{ operation: 'POST /issue', result: '201', requestId, tookMs: expect.any(Number) }]);
});

test('a request without an answer is reported with the code of the network, and a blocked one is not reported', async () => {
  const jira = await scriptJira(() => (response) => response.destroy());
  const heard: { result: string; requestId: string | null }[] = [];
  await callsTo(jira.url).ask(
    (client) => createIssue(client, ISSUE),
    (one) => heard.push(one),
  );
  const held = createTransport({
    baseUrl: jira.url,
    signIn: signInBy(BASIC),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 5_000,
    heldBack: () => null,
    blockedForMs: async () => 1_000,
    onAnswer: () => undefined,
    clock: systemClock,
  });
  await held(
    (client) => createIssue(client, ISSUE),
    (one) => heard.push(one),
  );
  expect(heard).toEqual([
    { operation: 'POST /issue', result: expect.stringMatching(/^[A-Z_]+$/), requestId: null, tookMs: expect.any(Number) },
  ]);
});

test.each<readonly [string, Reply, string | undefined]>([
  ['in JSON', { status: 401, json: { code: 401, message: 'Unauthorized; scope does not match' } }, 'POST /issue'],
  ['as a text', { status: 401, text: 'Unauthorized; Scope does not match' }, 'POST /issue'],
  ['nothing of it', { status: 401, json: { code: 401, message: 'Unauthorized' } }, undefined],
  ['in a refusal of another kind', { status: 403, json: { message: 'scope does not match' } }, undefined],
])('a 401 that says %s', async (_, reply, endpoint) => {
  const answer = await answerTo(reply);
  expect(answer.kind === 'http' ? answer.lacksScopeFor : 'not http').toBe(endpoint);
});

test('nothing is sent while the token is refused', async () => {
  const jira = await scriptJira(() => ({ status: 200, json: {} }));
  const ask = createTransport({
    baseUrl: jira.url,
    signIn: signInBy(BASIC),
    fetch: directFetch,
    onNotSignedIn: () => undefined,
    timeoutMs: 5_000,
    blockedForMs: noPause,
    heldBack: ({ endpoint }) => (endpoint === 'POST /issue' ? { kind: 'token-refused' } : null),
    onAnswer: () => undefined,
    clock: systemClock,
  });
  expect(await ask((client) => createIssue(client, ISSUE))).toEqual({ kind: 'token-refused' });
  expect(await ask((client) => getCurrentUser(client))).toMatchObject({ kind: 'http' });
  expect(jira.lines()).toEqual(['GET /rest/api/3/myself']);
});
