/** Searches and bulk reads are sent with POST. */
const READS: ReadonlySet<string> = new Set(['POST /search/jql', 'POST /issue/bulkfetch']);

/** Whether a call changes nothing in Jira. @param operation such as `POST /issue` */
export function isRead(operation: string): boolean {
  return operation.startsWith('GET ') || READS.has(operation);
}

/**
 * The scopes that a token needs for a call, by the same rules as Jira's OpenAPI document.
 * @param operation such as `POST /issue/*` followed by the rest of the path
 */
export function scopesOf(operation: string): readonly string[] {
  if (operation === 'GET /serverInfo') return [];
  if (operation === 'GET /priority/search') return ['manage:jira-configuration'];
  if (operation === 'GET /myself' || operation.startsWith('GET /user/')) return ['read:jira-user'];
  return isRead(operation) ? ['read:jira-work'] : ['write:jira-work'];
}
