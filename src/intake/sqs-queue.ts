import {
  ChangeMessageVisibilityBatchCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import type { Agents } from '../network/create-network.ts';
import { createSdkLog, type WarningLog } from './sdk-log.ts';

/** A received message. */
export interface SqsMessage {
  readonly body: string;
  readonly receiptHandle: string;
  /** When SQS got it, by the clock of SQS, epoch ms; null: SQS did not say. */
  readonly sentAt: number | null;
}

/** The calls of intake to one queue. */
export interface SqsQueue {
  readonly url: string;
  /** Waits so long for at most ten messages. Only this call is aborted when the service stops. */
  receive(signal: AbortSignal, waitSeconds: number): Promise<readonly SqsMessage[]>;
  /** @returns the handles that were not deleted and may be tried again */
  remove(receiptHandles: readonly string[]): Promise<readonly string[]>;
  /**
   * Hides received messages for so long from now; 0: they can be received at once.
   * @returns the handles that SQS no longer leaves to us: their visibility ended, or twelve hours have passed since the receive
   */
  changeVisibility(receiptHandles: readonly string[], seconds: number): Promise<readonly string[]>;
  /** Messages waiting and in flight, as SQS estimates them; whether there is a redrive policy; for how long a received message stays hidden. */
  attributes(): Promise<{
    readonly waiting: number;
    readonly inFlight: number;
    readonly redrives: boolean;
    readonly visibilitySeconds: number;
  }>;
}

/** The longest that SQS offers. */
export const LONG_POLL_SECONDS = 20;

/** The shortest safe visibility timeout, seconds: with less, a message may be delivered again while it is still handled. */
export const MIN_VISIBILITY_SECONDS = 60;

/** The most messages of one batch in SQS. */
const BATCH = 10;

/** The SDK's calls go over these connections, and its warnings to this log. */
export interface SqsClientOptions {
  readonly agents: Agents;
  readonly log: WarningLog;
  /** The configured endpoint; null: that of AWS, or the host of the queue's URL. Given here, it wins over that host. */
  readonly endpoint: string | null;
}

/** Region and credentials come from the environment as in every AWS SDK. */
export function createSqsClient({ agents, log, endpoint }: SqsClientOptions): SQSClient {
  return new SQSClient({
    maxAttempts: 3,
    logger: createSdkLog(log),
    requestHandler: { ...agents, connectionTimeout: 5_000, requestTimeout: (LONG_POLL_SECONDS + 20) * 1_000 },
    ...(endpoint === null ? {} : { endpoint }),
  });
}

export function createSqsQueue(client: SQSClient, url: string): SqsQueue {
  return {
    url,
    async receive(signal, waitSeconds) {
      const command = new ReceiveMessageCommand({
        QueueUrl: url,
        MaxNumberOfMessages: BATCH,
        WaitTimeSeconds: waitSeconds,
        MessageSystemAttributeNames: ['SentTimestamp'],
      });
      const { Messages = [] } = await client.send(command, { abortSignal: signal });
      return Messages.flatMap(({ Body = '', ReceiptHandle, Attributes }) =>
        ReceiptHandle === undefined ? [] : [{ body: Body, receiptHandle: ReceiptHandle, sentAt: epochMs(Attributes?.SentTimestamp) }],
      );
    },
    async remove(receiptHandles) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle }));
      const { Failed = [] } = await client.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));
      // A sender fault, such as an expired handle, would fail forever; the message comes back by itself.
      return Failed.filter(({ SenderFault }) => SenderFault !== true).flatMap(({ Id }) => receiptHandles[Number(Id)] ?? []);
    },
    async changeVisibility(receiptHandles, seconds) {
      const Entries = receiptHandles.map((ReceiptHandle, index) => ({ Id: String(index), ReceiptHandle, VisibilityTimeout: seconds }));
      const answer = await client.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
      return (answer.Failed ?? []).filter(({ SenderFault }) => SenderFault === true).flatMap(({ Id }) => receiptHandles[Number(Id)] ?? []);
    },
    async attributes() {
      const names = ['ApproximateNumberOfMessages', 'ApproximateNumberOfMessagesNotVisible', 'RedrivePolicy', 'VisibilityTimeout'] as const;
      const { Attributes } = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [...names] }));
      return {
        waiting: Number(Attributes?.ApproximateNumberOfMessages ?? 0),
        inFlight: Number(Attributes?.ApproximateNumberOfMessagesNotVisible ?? 0),
        redrives: Boolean(Attributes?.RedrivePolicy),
        visibilitySeconds: Number(Attributes?.VisibilityTimeout ?? 0),
      };
    },
  };
}

function epochMs(text: string | undefined): number | null {
  const ms = Number(text ?? Number.NaN);
  return Number.isFinite(ms) ? ms : null;
}
