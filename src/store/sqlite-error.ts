/** Primary result codes of SQLite, https://www.sqlite.org/rescode.html. */
export const SQLITE_BUSY = 5;
export const SQLITE_CORRUPT = 11;
export const SQLITE_NOTADB = 26;

/** Whether SQLite failed with this primary result code; extended codes carry it in their low byte. */
export function isSqliteError(error: unknown, primary: number): boolean {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number' && (error.errcode & 0xff) === primary;
}
