import { GetQueueAttributesCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { DeadLetterQueue, DeadLetters } from '../pipeline/ports/dead-letter-queue.ts';
import { runMoveTask } from './move-task.ts';
import { runOwnMove } from './own-move.ts';

/** The `RedrivePolicy` of SQS, JSON in a string. */
const RedrivePolicy = Type.Object({ deadLetterTargetArn: Type.String({ pattern: '^arn:[^:]+:sqs:[^:]*:[^:]+:[^:]+$' }) });

/**
 * The dead letters of a queue.
 * @param deadLetterQueueUrl where they are; null: the queue's redrive policy names it
 */
export function createSqsDeadLetters(client: SQSClient, queueUrl: string, deadLetterQueueUrl: string | null): DeadLetterQueue {
  async function find(): Promise<DeadLetters | null> {
    const url = deadLetterQueueUrl ?? (await asked());
    if (url === null) return null;
    const names = ['QueueArn', 'ApproximateNumberOfMessages'] as const;
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }));
    return { url, arn: Attributes?.QueueArn ?? '', waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0) };
  }

  async function asked(): Promise<string | null> {
    const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['RedrivePolicy'] }));
    return Attributes?.RedrivePolicy ? besideOf(queueUrl, Attributes.RedrivePolicy) : null;
  }

  return {
    queueUrl,
    find,
    async moveBack(from, raw) {
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['QueueArn'] }));
      const task = await runMoveTask(client, from.arn, Attributes?.QueueArn ?? '', raw);
      return task === null
        ? { by: 'own-move', moved: await runOwnMove(client, from, queueUrl, raw) }
        : { by: 'move-task', moved: task.moved };
    },
  };
}

/** A dead-letter queue is in its queue's Region and account, so its URL differs only in the name. */
function besideOf(queueUrl: string, policy: string): string {
  const raw: unknown = JSON.parse(policy);
  if (!Check(RedrivePolicy, raw)) throw new Error('The redrive policy of the queue names no queue');
  const [account, name] = raw.deadLetterTargetArn.split(':').slice(4);
  return new URL(`/${account}/${name}`, queueUrl).href;
}
