/**
 * The scopes that a token needs for each call of the service, with `*` for ids and keys.
 * Source: the OpenAPI document of the Jira Cloud platform REST API v3, `security` of each call.
 */
export const CALL_SCOPES: Readonly<Record<string, readonly string[]>> = {
  'GET /serverInfo': [],
  'GET /myself': ['read:jira-user'],
  'GET /mypermissions': ['read:jira-work'],
  'GET /user/search': ['read:jira-user'],
  'GET /user/assignable/search': ['read:jira-user'],
  'GET /resolution/search': ['read:jira-work'],
  'GET /project/*': ['read:jira-work'],
  'GET /project/*/statuses': ['read:jira-work'],
  'GET /project/*/permissionscheme': ['read:jira-work'],
  'GET /issue/createmeta/*/issuetypes': ['read:jira-work'],
  'GET /issue/createmeta/*/issuetypes/*': ['read:jira-work'],
  'POST /issue': ['write:jira-work'],
  'GET /issue/*': ['read:jira-work'],
  'PUT /issue/*': ['write:jira-work'],
  'POST /issue/bulkfetch': ['read:jira-work'],
  'POST /issue/*/transitions': ['write:jira-work'],
  'GET /issue/*/comment': ['read:jira-work'],
  'POST /issue/*/comment': ['write:jira-work'],
  'GET /issue/*/properties/*': ['read:jira-work'],
  'PUT /issue/*/properties/*': ['write:jira-work'],
  'POST /issueLink': ['write:jira-work'],
  'GET /issueLinkType': ['read:jira-work'],
  'POST /search/jql': ['read:jira-work'],
};

const PROPERTY = /(\/properties)\/[^/]+$/;

/** The scopes that a call needs. @param endpoint method and path, such as `PUT /issue/*`; none for one that is not known */
export function scopesFor(endpoint: string): readonly string[] {
  return CALL_SCOPES[endpoint.replace(PROPERTY, '$1/*')] ?? [];
}
