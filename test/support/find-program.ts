import { accessSync, constants } from 'node:fs';
import { delimiter, join } from 'node:path';

/** Where a program that tests need is: what the variable names, else the first of the name on the PATH; null: nowhere, so its suites are skipped. */
export function findProgram(variable: string, name: string): string | null {
  const named = process.env[variable];
  const places = named ? [named] : (process.env['PATH'] ?? '').split(delimiter).map((folder) => join(folder, name));
  return places.find(isExecutable) ?? null;
}

/** Whether this user may run the file. */
export function isExecutable(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
