import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type MessageSystemAttributeValue,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../pipeline/ports/dead-letter-queue.ts';

/** How long a received message is hidden, seconds: after a crash in between it is back where it was. */
const HIDDEN_SECONDS = 60;

/** A long poll asks every server of SQS; a shorter one may miss messages. */
const POLL_SECONDS = 1;

/** The most messages that SQS gives out at once. */
const BATCH = 10;

/**
 * Moves the messages of one queue into another where SQS does not do it: each is sent, with its attributes, and only then deleted.
 * A crash in between leaves it in both. The move ends when nothing more comes, or when as many as there were at the beginning have been
 * moved: messages that come back meanwhile are left.
 * @param onProgress gets the number of moved messages so far; when it throws, the move ends there
 */
export async function runOwnMove(
  client: SQSClient,
  from: DeadLetters,
  toUrl: string,
  onProgress: (moved: number) => Promise<void>,
): Promise<number> {
  let moved = 0;
  while (moved < Math.max(1, from.waiting)) {
    const messages = await receive(client, from.url);
    if (messages.length === 0) break;
    for (const message of messages) {
      await send(client, toUrl, message);
      await client.send(new DeleteMessageCommand({ QueueUrl: from.url, ReceiptHandle: message.ReceiptHandle }));
      moved += 1;
    }
    await onProgress(moved);
  }
  return moved;
}

async function receive(client: SQSClient, url: string): Promise<readonly Message[]> {
  const { Messages = [] } = await client.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: BATCH,
      WaitTimeSeconds: POLL_SECONDS,
      VisibilityTimeout: HIDDEN_SECONDS,
      MessageAttributeNames: ['All'],
      MessageSystemAttributeNames: ['AWSTraceHeader'],
    }),
  );
  return Messages;
}

async function send(client: SQSClient, url: string, { Body = '', MessageAttributes, Attributes }: Message): Promise<void> {
  const trace = Attributes?.AWSTraceHeader;
  const traced: { AWSTraceHeader: MessageSystemAttributeValue } | null =
    trace === undefined ? null : { AWSTraceHeader: { DataType: 'String', StringValue: trace } };
  await client.send(
    new SendMessageCommand({
      QueueUrl: url,
      MessageBody: Body,
      ...(MessageAttributes === undefined ? {} : { MessageAttributes }),
      ...(traced === null ? {} : { MessageSystemAttributes: traced }),
    }),
  );
}
