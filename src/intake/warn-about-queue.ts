import { MIN_VISIBILITY_SECONDS, type SqsQueue } from './sqs-queue.ts';

export interface QueueLog {
  warn(data: object, text: string): void;
}

/** Warns about attributes of a queue that an operator should change. Never throws: the intake loops report a queue that can't be reached. */
export async function warnAboutQueue({ url, attributes }: SqsQueue, mayProlong: () => Promise<boolean>, log: QueueLog): Promise<void> {
  try {
    const { redrives, visibilitySeconds } = await attributes();
    if (!redrives)
      log.warn({ queue: url }, 'The queue has no redrive policy: messages that cannot be read are deleted after they were stored');
    if (visibilitySeconds < MIN_VISIBILITY_SECONDS)
      log.warn({ queue: url, visibilitySeconds }, 'The visibility timeout of the queue is short: messages will come twice');
    if (!(await mayProlong()))
      log.warn({ queue: url }, 'The right sqs:ChangeMessageVisibility is missing: messages come twice when the store was away');
  } catch {
    // Reported by the intake loops.
  }
}
