import {
  DeleteMessageCommand,
  ReceiveMessageCommand,
  SendMessageCommand,
  type Message,
  type MessageSystemAttributeValue,
  type SQSClient,
} from '@aws-sdk/client-sqs';
import type { DeadLetters } from '../pipeline/ports/dead-letter-queue.ts';

/** A message that was received is hidden this long, seconds: who dies in between leaves it where it was. */
const HIDDEN_SECONDS = 60;

/** Lookups at every server of SQS; a shorter poll may miss what is there. */
const POLL_SECONDS = 1;

/** What SQS gives out at once. */
const BATCH = 10;

/**
 * Moves the messages of one queue into another where SQS does not do it: each is sent, with its attributes, and only then deleted.
 * A death in between leaves it in both. It ends when nothing more comes, or when as many as there were at the beginning have been moved: what
 * comes back meanwhile is left.
 * @param said hears how many were moved so far; where it throws, the move ends there
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
