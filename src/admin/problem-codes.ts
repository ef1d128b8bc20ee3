/** Every error of the API by its stable code, each explained in docs/errors.md. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'host-not-allowed': { status: 403, title: 'The host or origin is not allowed' },
  'not-found': { status: 404, title: 'There is no such address' },
  'mapping-not-found': { status: 404, title: 'No such finding is known' },
  'rule-not-found': { status: 404, title: 'There is no such rule' },
  'revision-not-found': { status: 404, title: 'There is no such revision' },
  'operation-not-found': { status: 404, title: 'No such operation is known' },
  'ambiguous-finding': { status: 409, title: 'Several analyzers use this finding id' },
  'rule-exists': { status: 409, title: 'There is a rule of this id' },
  'rules-read-only': { status: 409, title: 'The rules come from a file' },
  'backtest-required': { status: 409, title: 'The draft must be backtested first' },
  'revision-stale': { status: 412, title: 'The rules are others by now' },
  'body-too-large': { status: 413, title: 'The body is too large' },
  'rules-invalid': { status: 422, title: 'The rules are not valid' },
  'rule-tests-failed': { status: 422, title: 'The rules do not pass their own tests' },
  'preflight-failed': { status: 422, title: 'Jira would not take what the rules say' },
  'idempotency-key-reused': { status: 422, title: 'The key belongs to another request' },
  'precondition-required': { status: 428, title: 'Say which revision is to be changed' },
  'too-many-failed-logins': { status: 429, title: 'Too many requests without a valid token' },
  internal: { status: 500, title: 'Something in this service went wrong' },
  'store-unavailable': { status: 503, title: 'The store does not answer' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
