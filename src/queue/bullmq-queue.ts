import { ErrorCode, WaitingError, type Job, type Worker } from 'bullmq';
import { Compile } from 'typebox/compile';
import type { Clock } from '../pipeline/ports/clock.ts';
import type { ReconcileQueue } from '../pipeline/ports/reconcile-queue.ts';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import { openAskLine, redisAnswers, unavailable } from './ask-line.ts';
import { createProgressWatchdog, WEDGED_AFTER_MS, type WorkSeen } from './progress-watchdog.ts';
import { ReconcileJob, type QueueLocation } from './queue-location.ts';
import { startReconcileWorker } from './reconcile-worker.ts';
import { endedWithin } from './within.ts';

export interface BullmqQueueOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly installation: string;
  /** Groups reconciled at the same time by this process; at most 50, since each ask scans the active jobs. */
  readonly concurrency: number;
  readonly clock: Clock;
  /** Gets errors of `reconcile` with the group, and errors of the connection to Redis with null. */
  readonly onError: (error: unknown, group: string | null) => void;
  /** Called once, when work makes no progress and new connections did not help: the process should end and be restarted. */
  readonly onWedged: () => void;
  /** @see createProgressWatchdog; 60 s by default. */
  readonly wedgedAfterMs?: number;
  /** How long a job stays with a process that was killed, ms; 30 s by default. */
  readonly lockMs?: number;
}

const LOCK_MS = 30_000;
const CHECK_EVERY_MS = 10_000;
/** How long BullMQ may take to close when nothing runs any more. */
const GOODBYE_MS = 2_000;

const jobs = Compile(ReconcileJob);

/** The job is gone or belongs to another process: Redis was emptied, or this process was blocked beyond the lock. The group's record remains. */
const OUT_OF_HAND: readonly unknown[] = [ErrorCode.JobNotExist, ErrorCode.JobLockNotExist, ErrorCode.JobLockMismatch];

function isOutOfHand(error: unknown): boolean {
  return error instanceof Error && 'code' in error && OUT_OF_HAND.includes(error.code);
}

/**
 * The queue in Redis, with BullMQ, for any number of processes. An ask for a group that waits at a lower urgency raises
 * it; of the asks during a run, the last one gives its urgency to the run that follows.
 * @throws StoreUnavailable when Redis can't be reached now; a connection that is lost later recovers by itself
 */
export async function openBullmqQueue(options: BullmqQueueOptions): Promise<ReconcileQueue> {
  const { url, installation, concurrency, clock, onError, onWedged, wedgedAfterMs = WEDGED_AFTER_MS, lockMs = LOCK_MS } = options;
  const location: QueueLocation = { url, prefix: `{f2j:${installation}}` };
  const watchdog = createProgressWatchdog({ clock, wedgedAfterMs });
  const running = new Map<string, Promise<void>>();
  let reconcile: ((group: string) => Promise<void>) | null = null;
  let worker: Worker | null = null;
  let state: 'open' | 'paused' | 'closed' = 'open';
  let nextCheck: NodeJS.Timeout | null = null;
  let lastReported = '';
  let line = await openAskLine(location, report);

  /** Every reconnect fails with the same message: it is reported once, and again after progress. */
  function report(error: unknown): void {
    const words = String(error);
    if (words === lastReported || state === 'closed' || isOutOfHand(error)) return;
    lastReported = words;
    onError(unavailable(error), null);
  }

  function progressed(): void {
    lastReported = '';
    watchdog.progressed();
  }

  async function run(job: Job, token: string | undefined): Promise<void> {
    const raw: unknown = job.data;
    if (!jobs.Check(raw)) return onError(new Error(`Job ${job.id} names no group`), null);
    // Redis gives a job out again when our heartbeat came late; its first run may still go on in this process.
    for (let earlier = running.get(raw.group); earlier !== undefined; earlier = running.get(raw.group)) await earlier;
    if (state !== 'open') {
      await job.moveToWait(token);
      throw new WaitingError();
    }
    const mine = reconciled(raw.group);
    running.set(raw.group, mine);
    await mine;
  }

  /** Never rejects: the group's record knows of its retry, so for the queue the job is done. */
  async function reconciled(group: string): Promise<void> {
    await Promise.resolve();
    progressed();
    try {
      await reconcile?.(group);
    } catch (error) {
      onError(error, group);
    } finally {
      running.delete(group);
      progressed();
    }
  }

  const newWorker = (): Worker => startReconcileWorker({ location, concurrency, lockMs, run, onError: report });

  function checkLater(): void {
    nextCheck = setTimeout(() => void check(), Math.min(CHECK_EVERY_MS, wedgedAfterMs / 6));
    nextCheck.unref();
  }

  async function check(): Promise<void> {
    const seen = await see();
    if (state !== 'open') return;
    const verdict = watchdog.saw(seen);
    if (verdict === 'give-up') return onWedged();
    if (verdict === 'renew') await renew();
    if (state === 'open') checkLater();
  }

  async function see(): Promise<WorkSeen> {
    try {
      return (await line.depth()) + running.size > 0 ? 'busy' : 'idle';
    } catch {
      // When a new connection is answered and ours is not, ours is stuck.
      return (await redisAnswers(url)) ? 'busy' : 'away';
    }
  }

  async function renew(): Promise<void> {
    onError(new Error(`Nothing was started or finished for ${wedgedAfterMs} ms; connecting to the queue anew`), null);
    worker?.close(true).catch(report);
    worker = newWorker();
    try {
      const fresh = await openAskLine(location, report);
      const replaced = state === 'closed' ? fresh : line;
      if (replaced === line) line = fresh;
      replaced.close();
    } catch (error) {
      report(error);
    }
  }

  async function pause(): Promise<void> {
    if (state === 'open') state = 'paused';
    if (nextCheck !== null) clearTimeout(nextCheck);
    watchdog.saw('idle');
    await worker?.pause(true);
  }

  return {
    async ask(group, urgency) {
      if (state === 'closed') throw new StoreUnavailable('the queue was closed');
      await line.ask(group, urgency);
    },
    work(handler) {
      reconcile = handler;
      if (state !== 'open' || worker !== null) return;
      worker = newWorker();
      checkLater();
    },
    pause,
    depth: () => line.depth(),
    health: () => watchdog.health(),
    async close(graceMs) {
      await pause();
      const finished = await endedWithin(Promise.all(running.values()), graceMs);
      state = 'closed';
      if (worker !== null) {
        const closing = worker.close(!finished).catch(() => {});
        if (!(await endedWithin(closing, GOODBYE_MS))) worker.disconnect().catch(() => {});
      }
      line.close();
    },
  };
}
