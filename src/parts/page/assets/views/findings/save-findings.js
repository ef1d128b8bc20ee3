import { get } from '../../api.js';
import { confirm } from '../../components/confirm.js';
import { saveText, toCsv } from '../../csv.js';
import { plural } from '../../format.js';

/** More rows would not be a spreadsheet any more. */
const MAX_ROWS = 50_000;

const COLUMNS = /** @type {const} */ ([
  'findingId',
  'analyzerArn',
  'severity',
  'state',
  'because',
  'findingStatus',
  'resource',
  'resourceType',
  'accountId',
  'region',
  'isPublic',
  'ruleId',
  'issueKey',
  'issueUrl',
  'issueStatus',
  'dueDate',
  'overdue',
  'errorCode',
  'firstSeenAt',
  'updatedAt',
]);

/** Saves the findings that match as CSV, after it was said what that holds. @param {Readonly<Record<string, string>>} filter */
export function saveFindings(filter) {
  confirm({
    title: 'Save as CSV',
    will: [
      'All findings that match the filters are read and saved on this device, one a row, the newest first.',
      `At most ${plural(MAX_ROWS, 'row')}. Cells that a spreadsheet would take for a formula get an apostrophe in front.`,
    ],
    label: 'Save',
    run: async () => {
      const rows = await readAll(filter);
      const day = new Date().toISOString().slice(0, 10);
      saveText(`findings-${day}.csv`, toCsv(COLUMNS, rows.map(rowOf)));
      return { text: `${plural(rows.length, 'finding')} saved` };
    },
  });
}

/** @param {Readonly<Record<string, string>>} filter */
async function readAll(filter) {
  /** @type {any[]} */
  const rows = [];
  let cursor = null;
  do {
    const page = /** @type {any} */ (await get('/api/v1/mappings', { query: { ...filter, limit: 500, cursor } }));
    for (const item of page.items) rows.push(item);
    cursor = page.nextCursor;
  } while (cursor !== null && rows.length < MAX_ROWS);
  return rows.slice(0, MAX_ROWS);
}

/** @param {any} mapping */
function rowOf({ issue, error, ...mapping }) {
  const flat = { ...mapping, issueKey: issue?.key, issueUrl: issue?.url, issueStatus: issue?.status, errorCode: error?.code };
  return COLUMNS.map((name) => flat[name]);
}
