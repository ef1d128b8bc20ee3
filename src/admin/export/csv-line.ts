/**
 * Spreadsheets take a cell that begins so for a formula, which may read other cells and send them away. Some pass over white space first.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^(?:[\t\r\n]|\s*[=+\-@＝＋－＠])/;

/** What RFC 4180 wants in quotes. */
const SPECIAL = /[",\r\n]/;

export type CsvCell = string | number | boolean | null;

/** One line of CSV, RFC 4180. A text that a spreadsheet would take for a formula has `'` before it; nothing else is changed. */
export function csvLine(cells: readonly CsvCell[]): string {
  return `${cells.map(csvCell).join(',')}\r\n`;
}

function csvCell(value: CsvCell): string {
  if (value === null) return '';
  const text = typeof value === 'string' && FORMULA.test(value) ? `'${value}` : String(value);
  return SPECIAL.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
