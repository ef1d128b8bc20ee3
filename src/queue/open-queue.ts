import type { ReconcileQueue } from '../pipeline/ports/reconcile-queue.ts';
import type { BullmqQueueOptions } from './bullmq-queue.ts';
import { createInProcessQueue } from './in-process-queue.ts';

export interface OpenQueueOptions extends Omit<BullmqQueueOptions, 'url'> {
  /** Null: the queue lives in this process. */
  readonly redisUrl: string | null;
}

/**
 * The queue in Redis where replicas share it, else the one in the process, which needs none of the packages that speak to Redis.
 * @throws StoreUnavailable when Redis can't be reached
 */
export async function openQueue({ redisUrl, ...options }: OpenQueueOptions): Promise<ReconcileQueue> {
  if (redisUrl === null) return createInProcessQueue(options);
  const { openBullmqQueue } = await import('./bullmq-queue.ts');
  return openBullmqQueue({ ...options, url: redisUrl });
}
