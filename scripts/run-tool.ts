import { spawn } from 'node:child_process';

export interface ToolRun {
  /** Null when it was ended by a signal or could not be started. */
  readonly exitCode: number | null;
  /** Both streams in order of arrival, without colour codes. */
  readonly output: string;
}

/** Runs a command to its end, without a shell. Never throws. Finds the tools of the project in node_modules/.bin. */
export function runTool(command: string, args: readonly string[], cwd: string): Promise<ToolRun> {
  const path = [`${import.meta.dirname}/../node_modules/.bin`, process.env['PATH']].join(':');
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const child = spawn(command, args, { cwd, env: { ...process.env, PATH: path, NO_COLOR: '1' }, stdio: ['ignore', 'pipe', 'pipe'] });
    const finish = (exitCode: number | null, last = '') =>
      resolve({
        exitCode,
        output:
          Buffer.concat(chunks)
            .toString()
            .replaceAll(/\u001b\[[0-9;]*m/g, '') + last,
      });
    child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => chunks.push(chunk));
    child.once('error', (error) => finish(null, error.message));
    child.once('close', (exitCode) => finish(exitCode));
  });
}
