import { Worker, type Job } from 'bullmq';
import { isReadOnly, RECONCILE, type QueueLocation } from './queue-location.ts';

export interface ReconcileWorkerOptions {
  readonly location: QueueLocation;
  readonly concurrency: number;
  /** How long a job stays with a worker that sends no heartbeat, ms. */
  readonly lockMs: number;
  /** Runs one job; BullMQ's token is for moving it. */
  readonly run: (job: Job, token: string | undefined) => Promise<void>;
  readonly onError: (error: unknown) => void;
}

/** A job that stalled more often than this is set aside; its group's record still knows of it. */
const MAX_STALLED = 50;

/** A worker of BullMQ whose connections close when they are silent for too long, and reopen by themselves. */
export function startReconcileWorker({ location, concurrency, lockMs, run, onError }: ReconcileWorkerOptions): Worker {
  const worker = new Worker(RECONCILE, (job, token) => run(job, token), {
    connection: {
      url: location.url,
      connectTimeout: 5_000,
      // Above every wait of a healthy connection (BullMQ blocks for at most 10 s), and the only guard against a half-open one.
      socketTimeout: 30_000,
      // A worker waits for Redis however long that takes; BullMQ needs this for its blocking reads.
      maxRetriesPerRequest: null,
      reconnectOnError: isReadOnly,
      retryStrategy: (times: number) => Math.min(5_000, 100 * 2 ** times) * (0.5 + Math.random() / 2),
    },
    prefix: location.prefix,
    concurrency,
    lockDuration: lockMs,
    stalledInterval: lockMs,
    maxStalledCount: MAX_STALLED,
    runRetryDelay: 5_000,
  });
  worker.on('error', onError);
  worker.on('failed', (_job, error) => onError(error));
  return worker;
}
