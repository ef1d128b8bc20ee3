import type { Failure } from '../../issues/failure.ts';

/**
 * Jira's answer to one request, a fault of the network, or why nothing was sent. `blocked`: a retry-after window; `late`: its deadline has
 * passed; `token-refused`: Jira refuses our token, as an earlier answer said; `away`: Jira does not answer, as earlier calls have shown;
 * `not-signed-in`: there is no access token.
 */
export type Answer =
  | Heard
  | { readonly kind: 'blocked'; readonly afterMs: number }
  | { readonly kind: 'late' }
  | { readonly kind: 'token-refused' }
  | { readonly kind: 'away'; readonly failure: Failure }
  | NotSignedIn;

/**
 * The result of a request that was tried. `isUnsent`: nothing of it went out, since the name, the proxy, the connection or the certificate
 * failed before. Absent: the request may have been read.
 */
export type Heard = HttpAnswer | { readonly kind: 'network'; readonly code: string; readonly isUnsent?: true };

/** There is no access token to sign in with. `isRefused`: the token endpoint does not accept our credentials. */
export interface NotSignedIn {
  readonly kind: 'not-signed-in';
  readonly isRefused: boolean;
  /** In plain words, without secrets. */
  readonly message: string;
}

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
