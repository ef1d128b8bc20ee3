import { once } from 'node:events';
import { CreateQueueCommand, GetQueueAttributesCommand, SQSClient } from '@aws-sdk/client-sqs';
import { createSqsServer } from 'local-aws-sqs';
import { onTestFinished } from 'vitest';
import { buildApp } from 'fauxqs';

/** An SQS endpoint: `local-aws-sqs` can move messages back itself (`StartMessageMoveTask`), `fauxqs` can't. Ends with the test. */
export interface LocalSqs {
  readonly client: SQSClient;
  /** @returns its URL and ARN */
  createQueue(name: string, attributes?: Readonly<Record<string, string>>): Promise<{ readonly url: string; readonly arn: string }>;
}

export const LOCAL_SQS = ['local-aws-sqs', 'fauxqs'] as const;

export async function startLocalSqs(kind: (typeof LOCAL_SQS)[number]): Promise<LocalSqs> {
  const endpoint = kind === 'fauxqs' ? await startFauxqs() : await startLocalAwsSqs();
  const client = new SQSClient({
    endpoint,
    region: 'us-east-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return {
    client,
    async createQueue(QueueName, Attributes = {}) {
      const { QueueUrl = '' } = await client.send(new CreateQueueCommand({ QueueName, Attributes }));
      const url = `${endpoint}${new URL(QueueUrl).pathname}`;
      const answer = await client.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ['QueueArn'] }));
      return { url, arn: answer.Attributes?.QueueArn ?? '' };
    },
  };
}

async function startFauxqs(): Promise<string> {
  const app = buildApp({ logger: false });
  await app.listen({ port: 0, host: '127.0.0.1' });
  onTestFinished(async () => {
    app.server.closeAllConnections();
    await app.close();
  });
  const [bound] = app.addresses();
  return `http://127.0.0.1:${typeof bound === 'object' ? bound.port : 0}`;
}

async function startLocalAwsSqs(): Promise<string> {
  const server = await createSqsServer({ port: 0, hostname: '127.0.0.1' });
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const bound = server.address();
  return `http://127.0.0.1:${typeof bound === 'object' && bound !== null ? bound.port : 0}`;
}
