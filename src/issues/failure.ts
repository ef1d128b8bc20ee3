/** A failure with its retry verdict. The code that detects the failure decides both. */
export interface Failure {
  readonly code: FailureCode;
  /** The cause and the remedy, in plain words, without secrets. */
  readonly message: string;
  /** The text of the other system's answer, at most 1,000 characters; null: there is none. */
  readonly words: string | null;
  readonly retry: Retry;
}

/**
 * `backoff`: retried automatically, with delays that grow from seconds to hours. `after`: retried automatically after `afterMs`, as the
 * other system asked. `seldom`: retried automatically after hours, because a person must first change a rule, a permission or the issue; a
 * new event or an admin may cause a retry sooner. `token-accepted`: nothing was sent, because the other system refuses our token;
 * `answers-again`: nothing was sent, because it does not answer. Both are retried as soon as that is over, and after `latestMs` in any case.
 */
export type Retry =
  | { readonly when: 'backoff' }
  | { readonly when: 'after'; readonly afterMs: number }
  | { readonly when: 'seldom' }
  | { readonly when: 'token-accepted' | 'answers-again'; readonly latestMs: number };

/** Whether nothing was sent, because nothing could be sent for any group. */
export function isHeldBack({ retry }: Failure): boolean {
  return retry.when === 'token-accepted' || retry.when === 'answers-again';
}

/** Stable codes, each explained in docs/operations/reference.md. */
export const FAILURE_CODES = [
  'jira-auth',
  'jira-close-undecided',
  'jira-field-required',
  'jira-forbidden',
  'jira-invalid-request',
  'jira-not-found',
  'jira-not-offered',
  'jira-no-transition',
  'project-not-visible',
  'jira-rate-limited',
  'jira-scope',
  'jira-server-error',
  'jira-sign-in',
  'jira-timeout',
  'jira-unreachable',
  'jira-bad-answer',
  'jira-search-blind',
  'jira-property-unproven',
  'rule-too-costly',
  'claim-too-old',
  'document-unreadable',
  'internal',
] as const;

export type FailureCode = (typeof FAILURE_CODES)[number];
