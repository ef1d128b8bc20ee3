import { createSqsClient, createSqsQueue } from '../../src/intake/sqs-queue.ts';
import { createNetwork } from '../../src/network/create-network.ts';

/** A program that only receives and deletes, with the client of the service, until it is ended. Configured like the service. */
const { agents } = createNetwork({ httpsProxy: null, httpProxy: null, noProxy: '' });
const endpoint = process.env['AWS_ENDPOINT_URL_SQS'] ?? null;
const client = createSqsClient({ agents: agents(), log: { warn: () => undefined }, endpoint });
const queue = createSqsQueue(client, process.env['SQS_QUEUE_URL'] ?? '');
for (;;) {
  const messages = await queue.receive(AbortSignal.timeout(60_000), 1);
  if (messages.length > 0) await queue.remove(messages.map(({ receiptHandle }) => receiptHandle));
}
