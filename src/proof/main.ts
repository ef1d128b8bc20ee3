import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { LIVE_BOUNDS, runDoctor } from './run-doctor.ts';

/**
 * `npm run doctor`: checks on a real site, and on a real queue, what the service takes for granted. Ctrl-C ends the checks and closes the
 * test issue; a second one ends at once, and the next run closes it.
 */
const interrupt = new AbortController();
/** npm passes on a signal that the terminal has sent to this process, too: within this time both are one Ctrl-C, ms. */
const SAME_SIGNAL_MS = 1_000;
let interruptedAt = Infinity;
for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => {
    if (performance.now() - interruptedAt > SAME_SIGNAL_MS) process.exit(1);
    interruptedAt = Math.min(interruptedAt, performance.now());
    interrupt.abort();
  });
}

const { version } = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

process.exitCode = await runDoctor(process.argv.slice(2), {
  env: process.env,
  readFile: (path) => readFileSync(path, 'utf8'),
  out: (text) => void process.stdout.write(text),
  say: (line) => void process.stderr.write(`${line}\n`),
  ask: process.stdin.isTTY ? ask : null,
  signal: interrupt.signal,
  sleep: (ms, signal) => sleep(ms, undefined, signal === undefined ? {} : { signal }),
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  random: Math.random,
  run: randomUUID(),
  version: String(version),
  bounds: LIVE_BOUNDS,
});

async function ask(question: string): Promise<string> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr });
  const ended = new AbortController();
  // Ctrl-C and Ctrl-D: without an answer, nothing is confirmed.
  for (const event of ['SIGINT', 'close'] as const) terminal.once(event, () => ended.abort());
  try {
    return await terminal.question(question, { signal: AbortSignal.any([ended.signal, interrupt.signal]) });
  } catch {
    return '';
  } finally {
    terminal.close();
  }
}
