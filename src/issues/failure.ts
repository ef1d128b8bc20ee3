/** Why something did not work, with the verdict beside it: may it be sent again, and when. Made by the place that knows. */
export interface Failure {
  readonly code: FailureCode;
  /** What happened and what to do, in plain words, without secrets. */
  readonly message: string;
  /** The other side's own words, at most 1,000 characters; null where it said nothing. */
  readonly words: string | null;
  readonly retry: Retry;
}

/**
 * `backoff`: again by itself, later and later, from seconds to hours. `after`: again by itself, not before `afterMs` (the other side said so).
 * `seldom`: again by itself after hours, since somebody must change a rule, a permission or the issue first; a new event or a person may ask sooner.
 */
export type Retry = { readonly when: 'backoff' } | { readonly when: 'after'; readonly afterMs: number } | { readonly when: 'seldom' };

/** Stable codes, each explained in docs/operations/reference.md. */
export const FAILURE_CODES = [
  'jira-auth',
  'jira-field-required',
  'jira-forbidden',
  'jira-invalid-request',
  'jira-not-found',
  'jira-not-offered',
  'jira-no-transition',
  'jira-rate-limited',
  'jira-server-error',
  'jira-timeout',
  'jira-unreachable',
  'jira-bad-answer',
  'jira-search-blind',
  'claim-too-old',
  'internal',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];
