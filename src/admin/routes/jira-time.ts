/** For an answer that needs Jira, ms. A route with it says `asksJira`, so that a late answer is told from a store that is away. */
export const JIRA_HANDLER_TIMEOUT_MS = 20_000;
