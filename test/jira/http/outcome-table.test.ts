import { expect, test } from 'vitest';
import type { Answer } from '../../../src/jira/http/answer.ts';
import type { Failure } from '../../../src/issues/failure.ts';
import { createVerdict, failureOf, isRefusal } from '../../../src/jira/http/outcome-table.ts';

const NOW = Date.parse('2026-03-01T10:00:00Z');
const ERRORS = { errorMessages: ["Field 'priority' is required"], errors: { summary: 'is too long' } };

const http = (status: number, json: unknown, headers: Record<string, string> = {}): Answer => ({ kind: 'http', status, headers, json });
const withoutScope = (endpoint: string): Answer => ({ kind: 'http', status: 401, headers: {}, json: ERRORS, lacksScopeFor: endpoint });
const network = (code: string): Answer => ({ kind: 'network', code });

const notSignedIn = (isRefused: boolean): Answer => ({ kind: 'not-signed-in', isRefused, message: 'There is no token' });

/** Jira or a gateway refuses the request unprocessed, in whatever form. */
const NOT_SENT = new Set([401, 407, 425, 429]);

/** What each status means when Jira itself explains it in JSON. */
function expectedWithJson(status: number): string {
  if (NOT_SENT.has(status)) return 'not-sent';
  if (status === 408) return 'uncertain';
  return status >= 400 && status < 500 ? 'rejected' : 'uncertain';
}

const STATUSES = Array.from({ length: 500 }, (_, index) => index + 100);

test('every status with Jira’s JSON', () => {
  const outcomes = STATUSES.map((status) => [status, createVerdict(http(status, ERRORS), NOW).outcome]);
  expect(outcomes).toEqual(STATUSES.map((status) => [status, expectedWithJson(status)]));
});

test.each<readonly [string, unknown]>([
  ['a page or nothing at all', undefined],
  ['a JSON text', 'Client must be authenticated'],
  ['a JSON list', []],
  ['null', null],
])('every status with %s: uncertain, except where the request was not processed', (_, body) => {
  const outcomes = STATUSES.map((status) => [status, createVerdict(http(status, body), NOW).outcome]);
  expect(outcomes).toEqual(STATUSES.map((status) => [status, NOT_SENT.has(status) ? 'not-sent' : 'uncertain']));
});

test.each([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'UND_ERR_CONNECT_TIMEOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
])('%s comes before the request was sent', (code) => {
  expect(createVerdict(network(code), NOW).outcome).toBe('not-sent');
});

test.each([
  'ECONNRESET',
  'ECONNABORTED',
  'EPIPE',
  'ETIMEDOUT',
  'TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_RES_CONTENT_LENGTH_MISMATCH',
  'UND_ERR_ABORTED',
  'HPE_INVALID_CONSTANT',
  'ERR_SSL_WRONG_VERSION_NUMBER',
  'ERR_SSL_DECRYPTION_FAILED_OR_BAD_RECORD_MAC',
  'ANSWER_TOO_LARGE',
  'UNKNOWN',
  '',
  'constructor',
])('%s may come after the request was read', (code) => {
  expect(createVerdict(network(code), NOW).outcome).toBe('uncertain');
});

