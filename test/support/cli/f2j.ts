import { setTimeout as sleep } from 'node:timers/promises';
import { interrupted } from '../../../src/cli/exit-code.ts';
import { runF2j } from '../../../src/cli/run-f2j.ts';
import type { Output, Terminal } from '../../../src/cli/terminal.ts';

/** What a command left behind. */
export interface Ran {
  readonly exitCode: number;
  readonly out: string;
  readonly err: string;
}

export interface RunOptions {
  readonly env?: Readonly<Record<string, string>>;
  /** The width of a terminal; left out: both outputs are pipes. */
  readonly columns?: number;
  readonly colours?: boolean;
  /** Given one after the other; left out: there is no terminal to ask. */
  readonly answers?: readonly string[];
  /** Called before each pause of the command. `interrupt` is Ctrl-C. */
  readonly onSleep?: (interrupt: () => void) => void | Promise<void>;
}

/** Progress need not be waited for as long as people can bear, ms. */
const SHORT_MS = 5;

/** Runs f2j in this process. */
export async function f2j(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const { env = {}, columns, colours = false, answers, onSleep = () => undefined } = options;
  const written = { out: '', err: '' };
  const left = [...(answers ?? [])];
  const ended = new AbortController();
  const output = (name: 'out' | 'err'): Output => ({
    write: (text) => void (written[name] += text),
    isTerminal: columns !== undefined,
    columns: columns ?? 80,
    hasColours: colours,
  });
  const terminal: Terminal = {
    out: output('out'),
    err: output('err'),
    env,
    ask:
      answers === undefined
        ? null
        : async (question) => {
            written.err += `${question}\n`;
            return left.shift() ?? '';
          },
    now: () => Date.now(),
    async sleep() {
      await onSleep(() => ended.abort(interrupted()));
      await sleep(SHORT_MS, undefined, { signal: ended.signal });
    },
    interrupted: ended.signal,
  };
  const exitCode = await runF2j(args, terminal, '1.2.3');
  return { exitCode, ...written };
}
