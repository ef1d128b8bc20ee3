import { readFileSync } from 'node:fs';
import { CommandFailed, EXIT } from './exit-code.ts';

/** The text of a file; `-`: of the standard input. @throws CommandFailed */
export function readFile(path: string): string {
  try {
    return readFileSync(path === '-' ? 0 : path, 'utf8');
  } catch (error) {
    throw new CommandFailed(EXIT.usage, error instanceof Error ? error.message : String(error), error);
  }
}
