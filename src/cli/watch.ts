import { CommandFailed, EXIT } from './exit-code.ts';
import { safeLines } from './safe-text.ts';
import type { Terminal } from './terminal.ts';

export interface WatchOptions {
  /** Seconds between two answers; left out: one answer only. */
  readonly watch?: number;
}

const CLEAR = '\u001b[H\u001b[2J';

/** Shows something once, or again and again until Ctrl-C. A service that does not answer for a while is no end. */
export async function watch(terminal: Terminal, { watch: seconds }: WatchOptions, show: () => Promise<void>): Promise<void> {
  if (seconds === undefined) return show();
  const { out, err } = terminal;
  for (;;) {
    if (out.isTerminal) out.write(`${CLEAR}Every ${seconds} s, ${new Date(terminal.now()).toISOString()}; Ctrl-C ends it\n\n`);
    try {
      await show();
    } catch (error) {
      if (!(error instanceof CommandFailed) || error.exitCode !== EXIT.unreachable) throw error;
      err.write(`${safeLines(error.message)}\n`);
    }
    await terminal.sleep(seconds * 1_000);
  }
}
