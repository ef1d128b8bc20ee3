/**
 * Makes a comment one for the service team, where the project is a service desk: whoever raised or follows a request would read it there.
 * Elsewhere it means nothing.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/
 */
export const INTERNAL_COMMENT = [{ key: 'sd.public.comment', value: { internal: true } }];
