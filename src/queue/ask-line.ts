import { randomUUID } from 'node:crypto';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import type { Urgency } from '../pipeline/ports/reconcile-queue.ts';
import { StoreUnavailable } from '../pipeline/ports/store.ts';
import { isReadOnly, RECONCILE, type QueueLocation, type ReconcileJob } from './queue-location.ts';
import { within } from './within.ts';

/** The asking side of the queue: it fails at once where the worker's side waits. */
export interface AskLine {
  /** @throws StoreUnavailable */
  ask(group: string, urgency: Urgency): Promise<void>;
  /** @throws StoreUnavailable */
  depth(): Promise<number>;
  close(): void;
}

/** BullMQ takes jobs without a priority first, then the low numbers; a person's ask goes to the head of the former. */
const PRIORITY = { person: 0, event: 0, rules: 1, sweep: 2 } as const satisfies Record<Urgency, number>;

const CONNECT_MS = 5_000;
const ANSWER_MS = 12_000;

/** How many failed jobs are kept: those that stalled too often; no other job fails. */
const KEPT_FAILED = 1_000;

/** @throws StoreUnavailable when Redis can't be reached now; a connection that is lost later recovers by itself */
export async function openAskLine({ url, prefix }: QueueLocation, onError: (error: unknown) => void): Promise<AskLine> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: CONNECT_MS,
    enableOfflineQueue: false,
    maxRetriesPerRequest: 0,
    socketTimeout: 10_000,
    reconnectOnError: isReadOnly,
  });
  redis.on('error', onError);
  try {
    await redis.connect();
  } catch (error) {
    redis.disconnect();
    throw unavailable(error);
  }
  const queue = new Queue<ReconcileJob>(RECONCILE, { connection: redis, prefix, streams: { events: { maxLen: 100 } } });
  queue.on('error', onError);

  async function ask(group: string, urgency: Urgency): Promise<void> {
    const jobId = randomUUID();
    const job = await queue.add(
      RECONCILE,
      { group },
      {
        jobId,
        // One job per group waits; an ask during a run becomes the job that follows it.
        deduplication: { id: group, keepLastIfActive: true },
        priority: PRIORITY[urgency],
        lifo: urgency === 'person',
        attempts: 1,
        removeOnComplete: true,
        removeOnFail: { count: KEPT_FAILED },
      },
    );
    if (job.id !== undefined && job.id !== jobId && urgency !== 'sweep') await hurry(job.id, urgency);
  }

  /** Raises the urgency of a waiting job. Nothing is lost when that fails: the job stays as it is. */
  async function hurry(jobId: string, urgency: Urgency): Promise<void> {
    const [priority, lifo] = [PRIORITY[urgency], urgency === 'person'];
    try {
      const job = await queue.getJob(jobId);
      if (job !== undefined && (lifo || job.priority > priority)) await job.changePriority({ priority, lifo });
    } catch (error) {
      onError(error);
    }
  }

  async function depth(): Promise<number> {
    const counts = await queue.getJobCounts('waiting', 'prioritized');
    return Object.values(counts).reduce((sum, count) => sum + count, 0);
  }

  return {
    ask: (group, urgency) => within(ask(group, urgency), ANSWER_MS).catch(rethrow),
    depth: () => within(depth(), ANSWER_MS).catch(rethrow),
    close() {
      queue.close().catch(onError);
      redis.disconnect();
    },
  };
}

/** Whether Redis answers on a new connection. */
export async function redisAnswers(url: string): Promise<boolean> {
  const redis = new Redis(url, { lazyConnect: true, connectTimeout: CONNECT_MS, retryStrategy: () => null });
  redis.on('error', () => {});
  try {
    await within(
      redis.connect().then(() => redis.ping()),
      CONNECT_MS,
    );
    return true;
  } catch {
    return false;
  } finally {
    redis.disconnect();
  }
}

function rethrow(error: unknown): never {
  throw unavailable(error);
}

/** An error of Redis or of the network. */
export function unavailable(error: unknown): StoreUnavailable {
  return new StoreUnavailable(`the queue in Redis: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
}
