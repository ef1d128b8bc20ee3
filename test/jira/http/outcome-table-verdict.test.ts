import { expect, test } from 'vitest';
import type { Heard } from '../../../src/jira/http/answer.ts';
import { callVerdict } from '../../../src/jira/http/outcome-table.ts';

const http = (status: number, more: object = {}): Heard => ({ kind: 'http', status, headers: {}, json: {}, ...more });

test.each<readonly [string, Heard, ReturnType<typeof callVerdict>]>([
  ['101', http(101), 'jira-bad-answer'],
  ['200', http(200), 'ok'],
  ['201', http(201), 'ok'],
  ['204 without a body', http(204, { json: undefined }), 'ok'],
  ['200 with a login page', http(200, { json: undefined, isPage: true }), 'jira-bad-answer'],
  ['300', http(300), 'jira-bad-answer'],
  ['302', http(302), 'jira-bad-answer'],
  ['400', http(400), 'jira-invalid-request'],
  ['401', http(401), 'jira-auth'],
  ['429', http(429), 'jira-rate-limited'],
  ['503', http(503), 'jira-server-error'],
  ['a reset', { kind: 'network', code: 'ECONNRESET' }, 'jira-unreachable'],
  ['a timeout', { kind: 'network', code: 'ETIMEDOUT' }, 'jira-timeout'],
])('what a call comes to: %s', (_what, answer, verdict) => {
  expect(callVerdict(answer, 0)).toBe(verdict);
});
