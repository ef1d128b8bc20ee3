import { test } from 'vitest';
import type { Failure } from '../../src/issues/failure.ts';
import type { Answer } from '../../src/jira/http/answer.ts';
import { operationOf } from '../../src/jira/http/operation.ts';
import { createVerdict, failureOf, isRefusal } from '../../src/jira/http/outcome-table.ts';
import { afterFailure } from '../../src/pipeline/reconcile/reconcile-context.ts';
import { newGroup } from '../../src/issues/group-record.ts';
import { lookupDelayMs, retryDelayMs, retryAfterMs } from '../../src/issues/retry-policy.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { BEGIN_MS } from './finding-of.ts';
import { golden } from './golden.ts';

const outcomes = golden('outcomes');

const BODIES: readonly (readonly [name: string, json: unknown, isPage: boolean])[] = [
  ['nothing', undefined, false],
  ['page', undefined, true],
  ['empty object', {}, false],
  ['words', { errorMessages: ['No.'], errors: { summary: 'is missing', labels: 'are not on the screen' } }, false],
  ['one message', { message: 'Nobody is here', code: 404 }, false],
  ['list', [], false],
  ['text', 'no', false],
];
const HEADERS: readonly Readonly<Record<string, string>>[] = [
  {},
  { 'retry-after': '30' },
  { 'retry-after': 'Wed, 01 Apr 2026 00:10:00 GMT' },
  { 'retry-after': 'soon' },
  { 'x-ratelimit-reset': '2026-04-01T00:05:00Z', 'ratelimit-reason': 'jira-burst-based' },
];
const CODES = [
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'ECONNREFUSED_LATER',
  'EHOSTUNREACH',
  'EHOSTUNREACH_LATER',
  'ENETUNREACH',
  'ENETUNREACH_LATER',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
  'ETIMEDOUT',
  'TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_SOCKET',
  'UND_ERR_ABORTED',
  'ECONNRESET',
  'EPIPE',
  'EPROTO',
  'ANSWER_TOO_LARGE',
  'HPE_INVALID_CONSTANT',
  'UNKNOWN',
];

function verdictOf(answer: Answer): object {
  return { create: createVerdict(answer, BEGIN_MS), failure: failureOf(answer, BEGIN_MS), isRefusal: isRefusal(answer) };
}

test.each(range(5).map((hundred) => 100 * (hundred + 1)))('what a status from %i on means', (first) => {
  const rows = range(100).flatMap((n) =>
    BODIES.flatMap(([body, json, isPage]) =>
      HEADERS.map((headers) => {
        const status = first + n;
        const plain: Answer = { kind: 'http', status, headers, json };
        const answer: Answer = isPage ? { kind: 'http', status, headers, json, isPage: true } : plain;
        return { asked: `${status} ${body} ${JSON.stringify(headers)}`, verdict: verdictOf(answer) };
      }),
    ),
  );
  outcomes.check(`statuses-${first}`, 'outcomes', rows);
});

test('what a fault of the network means, and what was not sent', () => {
  const network = CODES.map((code) => {
    const answer: Answer = { kind: 'network', code };
    return { asked: code, verdict: verdictOf(answer) };
  });
  const held: Answer = { kind: 'blocked', afterMs: 9_000 };
  const late: Answer = { kind: 'late' };
  outcomes.check('network', 'outcomes', [
    ...network,
    { asked: 'held', verdict: verdictOf(held) },
    { asked: 'late', verdict: verdictOf(late) },
  ]);
});

test('when what failed is tried again', () => {
  const failures: readonly Failure[] = [
    { code: 'jira-unreachable', message: 'm', words: null, retry: { when: 'backoff' } },
    { code: 'jira-forbidden', message: 'm', words: 'no', retry: { when: 'seldom' } },
    { code: 'jira-server-error', message: 'm', words: null, retry: { when: 'after', afterMs: 1_000 } },
    { code: 'jira-server-error', message: 'm', words: null, retry: { when: 'after', afterMs: 600_000 } },
    { code: 'jira-rate-limited', message: 'm', words: null, retry: { when: 'after', afterMs: 10 } },
    { code: 'jira-rate-limited', message: 'm', words: null, retry: { when: 'after', afterMs: 30_000 } },
  ];
  const delays = failures.flatMap((failure) =>
    range(10).map((n) => [0, 0.5, 1].map((spread) => retryDelayMs(failure, n + 1, spread)).concat(retryAfterMs(failure))),
  );
  const records = failures.map((failure) => {
    let record = newGroup('f-group', ['finding'], BEGIN_MS);
    return range(6).map((n) => {
      const { next, retryInMs } = afterFailure(record, failure, BEGIN_MS + n * 20_000);
      record = next;
      return { record: next, retryInMs };
    });
  });
  outcomes.check('retries', 'outcomes', { delays, looks: range(8).map((made) => lookupDelayMs(made)), records });
});

test('how requests are called', () => {
  const paths = [
    'issue',
    'issue/10001',
    'issue/SEC-1/transitions',
    'issue/createmeta/SEC/issuetypes/10100',
    'project/SEC/statuses',
    'myself',
  ];
  outcomes.check(
    'operations',
    'outcomes',
    paths.flatMap((path) => ['GET', 'POST', 'PUT'].map((method) => operationOf(method, `/rest/api/3/${path}`))),
  );
});

test('nothing that was recorded is missing', async () => {
  await outcomes.finish();
});
