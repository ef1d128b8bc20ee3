import type { SQSClient } from '@aws-sdk/client-sqs';
import type { DeadLetterQueue } from '../pipeline/ports/dead-letter-queue.ts';
import { checkQueues } from './check-queues.ts';
import { mayChangeVisibility } from './may-change-visibility.ts';
import { createSqsDeadLetters } from './sqs-dead-letters.ts';
import { createSqsClient, createSqsQueue, type SqsClientOptions, type SqsQueue } from './sqs-queue.ts';
import { warnAboutQueue, type QueueLog } from './warn-about-queue.ts';

/** The queues of the service, and what goes with them. */
export interface OpenedSqs {
  readonly client: SQSClient;
  readonly queues: readonly SqsQueue[];
  readonly deadLetterQueues: readonly DeadLetterQueue[];
  /** @throws SettingRefused when a queue can't be used at all */
  check(): Promise<void>;
  /** Warns about what an operator should change, in the background. */
  warn(log: QueueLog): void;
  close(): void;
}

export interface OpenSqsOptions extends SqsClientOptions {
  readonly queueUrls: readonly string[];
  /** Null: as the redrive policy of each queue says. */
  readonly deadLetterQueueUrl: string | null;
}

/** Sends nothing yet. */
export function openSqs({ queueUrls, deadLetterQueueUrl, ...connection }: OpenSqsOptions): OpenedSqs {
  const client = createSqsClient(connection);
  const queues = queueUrls.map((url) => createSqsQueue(client, url));
  return {
    client,
    queues,
    deadLetterQueues: queueUrls.map((url) => createSqsDeadLetters(client, url, deadLetterQueueUrl)),
    check: () => checkQueues(client, queues),
    warn(log) {
      for (const queue of queues) void warnAboutQueue(queue, () => mayChangeVisibility(client, queue.url), log);
    },
    close: () => client.destroy(),
  };
}
