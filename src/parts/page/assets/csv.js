/**
 * One table as CSV (RFC 4180). A cell that a spreadsheet would take for a formula gets an apostrophe in front of it.
 * Source: https://owasp.org/www-community/attacks/CSV_Injection
 * @param {readonly string[]} head
 * @param {readonly (readonly unknown[])[]} rows
 */
export function toCsv(head, rows) {
  return `\ufeff${[head, ...rows].map((row) => row.map(cell).join(',')).join('\r\n')}\r\n`;
}

/** @param {unknown} value */
function cell(value) {
  const text = value === null || value === undefined ? '' : String(value);
  const safe = /^[=+\-@\t\r\n＝＋－＠]/.test(text) ? `'${text}` : text;
  return /[",\r\n;\t]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}

/** Lets the browser save a text. @param {string} name @param {string} text */
export function saveText(name, text) {
  const url = URL.createObjectURL(new Blob([text], { type: 'text/csv;charset=utf-8' }));
  const link = Object.assign(document.createElement('a'), { href: url, download: name });
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
