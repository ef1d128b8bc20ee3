import type { ReconcileQueue } from '../pipeline/ports/reconcile-queue.ts';
import { openBullmqQueue, type BullmqQueueOptions } from './bullmq-queue.ts';
import { createInProcessQueue } from './in-process-queue.ts';

export interface OpenQueueOptions extends Omit<BullmqQueueOptions, 'url'> {
  /** Null: the queue lives in this process. */
  readonly redisUrl: string | null;
}

/** The queue in Redis where replicas share it, else the one in the process. @throws StoreUnavailable when Redis can't be reached */
export async function openQueue({ redisUrl, ...options }: OpenQueueOptions): Promise<ReconcileQueue> {
  return redisUrl === null ? createInProcessQueue(options) : openBullmqQueue({ ...options, url: redisUrl });
}
