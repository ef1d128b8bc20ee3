const SEVERITIES = ['critical', 'high', 'medium', 'low'];

/** What each sort compares. @type {Readonly<Record<string, (mapping: any) => string | number>>} */
const VALUES = {
  severity: ({ severity }) => SEVERITIES.indexOf(severity),
  resource: ({ resource }) => resource,
  account: ({ accountId, region }) => `${accountId} ${region}`,
  state: ({ state }) => state,
  issue: ({ issue }) => (issue === null ? '\uffff' : issue.key.replace(/\d+$/, (/** @type {string} */ digits) => digits.padStart(9, '0'))),
  updated: ({ updatedAt }) => -Date.parse(updatedAt),
};

/**
 * @template T
 * @param {readonly T[]} rows
 * @param {string} sort a column, with `-` in front for the other direction; empty: as they came
 * @returns {readonly T[]}
 */
export function sortedBy(rows, sort) {
  const name = sort.replace(/^-/, '');
  const valueOf = Object.hasOwn(VALUES, name) ? VALUES[name] : undefined;
  if (valueOf === undefined) return rows;
  const direction = sort.startsWith('-') ? -1 : 1;
  return rows
    .map((row) => ({ row, value: valueOf(row) }))
    .toSorted((a, b) => (a.value < b.value ? -direction : a.value > b.value ? direction : 0))
    .map(({ row }) => row);
}

/** The sort after a click on a column: up, down, none. @param {string} now @param {string} column */
export function nextSort(now, column) {
  if (now === column) return `-${column}`;
  return now === `-${column}` ? '' : column;
}
