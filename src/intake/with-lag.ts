import type { SqsQueue } from './sqs-queue.ts';

/** More than the messages in hand of all loops of a queue; those that are left to SQS fall out. */
const MAX_KEPT = 1_000;

/**
 * The same queue, which tells of every message that it deletes how long ago SQS got it: by then its content is safe in the store.
 * @param now epoch ms @param onDeleted gets ms
 */
export function withLag(queue: SqsQueue, now: () => number, onDeleted: (ms: number) => void): SqsQueue {
  const sentAt = new Map<string, number>();

  function keep(receiptHandle: string, at: number): void {
    sentAt.set(receiptHandle, at);
    const [oldest] = sentAt.keys();
    if (sentAt.size > MAX_KEPT && oldest !== undefined) sentAt.delete(oldest);
  }

  return {
    ...queue,
    async receive(signal, waitSeconds) {
      const messages = await queue.receive(signal, waitSeconds);
      for (const message of messages) if (message.sentAt !== null) keep(message.receiptHandle, message.sentAt);
      return messages;
    },
    async remove(receiptHandles) {
      const left = await queue.remove(receiptHandles);
      for (const handle of receiptHandles) {
        const at = sentAt.get(handle);
        if (at === undefined || left.includes(handle)) continue;
        sentAt.delete(handle);
        onDeleted(now() - at);
      }
      return left;
    },
  };
}