test.each<readonly [string, Answer, Failure['code'], Failure['retry']]>([
  ['401', http(401, undefined), 'jira-auth', { when: 'backoff' }],
  ['401 for want of a scope', withoutScope('POST /issue'), 'jira-scope', { when: 'seldom' }],
  ['a token that was refused before', { kind: 'token-refused' }, 'jira-auth', { when: 'token-accepted', latestMs: 600_000 }],
  ['403', http(403, ERRORS), 'jira-forbidden', { when: 'seldom' }],
  ['404', http(404, ERRORS), 'jira-not-found', { when: 'seldom' }],
  ['400', http(400, ERRORS), 'jira-invalid-request', { when: 'seldom' }],
  ['413', http(413, ERRORS), 'jira-invalid-request', { when: 'seldom' }],
  ['422', http(422, ERRORS), 'jira-invalid-request', { when: 'seldom' }],
  ['408', http(408, ERRORS), 'jira-server-error', { when: 'backoff' }],
  ['409', http(409, ERRORS), 'jira-server-error', { when: 'backoff' }],
  ['425', http(425, ERRORS), 'jira-server-error', { when: 'backoff' }],
  ['400 as a page', http(400, undefined), 'jira-bad-answer', { when: 'backoff' }],
  ['403 as a page', http(403, undefined), 'jira-bad-answer', { when: 'backoff' }],
  ['200', http(200, undefined), 'jira-bad-answer', { when: 'backoff' }],
  ['200 in JSON, but not as documented', http(200, ERRORS), 'jira-bad-answer', { when: 'backoff' }],
  ['302', http(302, undefined), 'jira-bad-answer', { when: 'backoff' }],
  ['429 with Retry-After', http(429, ERRORS, { 'retry-after': '7' }), 'jira-rate-limited', { when: 'after', afterMs: 7_000 }],
  ['429 without', http(429, undefined), 'jira-rate-limited', { when: 'after', afterMs: 5_000 }],
  ['500', http(500, undefined), 'jira-server-error', { when: 'backoff' }],
  ['503 with Retry-After', http(503, undefined, { 'retry-after': '9' }), 'jira-server-error', { when: 'after', afterMs: 9_000 }],
  ['a time-out', network('TIMEOUT'), 'jira-timeout', { when: 'backoff' }],
  ['a time-out of the socket', network('ETIMEDOUT'), 'jira-timeout', { when: 'backoff' }],
  ['a time-out before the headers', network('UND_ERR_HEADERS_TIMEOUT'), 'jira-timeout', { when: 'backoff' }],
  ['a time-out in the body', network('UND_ERR_BODY_TIMEOUT'), 'jira-timeout', { when: 'backoff' }],
  ['a time-out while connecting', network('UND_ERR_CONNECT_TIMEOUT'), 'jira-timeout', { when: 'backoff' }],
  ['a refused connection', network('ECONNREFUSED'), 'jira-unreachable', { when: 'backoff' }],
  ['a reset', network('ECONNRESET'), 'jira-unreachable', { when: 'backoff' }],
  ['a proxy that wants credentials', http(407, undefined), 'jira-unreachable', { when: 'backoff' }],
  ['a proxy that opens no tunnel', network('ERR_PROXY_TUNNEL'), 'jira-unreachable', { when: 'backoff' }],
  ['a retry-after window', { kind: 'blocked', afterMs: 3_000 }, 'jira-rate-limited', { when: 'after', afterMs: 3_000 }],
  ['a claim that is too old', { kind: 'late' }, 'claim-too-old', { when: 'backoff' }],
  ['no access token for now', notSignedIn(false), 'jira-sign-in', { when: 'backoff' }],
  ['no access token, since our credentials are refused', notSignedIn(true), 'jira-auth', { when: 'token-accepted', latestMs: 600_000 }],
])('the failure of %s', (_, answer, code, retry) => {
  expect(failureOf(answer, NOW)).toMatchObject({ code, retry });
});

test('a create that Jira refused is tried again seldom: an admin has to fix the cause', () => {
  const rejected = STATUSES.map((status) => createVerdict(http(status, ERRORS), NOW)).filter(({ outcome }) => outcome === 'rejected');
  expect(rejected).toHaveLength(95);
  expect(new Set(rejected.map(({ failure }) => failure.retry.when))).toEqual(new Set(['seldom']));
});

test.each<readonly [string, Answer]>([
  ['a token that was refused before', { kind: 'token-refused' }],
  ['a token that is refused', http(401, { code: 401, message: 'Unauthorized' })],
  ['a token without the scope', withoutScope('POST /issue')],
  ['a retry-after window before it', { kind: 'blocked', afterMs: 3_000 }],
  ['a claim that is too old', { kind: 'late' }],
  ['no access token for now', notSignedIn(false)],
  ['credentials that the token endpoint refuses', notSignedIn(true)],
  ['a proxy that wants credentials', http(407, ERRORS)],
  ['a proxy that opens no tunnel', network('ERR_PROXY_TUNNEL')],
  ['a connection that broke before it was ready', { kind: 'network', code: 'ECONNRESET', isUnsent: true }],
])('a create with %s was not sent', (_, answer) => {
  expect(createVerdict(answer, NOW).outcome).toBe('not-sent');
  expect(isRefusal(answer)).toBe(false);
});

