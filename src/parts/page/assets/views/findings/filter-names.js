/** Filters that the address and the API share. */
export const FILTER_NAMES = /** @type {const} */ ([
  'q',
  'state',
  'severity',
  'findingStatus',
  'accountId',
  'region',
  'resourceType',
  'projectKey',
  'ruleId',
  'issueKey',
  'isPublic',
  'overdue',
  'owner',
  'group',
  'resource',
]);

/** @param {Readonly<Record<string, string>>} query of the address @returns {Readonly<Record<string, string>>} */
export function apiFilter(query) {
  return Object.fromEntries(FILTER_NAMES.flatMap((name) => (query[name] ? [[name, query[name]]] : [])));
}
