import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import {
  ChangeMessageVisibilityBatchCommand,
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  ReceiveMessageCommand,
  SQSClient,
} from '@aws-sdk/client-sqs';
import { expect, onTestFinished, test } from 'vitest';
import { startSqsEmulator, type SqsEmulator } from '../../../src/sandbox/sqs/sqs-emulator.ts';

const client = ({ endpoint }: SqsEmulator): SQSClient =>
  new SQSClient({ endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });

test('has a queue with a dead-letter queue behind it', async () => {
  const sqs = await startSqsEmulator();
  const { Attributes } = await client(sqs).send(new GetQueueAttributesCommand({ QueueUrl: sqs.queueUrl, AttributeNames: ['All'] }));
  expect(Attributes).toMatchObject({ VisibilityTimeout: '90', MessageRetentionPeriod: '1209600' });
  expect(JSON.parse(Attributes?.['RedrivePolicy'] ?? '{}')).toMatchObject({
    maxReceiveCount: 5,
    deadLetterTargetArn: expect.stringContaining('access-analyzer-findings-dead-letters'),
  });
  expect(sqs.queueUrl.startsWith(`${sqs.endpoint}/`)).toBe(true);
  await sqs.close();
});

test('a message is received and deleted; one that is never deleted ends in the dead-letter queue', async () => {
  const sqs = await startSqsEmulator();
  const sdk = client(sqs);
  await sqs.send('first');
  expect(await sqs.depth()).toEqual({ waiting: 1, inFlight: 0, deadLettered: 0 });
  const { Messages: [message] = [] } = await sdk.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl }));
  expect(message?.Body).toBe('first');
  expect(await sqs.depth()).toEqual({ waiting: 0, inFlight: 1, deadLettered: 0 });
  await sdk.send(new DeleteMessageCommand({ QueueUrl: sqs.queueUrl, ReceiptHandle: message?.ReceiptHandle }));

  await sqs.send('poison');
  for (let receives = 0; receives < 6; receives += 1) {
    const { Messages = [] } = await sdk.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl }));
    for (const { ReceiptHandle } of Messages)
      await sdk.send(new ChangeMessageVisibilityCommand({ QueueUrl: sqs.queueUrl, ReceiptHandle, VisibilityTimeout: 0 }));
  }
  expect(await sqs.depth()).toEqual({ waiting: 0, inFlight: 0, deadLettered: 1 });
  await sqs.close();
});

test('has no dead-letter queue when the options say so', async () => {
  const sqs = await startSqsEmulator({ withDeadLetterQueue: false, queueName: 'plain', visibilitySeconds: 3 });
  const { Attributes } = await client(sqs).send(new GetQueueAttributesCommand({ QueueUrl: sqs.queueUrl, AttributeNames: ['All'] }));
  expect(sqs.deadLetterQueueUrl).toBeNull();
  expect(Attributes?.['RedrivePolicy']).toBeUndefined();
  expect(Attributes?.['VisibilityTimeout']).toBe('3');
  await sqs.close();
});

test('closing ends a long poll', async () => {
  const sqs = await startSqsEmulator();
  const polling = client(sqs)
    .send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl, WaitTimeSeconds: 20 }))
    .then(
      () => 'ended',
      () => 'ended',
    );
  await sqs.close();
  expect(await polling).toBe('ended');
});

test('keeps messages over a restart when it has a data directory', async () => {
  const dataDir = await mkdtemp(join(tmpdir(), 'sqs-'));
  const first = await startSqsEmulator({ dataDir });
  await first.send('kept');
  await first.close();
  const second = await startSqsEmulator({ dataDir });
  expect((await second.depth()).waiting).toBe(1);
  await second.close();
  await rm(dataDir, { recursive: true });
});

test('visibility can be prolonged; a handle that is not in flight is refused by itself', async () => {
  const sqs = await startSqsEmulator({ visibilitySeconds: 1 });
  onTestFinished(() => sqs.close());
  const sdk = client(sqs);
  await sqs.send('kept');
  const { Messages: [message] = [] } = await sdk.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl }));
  const Entries = [message?.ReceiptHandle, 'stale'].map((ReceiptHandle, n) => ({ Id: `${n}`, ReceiptHandle, VisibilityTimeout: 60 }));
  const answer = await sdk.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: sqs.queueUrl, Entries }));
  expect(answer.Successful).toEqual([{ Id: '0' }]);
  expect(answer.Failed).toMatchObject([{ Id: '1', SenderFault: true, Code: 'ReceiptHandleIsInvalid' }]);
  // Longer than the first visibility: the message would have come back.
  const { Messages = [] } = await sdk.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl, WaitTimeSeconds: 2 }));
  expect(Messages).toEqual([]);
});

test.each([
  ['access-denied', 'AccessDenied', 403],
  ['kms-access-denied', 'KMS.AccessDeniedException', 400],
  ['wrong-region', 'SignatureDoesNotMatch', 403],
] as const)('refuses a call as SQS does: %s', async (refusal, code, status) => {
  const sqs = await startSqsEmulator();
  onTestFinished(() => sqs.close());
  sqs.faults.refused = { ReceiveMessage: refusal, ChangeMessageVisibility: refusal };
  const sdk = client(sqs);
  const refused = { Code: code, $metadata: { httpStatusCode: status } };
  await expect(sdk.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl }))).rejects.toMatchObject(refused);
  const Entries = [{ Id: '0', ReceiptHandle: 'any', VisibilityTimeout: 1 }];
  await expect(sdk.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: sqs.queueUrl, Entries }))).rejects.toMatchObject(refused);
  expect((await sqs.depth()).waiting).toBe(0);
  sqs.faults.refused = {};
  expect((await sdk.send(new ReceiveMessageCommand({ QueueUrl: sqs.queueUrl }))).Messages ?? []).toEqual([]);
});
