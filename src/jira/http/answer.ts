/**
 * Jira's answer to one request, a fault of the network, or why nothing was sent. `blocked`: a retry-after window; `late`: its deadline has
 * passed; `token-refused`: Jira refuses our token, as an earlier answer said.
 */
export type Answer =
  | Heard
  | { readonly kind: 'blocked'; readonly afterMs: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'token-refused' };

/** The result of a request that was sent. */
export type Heard = HttpAnswer | { readonly kind: 'network'; readonly code: string };

export interface HttpAnswer {
  readonly kind: 'http';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when the body is empty or is no JSON. */
  readonly json: unknown;
  /** There was a body that is no JSON: a page from something in front of Jira. */
  readonly isPage?: true;
  /** The endpoint for which the token lacks a scope: the token itself is accepted. Absent: the answer does not say that. */
  readonly lacksScopeFor?: string;
}

/** Carries an answer past jira.js, which would read a login page as success and drop the headers. */
export class JiraAnswered extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`The request ended as ${answer.kind}`);
    this.answer = answer;
  }
}
