/** Every error of the API by its stable code, each explained in docs/errors.md. */
export const PROBLEMS = {
  'invalid-request': { status: 400, title: 'The request is not valid' },
  'invalid-cursor': { status: 400, title: 'The cursor is not valid' },
  unauthorized: { status: 401, title: 'A valid token is needed' },
  forbidden: { status: 403, title: 'Not allowed' },
  'host-not-allowed': { status: 403, title: 'The host or origin is not allowed' },
  'not-found': { status: 404, title: 'There is no such address' },
  'mapping-not-found': { status: 404, title: 'No such finding is known' },
  'failure-not-found': { status: 404, title: 'Nothing is stuck under this id' },
  'issue-not-found': { status: 404, title: 'Jira shows no such issue' },
  'pause-not-found': { status: 404, title: 'This is not paused' },
  'operation-not-found': { status: 404, title: 'No such operation is known' },
  'ambiguous-finding': { status: 409, title: 'Several analyzers use this finding id' },
  'issue-serves-another-group': { status: 409, title: 'The issue belongs to other findings' },
  'no-issue-to-unlink': { status: 409, title: 'The finding has no issue' },
  'idempotency-key-reused': { status: 422, title: 'The key belongs to another request' },
  'too-many-failed-logins': { status: 429, title: 'Too many requests without a valid token' },
  'too-many-streams': { status: 429, title: 'Too many readers' },
  internal: { status: 500, title: 'Something in this service went wrong' },
  'jira-unavailable': { status: 503, title: 'Jira does not answer' },
  'login-unavailable': { status: 503, title: 'The issuer of access tokens does not answer' },
  'store-unavailable': { status: 503, title: 'The store does not answer' },
} as const satisfies Record<string, { readonly status: number; readonly title: string }>;

export type ProblemCode = keyof typeof PROBLEMS;
