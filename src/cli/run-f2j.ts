import { CommanderError } from 'commander';
import { CommandFailed, EXIT, type ExitCode } from './exit-code.ts';
import { createProgram } from './program.ts';
import { safeLines } from './safe-text.ts';
import { paint } from './table.ts';
import type { Terminal } from './terminal.ts';

/** Runs one command. @param args without the program itself @returns the exit code; never throws */
export async function runF2j(args: readonly string[], terminal: Terminal, version: string): Promise<ExitCode> {
  try {
    await createProgram(terminal, version).parseAsync([...args], { from: 'user' });
    return EXIT.ok;
  } catch (error) {
    // Commander has written its own message. Help on request is no error; help in place of a command that is missing is one.
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.usage;
    return report(terminal, terminal.interrupted.aborted ? terminal.interrupted.reason : error);
  }
}

function report({ err, env }: Terminal, error: unknown): ExitCode {
  const isKnown = error instanceof CommandFailed;
  const message = isKnown ? error.message : `A fault of f2j: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
  const [first = '', ...rest] = safeLines(withoutToken(message, env)).split('\n');
  err.write([`f2j: ${paint(first, 'red', err)}`, ...rest].map((line) => `${line}\n`).join(''));
  return isKnown ? error.exitCode : EXIT.failed;
}

/** Neither the service nor the network repeats a token; if either ever does, it is not passed on. */
function withoutToken(message: string, env: Terminal['env']): string {
  const token = (env['F2J_TOKEN'] ?? '').trim();
  return token === '' ? message : message.replaceAll(token, '[F2J_TOKEN]');
}
