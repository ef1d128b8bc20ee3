import { CreateQueueCommand, GetQueueAttributesCommand, SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import { buildApp, startFauxqs } from 'fauxqs';
import { refusedAnswer, type SqsFaults } from './sqs-faults.ts';

export interface SqsEmulatorOptions {
  /** 0, the default: a free port. */
  readonly port?: number;
  /** The address that it listens on; ignored with `dataDir`, which listens on all addresses. */
  readonly host?: string;
  readonly queueName?: string;
  /** Folder of a SQLite file with queues and messages; without it they end with the process. */
  readonly dataDir?: string;
  /** True, the default: some receives move a message to a dead-letter queue. */
  readonly withDeadLetterQueue?: boolean;
  /** How many; 5 by default. */
  readonly maxReceives?: number;
  /** Seconds that a received message stays hidden. */
  readonly visibilitySeconds?: number;
}

/** An in-process SQS endpoint. It accepts any credentials, and it can't move messages back (`StartMessageMoveTask`). */
export interface SqsEmulator {
  readonly endpoint: string;
  readonly queueUrl: string;
  /** Null without one. */
  readonly deadLetterQueueUrl: string | null;
  readonly faults: SqsFaults;
  send(body: string): Promise<void>;
  /** Messages that wait, that are received but not deleted, and that are in the dead-letter queue. */
  depth(): Promise<{ readonly waiting: number; readonly inFlight: number; readonly deadLettered: number }>;
  /** Requests of others so far. With a data folder they are not counted. */
  requests(): number;
  close(): Promise<void>;
}

const REGION = 'eu-central-1';
const MAX_RECEIVES = 5;
/** Access key of the emulator's own client. */
const OWN_KEY = 'sandbox';
/** The maximum of SQS. */
const RETENTION_SECONDS = 1_209_600;

export async function startSqsEmulator(options: SqsEmulatorOptions = {}): Promise<SqsEmulator> {
  const faults: SqsFaults = { refused: {} };
  const { port, requests, stop } = await listen(options, faults);
  const endpoint = `http://127.0.0.1:${port}`;
  const client = new SQSClient({ endpoint, region: REGION, credentials: { accessKeyId: OWN_KEY, secretAccessKey: OWN_KEY } });
  const name = options.queueName ?? 'access-analyzer-findings';

  const createQueue = async (queueName: string, attributes: Record<string, string>): Promise<string> => {
    const { QueueUrl } = await client.send(
      new CreateQueueCommand({ QueueName: queueName, Attributes: { MessageRetentionPeriod: String(RETENTION_SECONDS), ...attributes } }),
    );
    if (QueueUrl === undefined) throw new Error(`The SQS emulator made no queue ${queueName}`);
    // The emulator names a host below .localhost that not every resolver knows; it finds a queue by its path alone.
    return `${endpoint}${new URL(QueueUrl).pathname}`;
  };
  const attributes = async (queueUrl: string): Promise<Partial<Record<string, string>>> =>
    (await client.send(new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ['All'] }))).Attributes ?? {};

  const deadLetterQueueUrl = options.withDeadLetterQueue === false ? null : await createQueue(`${name}-dead-letters`, {});
  const redrive =
    deadLetterQueueUrl === null
      ? {}
      : {
          RedrivePolicy: JSON.stringify({
            deadLetterTargetArn: (await attributes(deadLetterQueueUrl))['QueueArn'],
            maxReceiveCount: options.maxReceives ?? MAX_RECEIVES,
          }),
        };
  const queueUrl = await createQueue(name, { VisibilityTimeout: String(options.visibilitySeconds ?? 90), ...redrive });

  return {
    endpoint,
    queueUrl,
    deadLetterQueueUrl,
    faults,
    async send(body) {
      await client.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: body }));
    },
    async depth() {
      // One question: a message that is given back between two of them would be in neither answer.
      const of = await attributes(queueUrl);
      const dead = deadLetterQueueUrl === null ? {} : await attributes(deadLetterQueueUrl);
      return {
        waiting: Number(of['ApproximateNumberOfMessages']),
        inFlight: Number(of['ApproximateNumberOfMessagesNotVisible']),
        deadLettered: Number(dead['ApproximateNumberOfMessages'] ?? 0),
      };
    },
    requests,
    async close() {
      client.destroy();
      await stop();
    },
  };
}

async function listen(
  { port = 0, host = '127.0.0.1', dataDir }: SqsEmulatorOptions,
  faults: SqsFaults,
): Promise<{ readonly port: number; requests(): number; stop(): Promise<void> }> {
  if (dataDir !== undefined) {
    const server = await startFauxqs({ port, dataDir, defaultRegion: REGION, logger: false });
    return { port: server.port, requests: () => 0, stop: () => server.stop() };
  }
  const app = buildApp({ defaultRegion: REGION, logger: false });
  let requests = 0;
  app.addHook('onRequest', async (request, reply) => {
    if (request.headers.authorization?.includes(`Credential=${OWN_KEY}/`)) return;
    requests += 1;
    const refused = refusedAnswer(faults, String(request.headers['x-amz-target'] ?? ''));
    if (refused === null) return;
    await reply
      .code(refused.status)
      .header('x-amzn-query-error', refused.queryError)
      .type('application/x-amz-json-1.0')
      .send(JSON.stringify(refused.body));
  });
  await app.listen({ port, host });
  const [bound] = app.addresses();
  return {
    port: typeof bound === 'object' ? bound.port : port,
    requests: () => requests,
    async stop() {
      app.server.closeAllConnections();
      await app.close();
    },
  };
}
