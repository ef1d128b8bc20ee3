import type { Failure, FailureCode, Retry } from '../../issues/failure.ts';
import { isJsonObject } from '../../findings/json.ts';
import type { Answer, HttpAnswer } from './answer.ts';
import { ownWords } from './own-words.ts';
import { scopesFor } from './scopes-for.ts';
import { retryAfterMs } from './retry-after.ts';

/** What an answer to a create means: may the issue exist, and may the same request be sent again. */
export interface CreateVerdict {
  readonly outcome: 'rejected' | 'not-sent' | 'uncertain';
  readonly failure: Failure;
}

/** Network codes from before a request is on the wire: there is no issue. With every other code the request may have been read. */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'UNABLE_TO_GET_ISSUER_CERT_LOCALLY',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);

const TIMEOUTS: ReadonlySet<string> = new Set([
  'ETIMEDOUT',
  'TIMEOUT',
  'UND_ERR_HEADERS_TIMEOUT',
  'UND_ERR_BODY_TIMEOUT',
  'UND_ERR_CONNECT_TIMEOUT',
]);

const BACKOFF: Retry = { when: 'backoff' };
const SELDOM: Retry = { when: 'seldom' };

/** Statuses that Jira, or a proxy in front of it, sends without having processed the request. */
const REFUSED_UNREAD: ReadonlySet<number> = new Set([401, 425, 429]);

/** A request that timed out at a gateway may have been processed behind it. */
const REQUEST_TIMEOUT = 408;

/**
 * The one table of what an answer to `POST /issue` means. A 201 with id and key never comes here.
 * Anything that is not a plain refusal in Jira's own JSON is uncertain: a proxy's page says nothing about what Jira did.
 * @param nowMs epoch ms, for a `Retry-After` that is a date
 */
export function createVerdict(answer: Answer, nowMs: number): CreateVerdict {
  const failure = failureOf(answer, nowMs);
  if (answer.kind === 'blocked' || answer.kind === 'late' || answer.kind === 'token-refused') return { outcome: 'not-sent', failure };
  if (answer.kind === 'network') return { outcome: NEVER_SENT.has(answer.code) ? 'not-sent' : 'uncertain', failure };
  if (REFUSED_UNREAD.has(answer.status)) return { outcome: 'not-sent', failure };
  if (!isRefusal(answer) || answer.status === REQUEST_TIMEOUT) return { outcome: 'uncertain', failure };
  const refused: Failure = { ...failure, retry: SELDOM };
  return { outcome: 'rejected', failure: namesProject(answer) ? { ...refused, ...NO_PROJECT } : refused };
}

/** The code and the cause are those of the preflight. */
const NO_PROJECT = {
  code: 'project-not-visible',
  message: 'Jira knows no such project, or the account may not see it (HTTP 400)',
} as const;

/** Jira's answer to a create in a project that it does not show to the account: an error of the field `project`. */
function namesProject({ status, json }: HttpAnswer): boolean {
  return status === 400 && isJsonObject(json) && isJsonObject(json['errors']) && Object.hasOwn(json['errors'], 'project');
}

/**
 * A 4xx in Jira's own JSON: Jira has read the request and refuses it. A page with such a status is not its answer, and neither is a status
 * that the gateway gives to a request that it did not let through.
 */
export function isRefusal(answer: Answer): answer is HttpAnswer {
  if (answer.kind !== 'http' || REFUSED_UNREAD.has(answer.status)) return false;
  return answer.status >= 400 && answer.status < 500 && isJsonObject(answer.json);
}

/** The failure in an answer. Every call but a create may be sent again without harm; `retry` says when. */
export function failureOf(answer: Answer, nowMs: number): Failure {
  if (answer.kind === 'network') return networkFailure(answer.code);
  if (answer.kind === 'blocked') return blockedFailure(answer.afterMs);
  if (answer.kind === 'late') return lateFailure();
  if (answer.kind === 'token-refused') return TOKEN_REFUSED;
  const [code, message, retry] = statusMeaning(answer, nowMs);
  return { code, message: `${message} (HTTP ${answer.status})`, words: ownWords(answer.json), retry };
}

/** Jira refuses our token, as an earlier answer said. The wait ends sooner when it accepts it again. */
export const TOKEN_REFUSED: Failure = {
  code: 'jira-auth',
  message: 'Jira does not accept the credentials, so that nothing was sent; renew JIRA_API_TOKEN or JIRA_BEARER_TOKEN',
  words: null,
  retry: { when: 'token-accepted', latestMs: 10 * 60_000 },
};

function networkFailure(code: string): Failure {
  const timeout = TIMEOUTS.has(code);
  return {
    code: timeout ? 'jira-timeout' : 'jira-unreachable',
    message: timeout
      ? `Jira did not answer in time (${code})`
      : `Jira was not reached or the connection broke (${code}); check JIRA_BASE_URL and the network`,
    words: null,
    retry: BACKOFF,
  };
}

function blockedFailure(afterMs: number): Failure {
  const message = 'Jira asked to be left alone, so that nothing was sent';
  return { code: 'jira-rate-limited', message, words: null, retry: { when: 'after', afterMs } };
}

function lateFailure(): Failure {
  const message = 'The claim was too old to send with: the process was held up, or Jira was slow';
  return { code: 'claim-too-old', message, words: null, retry: BACKOFF };
}

function statusMeaning(answer: HttpAnswer, nowMs: number): readonly [FailureCode, string, Retry] {
  const waitMs = retryAfterMs(answer.headers, nowMs);
  const retry: Retry = waitMs === null ? BACKOFF : { when: 'after', afterMs: waitMs };
  const { status } = answer;
  if (status === 429) return ['jira-rate-limited', 'Jira asks to slow down', waitMs === null ? { when: 'after', afterMs: 5_000 } : retry];
  if (status >= 500) return ['jira-server-error', 'Jira failed to answer', retry];
  if (answer.lacksScopeFor !== undefined) return ['jira-scope', lacksScope(answer.lacksScopeFor), SELDOM];
  if (status === 401) return ['jira-auth', 'Jira does not accept the credentials; renew JIRA_API_TOKEN or JIRA_BEARER_TOKEN', BACKOFF];
  if (status < 400 || !isJsonObject(answer.json))
    return ['jira-bad-answer', 'The answer is not from Jira: a login page or a proxy may stand before it', BACKOFF];
  if (status === 403) return ['jira-forbidden', 'The account may not do this; give it the permission in the project', SELDOM];
  if (status === 404) return ['jira-not-found', 'Jira does not know it, or the account may not see it', SELDOM];
  if (status === 408 || status === 409 || status === 425) return ['jira-server-error', 'Jira was busy with the same issue', BACKOFF];
  return ['jira-invalid-request', 'Jira refused the request; fix the rule or the project', SELDOM];
}

function lacksScope(endpoint: string): string {
  const scopes = scopesFor(endpoint);
  const named = scopes.length === 0 ? "see Atlassian's documentation of the call" : `it needs ${scopes.join(' and ')}`;
  return `The token lacks a scope for ${endpoint}; ${named}`;
}
