/**
 * Makes a comment internal to the team where the project is a service desk: otherwise the people who raised or follow a request would read
 * it.
 * Elsewhere it has no effect.
 * Source: https://developer.atlassian.com/cloud/jira/platform/rest/v3/api-group-issue-comments/
 */
export const INTERNAL_COMMENT = [{ key: 'sd.public.comment', value: { internal: true } }];
