/** What came back from Jira for one request, or what the network did instead. */
export type Answer = HttpAnswer | { readonly kind: 'network'; readonly code: string };

export interface HttpAnswer {
  readonly kind: 'http';
  readonly status: number;
  /** Lower-case names. */
  readonly headers: Readonly<Record<string, string>>;
  /** Parsed JSON; undefined when the body is empty or is no JSON. */
  readonly json: unknown;
}

/** Carries an answer past jira.js, which would read a login page as success and drop the headers. */
export class JiraAnswered extends Error {
  readonly answer: Answer;
  constructor(answer: Answer) {
    super(answer.kind === 'http' ? `Jira answered ${answer.status}` : `Jira was not reached: ${answer.code}`);
    this.answer = answer;
  }
}
