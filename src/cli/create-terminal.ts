import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { isatty } from 'node:tty';
import { EXIT, interrupted } from './exit-code.ts';
import type { Output, Terminal } from './terminal.ts';

const USUAL_COLUMNS = 80;

/** npm passes on a signal that the terminal has sent to this process, too: within this time both are one Ctrl-C, ms. */
const SAME_SIGNAL_MS = 1_000;

/** The terminal of this process. */
export function createTerminal(): Terminal {
  const ended = new AbortController();
  let pressedAt = Infinity;
  process.on('SIGINT', () => {
    if (performance.now() - pressedAt > SAME_SIGNAL_MS) process.exit(EXIT.interrupted);
    pressedAt = Math.min(pressedAt, performance.now());
    ended.abort(interrupted());
  });
  // The reader of a pipe, such as `head`, may end before us.
  process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? EXIT.ok : EXIT.failed));
  return {
    out: outputOf(process.stdout),
    err: outputOf(process.stderr),
    env: process.env,
    ask: isatty(process.stdin.fd) && isatty(process.stderr.fd) ? (question) => askPerson(question, ended.signal) : null,
    now: () => Date.now(),
    sleep: (ms) => sleep(ms, undefined, { signal: ended.signal }),
    interrupted: ended.signal,
  };
}

/** The question goes to the error stream, so that the output of a command can be kept in a file. */
async function askPerson(question: string, signal: AbortSignal): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  const gone = new AbortController();
  lines.once('SIGINT', () => gone.abort(interrupted()));
  lines.once('close', () => gone.abort(interrupted()));
  try {
    return await lines.question(question, { signal: AbortSignal.any([signal, gone.signal]) });
  } finally {
    lines.close();
  }
}

type Stream = NodeJS.WriteStream & { readonly fd: number };

function outputOf(stream: Stream): Output {
  return {
    write: (text) => void stream.write(text),
    isTerminal: isatty(stream.fd),
    get columns() {
      return isatty(stream.fd) ? stream.columns : USUAL_COLUMNS;
    },
    hasColours: hasColours(stream),
  };
}

/** Sources: https://no-color.org, https://nodejs.org/docs/latest-v24.x/api/tty.html#writestreamhascolorscount-env */
function hasColours(stream: Stream): boolean {
  if ((process.env['NO_COLOR'] ?? '') !== '') return false;
  return isatty(stream.fd) ? stream.hasColors() : (process.env['FORCE_COLOR'] ?? '0') !== '0';
}
