import type { Failure, FailureCode, Retry } from '../../issues/failure.ts';
import { isJsonObject } from '../../findings/json.ts';
import { certificateProblem } from '../../network/certificate-problem.ts';
import type { Answer, Heard, HttpAnswer, NotSignedIn } from './answer.ts';
import { ownWords } from './own-words.ts';
import { scopesFor } from './scopes-for.ts';
import { retryAfterMs } from './retry-after.ts';

/** What an answer to a create means: may the issue exist, and may the same request be sent again. */
export interface CreateVerdict {
  readonly outcome: 'rejected' | 'not-sent' | 'uncertain';
  readonly failure: Failure;
}

/**
 * Network codes from before a request is on the wire: there is no issue. So are those of a certificate. `ERR_PROXY_TUNNEL`: the proxy opened
 * no tunnel. With every other code the request may have been read, unless the connection is known not to have been ready for it.
 */
const NEVER_SENT: ReadonlySet<string> = new Set([
  'ENOTFOUND',
  'EAI_AGAIN',
  'ECONNREFUSED',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
  'UND_ERR_CONNECT_TIMEOUT',
  'ERR_PROXY_TUNNEL',
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

/** Statuses that Jira, or a proxy before it, sends without having processed the request. 407: the proxy wants credentials. */
const REFUSED_UNREAD: ReadonlySet<number> = new Set([401, 407, 425, 429]);

const PROXY_WANTS_CREDENTIALS = 407;

/** A request that timed out at a gateway may have been processed behind it. */
const REQUEST_TIMEOUT = 408;

/**
 * The one table of what an answer to `POST /issue` means. A 201 with id and key never comes here.
 * Anything that is not a plain refusal in Jira's own JSON is uncertain: a proxy's page says nothing about what Jira did.
 * @param nowMs epoch ms, for a `Retry-After` that is a date
 */
export function createVerdict(answer: Answer, nowMs: number): CreateVerdict {
  const failure = failureOf(answer, nowMs);
  if (answer.kind === 'network') return { outcome: isNeverSent(answer) ? 'not-sent' : 'uncertain', failure };
  if (answer.kind !== 'http') return { outcome: 'not-sent', failure };
  if (REFUSED_UNREAD.has(answer.status)) return { outcome: 'not-sent', failure };
  if (!isRefusal(answer) || answer.status === REQUEST_TIMEOUT) return { outcome: 'uncertain', failure };
  const refused: Failure = { ...failure, retry: SELDOM };
  return { outcome: 'rejected', failure: namesProject(answer) ? { ...refused, ...NO_PROJECT } : refused };
}

function isNeverSent({ code, isUnsent }: Extract<Answer, { kind: 'network' }>): boolean {
  return isUnsent === true || NEVER_SENT.has(code) || certificateProblem(code) !== null;
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
  if (answer.kind === 'away') return answer.failure;
  if (answer.kind === 'not-signed-in') return notSignedInFailure(answer);
  const [code, message, retry] = statusMeaning(answer, nowMs);
  return { code, message: `${message} (HTTP ${answer.status})`, words: ownWords(answer.json), retry };
}

/** What the answer to one call means: `ok`, or the code of the failure in it. */
export type CallVerdict = 'ok' | FailureCode;

/** @param nowMs epoch ms, for a `Retry-After` that is a date */
export function callVerdict(answer: Heard, nowMs: number): CallVerdict {
  const isDone = answer.kind === 'http' && answer.status >= 200 && answer.status < 300 && answer.isPage !== true;
  return isDone ? 'ok' : failureOf(answer, nowMs).code;
}

/** The variables that may hold the credentials. */
export const RENEW = 'renew JIRA_API_TOKEN, JIRA_BEARER_TOKEN or JIRA_OAUTH_CLIENT_SECRET';

/** Jira refuses our token, as an earlier answer said. The wait ends sooner when it accepts it again. */
export const TOKEN_REFUSED: Failure = {
  code: 'jira-auth',
  message: `Jira does not accept the credentials, so that nothing was sent; ${RENEW}`,
  words: null,
  retry: { when: 'token-accepted', latestMs: 10 * 60_000 },
};

/** Without an access token nothing is sent. Credentials that the endpoint refuses are like a token that Jira refuses. */
function notSignedInFailure({ isRefused, message }: NotSignedIn): Failure {
  if (isRefused) return { ...TOKEN_REFUSED, message };
  return { code: 'jira-sign-in', message, words: null, retry: BACKOFF };
}

function networkFailure(code: string): Failure {
  const timeout = TIMEOUTS.has(code);
  return {
    code: timeout ? 'jira-timeout' : 'jira-unreachable',
    message: timeout
      ? `Jira did not answer in time (${code})`
      : `Jira was not reached or the connection broke (${code}); ${whatToCheck(code)}`,
    words: null,
    retry: BACKOFF,
  };
}

function whatToCheck(code: string): string {
  if (code === 'ERR_PROXY_TUNNEL') return 'the proxy in HTTPS_PROXY opened no tunnel to it';
  return certificateProblem(code)?.message ?? 'check JIRA_BASE_URL, the network and the proxy, if there is one';
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
  if (status === 401) return ['jira-auth', `Jira does not accept the credentials; ${RENEW}`, BACKOFF];
  if (status === PROXY_WANTS_CREDENTIALS)
    return ['jira-unreachable', 'The proxy wants credentials; put them into the URL in HTTP_PROXY or HTTPS_PROXY', BACKOFF];
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
