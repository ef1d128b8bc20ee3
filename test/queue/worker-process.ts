import { writeSync } from 'node:fs';
import { openBullmqQueue } from '../../src/queue/bullmq-queue.ts';

/** A process that takes jobs of the given installation, prints each group on its own line, and never ends a job. */
const [, , url = '', installation = '', lockMs = ''] = process.argv;

const queue = await openBullmqQueue({
  url,
  installation,
  concurrency: 2,
  clock: { now: () => Date.now(), monotonic: () => performance.now() },
  onError: () => {},
  onWedged: () => {},
  lockMs: Number(lockMs),
});
queue.work((group) => {
  writeSync(1, `${group}\n`);
  return new Promise(() => {});
});
