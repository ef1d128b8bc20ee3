import type { FailureCode } from './failure.ts';

/** What a person can do about each failure, in plain words: the API shows it, and docs/operations/reference.md says the same. */
export const FAILURE_ADVICE: Readonly<Record<FailureCode, string>> = {
  'jira-auth': 'Renew the token and restart. New API tokens live for a year at most',
  'jira-forbidden': 'Give the account the permission in the project',
  'jira-invalid-request': 'Correct the rule or the project',
  'jira-not-found': 'Give Browse projects, or restore it. An issue that a person deleted stays in this state',
  'jira-not-offered': 'Correct the rule, or add it to the project',
  'jira-no-transition':
    'Add a transition to the status where the issue stands, or move the issue by hand; none offered at all: give Transition issues',
  'jira-field-required': 'Give the value in the rule, or make the field optional',
  'jira-rate-limited': 'Lower JIRA_REQUESTS_PER_SECOND if it goes on',
  'jira-server-error': 'Wait',
  'jira-timeout': 'Wait; raise JIRA_TIMEOUT_MS if it goes on',
  'jira-unreachable': 'Look at JIRA_BASE_URL, DNS, proxy and certificates',
  'jira-bad-answer': 'Find out what stands between the service and Jira',
  'jira-search-blind': 'Give Browse projects and every security level in use; or look in the project by hand, and link the issue or settle',
  'claim-too-old': 'Nothing; often: the machine or its disk is too slow',
  internal: 'Report it',
};
