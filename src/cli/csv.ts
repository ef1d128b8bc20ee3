import { safeText } from './safe-text.ts';
import type { Column } from './table.ts';

/**
 * Spreadsheets take a cell that begins so for a formula, which may read other cells and send them away.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 */
const FORMULA = /^\s*[=+\-@＝＋－＠]/;

/** RFC 4180, with a line of names. Characters that are not shown are written out, so that a cell is one line. */
export function renderCsv<T>(columns: readonly Column<T>[], items: readonly T[]): string {
  const rows = items.map((item) => columns.map((column) => csvCell(column.of(item))));
  return [columns.map(({ name }) => name), ...rows].map((cells) => `${cells.join(',')}\r\n`).join('');
}

/** One cell, made safe for spreadsheets. */
export function csvCell(value: string | number | boolean | null): string {
  if (value === null) return '';
  if (typeof value !== 'string') return String(value);
  const text = safeText(value);
  const safe = FORMULA.test(text) ? `'${text}` : text;
  return /[",]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
