import type { FailureCode } from './failure.ts';

/** Advice for each failure code. The API shows it, and docs/operations/reference.md has the same text. */
export const FAILURE_ADVICE: Readonly<Record<FailureCode, string>> = {
  'jira-auth':
    'Renew the token and restart the service, which then retries all of these failures. New API tokens are valid for at most one year',
  'jira-close-undecided': 'Name the status, the transition or the resolution in the close part of the rule; the next try takes it',
  'jira-forbidden': 'Grant the account the missing permission in the project',
  'jira-invalid-request': 'Correct the rule or the configuration of the project',
  'jira-not-found': 'Grant Browse projects, or restore the issue. If it was deleted, two sweeps end this failure',
  'project-not-visible': 'Correct the key in the rule, grant Browse projects there, or restore the project',
  'jira-not-offered': 'Correct the rule, or add the missing value or field to the project',
  'jira-no-transition':
    'Add a transition from the status that the issue is in, or change the status in Jira; if no transition is offered, grant Transition issues, or change the conditions of the workflow',
  'jira-field-required': 'Set the value in the rule, or make the field optional',
  'jira-rate-limited':
    'The service slows down by itself; if this persists, find the other client that uses up the limit of the site, or set JIRA_REQUESTS_PER_SECOND',
  'jira-scope':
    'Make a token that has the missing scope, restart the service with it, and retry the failures with this code: accepting a token does not retry them',
  'jira-server-error': 'Wait',
  'jira-sign-in': 'Wait; if it stays, see the check jira-sign-in of the doctor, and whether JIRA_OAUTH_TOKEN_URL can be reached from here',
  'jira-timeout': 'Wait; raise JIRA_TIMEOUT_MS if this persists',
  'jira-unreachable': 'Check JIRA_BASE_URL, DNS, proxy and certificates',
  'jira-bad-answer': 'Check the proxies and gateways between the service and Jira',
  'jira-search-blind':
    'Grant Browse projects and every security level in use; or check the project in Jira, then link the issue or reconcile the mapping',
  'jira-property-unproven':
    'Compare the named issues in Jira; then link the issue of the finding, or reconcile the mapping to go on without them',
  'rule-too-costly': 'Shorten the lists of the rule, or split it: its pattern takes too many steps to compare with the finding',
  'claim-too-old': 'Usually nothing; if it happens often, the machine or its disk is too slow',
  'document-unreadable': 'Restore the document that message names from a backup; see GET /api/v1/doctor. Do not delete it',
  internal: 'Report it',
};
