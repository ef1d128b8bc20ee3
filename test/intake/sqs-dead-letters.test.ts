import { GetQueueAttributesCommand, ReceiveMessageCommand, SendMessageCommand, type Message, type SQSClient } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { createSqsDeadLetters } from '../../src/intake/sqs-dead-letters.ts';
import { runOwnMove } from '../../src/intake/own-move.ts';
import type { DeadLetterQueue, DeadLetters } from '../../src/pipeline/ports/dead-letter-queue.ts';
import { LOCAL_SQS, startLocalSqs } from '../support/servers/local-sqs.ts';
import { until } from '../support/until.ts';

interface Queues {
  readonly client: SQSClient;
  readonly queueUrl: string;
  readonly deadUrl: string;
  readonly queue: DeadLetterQueue;
}

/** A queue, and the dead-letter queue that its redrive policy names. @param named false: only the settings name it */
async function twoQueues(kind: (typeof LOCAL_SQS)[number], named = true): Promise<Queues> {
  const sqs = await startLocalSqs(kind);
  const dead = await sqs.createQueue('dead');
  const policy = { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }) };
  const { url } = await sqs.createQueue('findings', named ? policy : {});
  return {
    client: sqs.client,
    queueUrl: url,
    deadUrl: dead.url,
    queue: createSqsDeadLetters(sqs.client, url, named ? null : dead.url),
  };
}

async function send(client: SQSClient, url: string, count: number): Promise<void> {
  for (let n = 0; n < count; n += 1) {
    await client.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: `message ${n} é "{[`,
        MessageAttributes: { n: { DataType: 'Number', StringValue: String(n) } },
      }),
    );
  }
}

/** Receives this many messages from the queues; an emulator may report them as moved a moment before they are there. */
async function taken(client: SQSClient, count: number, ...urls: readonly string[]): Promise<readonly Message[]> {
  const all: Message[] = [];
  await until(async () => {
    for (const url of urls) {
      const receive = { QueueUrl: url, MaxNumberOfMessages: 10, MessageAttributeNames: ['All'] };
      all.push(...((await client.send(new ReceiveMessageCommand(receive))).Messages ?? []));
    }
    return all.length >= count;
  }, `${count} messages have come`);
  return all;
}

async function found({ queue }: Queues): Promise<DeadLetters> {
  const letters = await queue.find();
  if (letters === null) throw new Error('There is no dead-letter queue');
  return letters;
}

const listen = async (): Promise<void> => undefined;

describe.each(LOCAL_SQS)('on %s', (kind) => {
  const by = kind === 'fauxqs' ? 'own-move' : 'move-task';

  test('finds the dead-letter queue by the redrive policy, and counts', async () => {
    const queues = await twoQueues(kind);
    await send(queues.client, queues.deadUrl, 3);
    expect(await queues.queue.find()).toEqual({ url: queues.deadUrl, arn: expect.stringMatching(/:dead$/), waiting: 3 });
  });

  test('a queue without a redrive policy has none', async () => {
    const sqs = await startLocalSqs(kind);
    const { url } = await sqs.createQueue('alone');
    expect(await createSqsDeadLetters(sqs.client, url, null).find()).toBeNull();
  });

  test('moves every message back, whole and with its attributes', async () => {
    const queues = await twoQueues(kind);
    await send(queues.client, queues.deadUrl, 23);
    const progress: number[] = [];
    const result = await queues.queue.moveBack(await found(queues), async (moved) => void progress.push(moved));
    expect(result).toEqual({ by, moved: 23 });
    expect(progress.at(-1)).toBe(23);
    expect(progress).toEqual(progress.toSorted((a, b) => a - b));
    expect(await found(queues)).toMatchObject({ waiting: 0 });
    const back = await taken(queues.client, 23, queues.queueUrl);
    expect(new Set(back.map(({ Body }) => Body)).size).toBe(23);
    for (const { Body, MessageAttributes } of back) expect(Body).toContain(`message ${MessageAttributes?.['n']?.StringValue} é "{[`);
  });

  test('moves nothing from an empty one', async () => {
    const queues = await twoQueues(kind);
    expect(await queues.queue.moveBack(await found(queues), listen)).toEqual({ by, moved: 0 });
  });

  test('a dead-letter queue that only the settings name is moved message by message', async () => {
    const queues = await twoQueues(kind, false);
    await send(queues.client, queues.deadUrl, 3);
    expect(await queues.queue.moveBack(await found(queues), listen)).toEqual({ by: 'own-move', moved: 3 });
    expect(await taken(queues.client, 3, queues.queueUrl)).toHaveLength(3);
  });

  test('ends when it is stopped, and loses nothing', async () => {
    const queues = await twoQueues(kind);
    await send(queues.client, queues.deadUrl, 23);
    const stop = async (): Promise<void> => {
      throw new Error('enough');
    };
    await expect(queues.queue.moveBack(await found(queues), stop)).rejects.toThrow('enough');
    // The emulator ends a task in its next cycle.
    const again = await queues.queue.moveBack(await found(queues), listen).catch(() => null);
    expect(again === null || again.moved <= 23).toBe(true);
    expect(await taken(queues.client, 23, queues.queueUrl, queues.deadUrl)).toHaveLength(23);
  });
});

test('a move without a task of SQS that dies after it has sent leaves the message in both queues', async () => {
  const queues = await twoQueues('fauxqs');
  await send(queues.client, queues.deadUrl, 1);
  const letters = await found(queues);
  queues.client.middlewareStack.add(
    (next, { commandName }) =>
      async (args) => {
        if (commandName === 'DeleteMessageCommand') throw new Error('died');
        return next(args);
      },
    { step: 'initialize', name: 'dies' },
  );
  await expect(runOwnMove(queues.client, letters, queues.queueUrl, listen)).rejects.toThrow('died');
  queues.client.middlewareStack.remove('dies');
  expect(await taken(queues.client, 1, queues.queueUrl)).toHaveLength(1);
  const hidden = { AttributeNames: ['ApproximateNumberOfMessagesNotVisible' as const], QueueUrl: queues.deadUrl };
  expect(await queues.client.send(new GetQueueAttributesCommand(hidden))).toMatchObject({
    Attributes: { ApproximateNumberOfMessagesNotVisible: '1' },
  });
});

test('a move without a task of SQS leaves messages that come back meanwhile', async () => {
  const queues = await twoQueues('fauxqs');
  await send(queues.client, queues.deadUrl, 10);
  const letters = await found(queues);
  const moved = await runOwnMove(queues.client, letters, queues.queueUrl, () => send(queues.client, queues.deadUrl, 2));
  expect(moved).toBe(10);
  expect(await found(queues)).toMatchObject({ waiting: 2 });
});

test('a task that runs already is followed', async () => {
  const queues = await twoQueues('local-aws-sqs');
  await send(queues.client, queues.deadUrl, 40);
  const letters = await found(queues);
  const both = await Promise.all([queues.queue.moveBack(letters, listen), queues.queue.moveBack(letters, listen)]);
  expect(both.map(({ moved }) => moved)).toEqual([40, 40]);
  expect(await taken(queues.client, 40, queues.queueUrl)).toHaveLength(40);
});
