import { SQSClient } from '@aws-sdk/client-sqs';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { createSqsQueue, type SqsQueue } from '../../src/intake/sqs-queue.ts';
import { startSqsEmulator, type SqsEmulatorOptions } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { until } from '../support/until.ts';

function queueAt(endpoint: string, url: string): SqsQueue {
  const client = new SQSClient({
    endpoint,
    region: 'eu-central-1',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: 1,
  });
  onTestFinished(() => client.destroy());
  return createSqsQueue(client, url);
}

async function emulated(options: SqsEmulatorOptions = {}): Promise<{ queue: SqsQueue; send(body: string): Promise<void> }> {
  const sqs = await startSqsEmulator(options);
  onTestFinished(() => sqs.close());
  return { queue: queueAt(sqs.endpoint, sqs.queueUrl), send: sqs.send };
}

const never = new AbortController().signal;

test('at most ten messages come at once, whole, and those that are removed are gone', async () => {
  const { queue, send } = await emulated();
  for (let index = 0; index < 12; index += 1) await send(`message ${index} é مرحبا "{[`);
  expect(await queue.attributes()).toMatchObject({ waiting: 12, inFlight: 0 });
  const first = await queue.receive(never, 20);
  const second = await queue.receive(never, 20);
  expect([first.length, second.length]).toEqual([10, 2]);
  expect(new Set([...first, ...second].map(({ body }) => body)).size).toBe(12);
  expect(first.map(({ sentAt }) => Math.abs(Date.now() - (sentAt ?? 0)) < 60_000)).not.toContain(false);
  expect(await queue.attributes()).toMatchObject({ waiting: 0, inFlight: 12 });
  expect(await queue.remove(first.map(({ receiptHandle }) => receiptHandle))).toEqual([]);
  expect(await queue.attributes()).toMatchObject({ waiting: 0, inFlight: 2 });
});

test('a long poll is answered as soon as something comes', async () => {
  const { queue, send } = await emulated();
  const poll = queue.receive(never, 20);
  await send('at last');
  expect(await poll).toMatchObject([{ body: 'at last' }]);
});

test('a long poll that is aborted ends, and the message is there for the next', async () => {
  const { queue, send } = await emulated();
  const giveUp = new AbortController();
  const poll = queue.receive(giveUp.signal, 20);
  giveUp.abort();
  await expect(poll).rejects.toMatchObject({ name: 'AbortError' });
  await send('later');
  await until(async () => (await queue.attributes()).waiting === 1, 'it waits');
});

test('whether there is a redrive policy, and for how long a message stays hidden', async () => {
  expect(await (await emulated({ visibilitySeconds: 120 })).queue.attributes()).toMatchObject({ redrives: true, visibilitySeconds: 120 });
  expect(await (await emulated({ withDeadLetterQueue: false })).queue.attributes()).toMatchObject({
    redrives: false,
    visibilitySeconds: 90,
  });
});

test('messages that SQS failed to delete are given back, except after a fault of the sender', async () => {
  const failed = [
    { Id: '0', SenderFault: true, Code: 'ReceiptHandleIsInvalid' },
    { Id: '2', SenderFault: false, Code: 'InternalError' },
  ];
  const server = createServer((_, response) => {
    response.setHeader('content-type', 'application/x-amz-json-1.0');
    response.end(JSON.stringify({ Successful: [{ Id: '1' }], Failed: failed }));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  const endpoint = `http://127.0.0.1:${typeof address === 'object' ? address?.port : 0}`;
  expect(await queueAt(endpoint, `${endpoint}/000000000000/q`).remove(['expired', 'fine', 'again'])).toEqual(['again']);
});