test.each<readonly [string, Answer, readonly string[]]>([
  ['401', http(401, undefined), ['credentials', 'JIRA_API_TOKEN', '(HTTP 401)']],
  ['a token that was refused before', { kind: 'token-refused' }, ['credentials', 'nothing was sent', 'JIRA_API_TOKEN']],
  ['no access token', notSignedIn(true), ['There is no token']],
  ['403', http(403, ERRORS), ['permission', '(HTTP 403)']],
  ['404', http(404, ERRORS), ['does not know it', 'may not see it', '(HTTP 404)']],
  ['400', http(400, ERRORS), ['fix the rule or the project', '(HTTP 400)']],
  ['409', http(409, ERRORS), ['busy', '(HTTP 409)']],
  ['200', http(200, undefined), ['not from Jira', 'proxy', '(HTTP 200)']],
  ['500', http(500, undefined), ['failed to answer', '(HTTP 500)']],
  ['429', http(429, undefined), ['slow down', '(HTTP 429)']],
  ['a retry-after window', { kind: 'blocked', afterMs: 3_000 }, ['left alone', 'nothing was sent']],
  ['a claim that is too old', { kind: 'late' }, ['claim was too old']],
  ['a time-out', network('TIMEOUT'), ['did not answer in time', '(TIMEOUT)']],
  ['a reset', network('ECONNRESET'), ['the connection broke', '(ECONNRESET)', 'check JIRA_BASE_URL']],
  ['a certificate', network('CERT_HAS_EXPIRED'), ['was not reached', '(CERT_HAS_EXPIRED)', 'certificate']],
  ['a proxy that wants credentials', http(407, undefined), ['proxy wants credentials', 'HTTPS_PROXY', '(HTTP 407)']],
  ['a proxy that opens no tunnel', network('ERR_PROXY_TUNNEL'), ['(ERR_PROXY_TUNNEL)', 'the proxy in HTTPS_PROXY opened no tunnel']],
])('the failure of %s says what to look at', (_, answer, words) => {
  const { message } = failureOf(answer, NOW);
  expect(words.filter((word) => !message.includes(word))).toEqual([]);
});

test('a missing scope is named with the call that needs it', () => {
  const named = failureOf(withoutScope('POST /issue'), NOW);
  expect(named.message).toBe('The token lacks a scope for POST /issue; it needs write:jira-work (HTTP 401)');
  const unknown = failureOf(withoutScope('GET /new'), NOW);
  expect(unknown.message).toContain('GET /new; see Atlassian');
});

test('a create in a project that Jira does not show has the code of the preflight, whatever the language', () => {
  const json = { errorMessages: [], errors: { project: 'Es ist ein gültiges Projekt erforderlich.' } };
  expect(createVerdict(http(400, json), NOW)).toEqual({
    outcome: 'rejected',
    failure: {
      code: 'project-not-visible',
      message: expect.stringContaining('project'),
      words: 'project: Es ist ein gültiges Projekt erforderlich.',
      retry: { when: 'seldom' },
    },
  });
  expect(createVerdict(http(403, json), NOW).failure.code).toBe('jira-forbidden');
  expect(createVerdict(http(400, { errors: { summary: 'is too long' } }), NOW).failure.code).toBe('jira-invalid-request');
});

test('a failure keeps Jira’s own words', () => {
  expect(failureOf(http(400, ERRORS), NOW).words).toBe("Field 'priority' is required summary: is too long");
});

test('an answer that is nested deeply has an outcome like any other', () => {
  const json: unknown = JSON.parse(`{"errors":{"x":${'['.repeat(100_000)}${']'.repeat(100_000)}}}`);
  expect(createVerdict(http(400, json), NOW)).toMatchObject({ outcome: 'rejected', failure: { code: 'jira-invalid-request' } });
});
