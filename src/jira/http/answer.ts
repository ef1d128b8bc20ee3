/** What came back from Jira for one request, what the network did instead, or why it was not sent: Jira wants to be left alone, or it is too late for it. */
export type Answer = Heard | { readonly kind: 'blocked'; readonly afterMs: number } | { readonly kind: 'late' };

/** What a request that was sent came to. */
export type Heard = HttpAnswer | { readonly kind: 'network'; readonly code: string };

export interface HttpAnswer {
  readonly kind: 'http';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when the body is empty or is no JSON. */
  readonly json: unknown;
  /** There was a body, and it is no JSON: a page of something that stands before Jira. */
  readonly isPage?: true;
}

/** Carries an answer past jira.js, which would read a login page as success and drop the headers. */
export class JiraAnswered extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(`The request ended as ${answer.kind}`);
    this.answer = answer;
  }
}
