/** What each failure code says, in a few words; the advice comes from the service. @type {Readonly<Record<string, string>>} */
export const FAILURE = {
  'jira-auth': 'Jira does not accept the token',
  'jira-close-undecided': 'No rule says how the issue is to be closed',
  'jira-field-required': 'A required field is missing',
  'jira-forbidden': 'A permission is missing',
  'jira-invalid-request': 'Jira refuses a value',
  'jira-not-found': 'Jira does not show the issue',
  'jira-not-offered': 'The project does not offer a value',
  'jira-no-transition': 'No transition leads to the status',
  'project-not-visible': 'Jira does not show the project',
  'jira-rate-limited': 'Jira limits the rate',
  'jira-scope': 'The token lacks a scope',
  'jira-server-error': 'Jira has an error of its own',
  'jira-sign-in': 'The sign-in to Jira fails',
  'jira-timeout': 'Jira takes too long',
  'jira-unreachable': 'Jira cannot be reached',
  'jira-bad-answer': 'The answer of Jira cannot be read',
  'jira-search-blind': 'The search of Jira proves nothing',
  'jira-property-unproven': 'An issue names the finding without proof',
  'rule-too-costly': 'A rule takes too many steps',
  'claim-too-old': 'A create was not sent in time',
  'document-unreadable': 'A document of the store cannot be read',
  internal: 'The service has an error of its own',
};

/** @param {string} code a code that this page does not know is shown as it is */
export function failureText(code) {
  return Object.hasOwn(FAILURE, code) ? /** @type {string} */ (FAILURE[code]) : code;
}
