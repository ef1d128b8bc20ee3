import { isJsonObject, type Json, type JsonObject } from '../../findings/json.ts';
import type { Faults } from './faults.ts';
import type { JiraState } from './jira-state.ts';
import type { SandboxAccount } from './sandbox-accounts.ts';
import type { SimulatedIssue } from './simulated-issue.ts';
import type { Locale } from './translations.ts';

/** The shared state of the routes of the simulated Jira. */
export interface JiraSite {
  readonly state: JiraState;
  readonly faults: Faults;
  /** Base URL, without a slash at the end. */
  url(): string;
  /** The language of every account. */
  locale(): Locale;
}

/** An authenticated request. */
export interface Call {
  readonly account: SandboxAccount;
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  /** Parsed JSON; undefined without a body. */
  readonly body: unknown;
}

/** Jira's answer, before any fault is applied. Without `body`: an empty one. */
export interface Answer {
  readonly status: number;
  readonly body?: Json;
  readonly contentType?: string;
  /** The created or named issue, for the history. */
  readonly issueKey?: string;
}

/** One endpoint. Handlers are synchronous, so that no other request runs in between. */
export interface JiraRoute {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** After `/rest/api/3`, in Fastify's form. */
  readonly path: string;
  handle(call: Call): Answer;
  /** The answer to an anonymous request. */
  anonymously(): Answer;
}

/** A refusal in Jira's format. */
export function refusal(status: number, messages: readonly string[], errors: Readonly<Record<string, string>> = {}): Answer {
  return { status, body: { errorMessages: messages, errors } };
}

export const NO_SUCH_ISSUE = refusal(404, ['Issue does not exist or you do not have permission to see it.']);
export const NOT_SIGNED_IN: Answer = {
  status: 401,
  body: 'Client must be authenticated to access this resource.',
  contentType: 'text/plain;charset=UTF-8',
};
/** The gateway of api.atlassian.com answers so, in place of Jira, where a token lacks a scope. */
export const SCOPE_DOES_NOT_MATCH: Answer = { status: 401, body: { code: 401, message: 'Unauthorized; scope does not match' } };
export const BAD_BODY = refusal(400, ['There was an error parsing JSON. Check that your request body is valid.']);

/** For routes below `/issue/:idOrKey`: 404 unless the issue exists and is shown. */
export function withIssue(
  site: JiraSite,
  handle: (issue: SimulatedIssue, call: Call) => Answer,
): Pick<JiraRoute, 'handle' | 'anonymously'> {
  return {
    anonymously: () => NO_SUCH_ISSUE,
    handle(call) {
      const issue = site.state.issue(call.params['idOrKey'] ?? '');
      return issue === null || !site.state.shows(issue) ? NO_SUCH_ISSUE : { issueKey: issue.key, ...handle(issue, call) };
    },
  };
}

/** @returns null when the body is not a JSON object */
export function objectBody(call: Call): JsonObject | null {
  return isJsonObject(call.body) ? call.body : null;
}

/** A list that is given as `a=1,2` or as `a=1&a=2`. */
export function listParameter(query: URLSearchParams, name: string): string[] {
  return query
    .getAll(name)
    .flatMap((value) => value.split(','))
    .map((value) => value.trim())
    .filter((value) => value !== '');
}

/** A whole-number parameter, at most `most`; `usual` when it is absent or invalid. */
export function numberParameter(query: URLSearchParams, name: string, usual: number, most: number): number {
  const value = Number(query.get(name) ?? usual);
  return Number.isInteger(value) && value >= 0 ? Math.min(value, most) : usual;
}
