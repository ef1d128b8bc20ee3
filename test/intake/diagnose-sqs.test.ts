import { expect, onTestFinished, test } from 'vitest';
import { mayChangeVisibility } from '../../src/intake/may-change-visibility.ts';
import { createSqsQueue } from '../../src/intake/sqs-queue.ts';
import { sqsRefusal } from '../../src/intake/sqs-refusal.ts';
import { warnAboutQueue } from '../../src/intake/warn-about-queue.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { createSqsDeadLetters } from '../../src/intake/sqs-dead-letters.ts';
import { createDiagnoseSqs } from '../../src/intake/diagnose-sqs.ts';
import { SendMessageCommand, SQSClient } from '@aws-sdk/client-sqs';
import type { RuleSet } from '../../src/rules/routing-rule.ts';
import { startLocalSqs } from '../support/servers/local-sqs.ts';

const NO_RULES: RuleSet = { version: 1, rules: [] };
const GOOD = { VisibilityTimeout: '90', MessageRetentionPeriod: '1209600', SqsManagedSseEnabled: 'true' };

/** The checks of a queue with these attributes. @param waiting messages in its dead-letter queue; null: it has none */
async function diagnosed(attributes: Readonly<Record<string, string>>, waiting: number | null): Promise<Record<string, unknown>> {
  const { client, createQueue } = await startLocalSqs('fauxqs');
  const dead = waiting === null ? null : await createQueue('dead');
  for (let n = 0; n < (waiting ?? 0); n += 1) await client.send(new SendMessageCommand({ QueueUrl: dead?.url, MessageBody: `${n}` }));
  const redrive = dead === null ? {} : { RedrivePolicy: JSON.stringify({ deadLetterTargetArn: dead.arn, maxReceiveCount: 5 }) };
  const { url } = await createQueue('findings', { ...attributes, ...redrive });
  const checks = await createDiagnoseSqs(client, [createSqsDeadLetters(client, url, null)], () => null)(NO_RULES);
  for (const { ok, advice } of checks) expect(ok).toBe(advice === null);
  return Object.fromEntries(checks.map(({ check, ok }) => [check, ok]));
}

const ALL_GOOD = {
  'sqs-reachable:findings': true,
  'sqs-visibility:findings': true,
  'sqs-retention:findings': true,
  'sqs-encryption:findings': true,
  'sqs-receive:findings': true,
  'sqs-prolong:findings': true,
  'sqs-dead-letters:findings': true,
};

test.each<[string, Readonly<Record<string, string>>, number | null, string | null]>([
  ['as the template makes it', GOOD, 0, null],
  ['encrypted with a key of our own', { ...GOOD, SqsManagedSseEnabled: 'false', KmsMasterKeyId: 'alias/ours' }, 0, null],
  ['that shows messages again at once', { ...GOOD, VisibilityTimeout: '30' }, 0, 'sqs-visibility:findings'],
  ['that keeps messages for a day', { ...GOOD, MessageRetentionPeriod: '86400' }, 0, 'sqs-retention:findings'],
  ['that is not encrypted', { ...GOOD, SqsManagedSseEnabled: 'false' }, 0, 'sqs-encryption:findings'],
  ['without a redrive policy', GOOD, null, 'sqs-dead-letters:findings'],
  ['with dead letters', GOOD, 2, 'sqs-dead-letters:findings'],
])('a queue %s', async (_what, attributes, waiting, wrong) => {
  expect(await diagnosed(attributes, waiting)).toEqual(wrong === null ? ALL_GOOD : { ...ALL_GOOD, [wrong]: false });
});

test('a missing queue, and a dead-letter queue that cannot be read', async () => {
  const { client, createQueue } = await startLocalSqs('fauxqs');
  const { url } = await createQueue('findings', GOOD);
  const queues = [
    createSqsDeadLetters(client, url.replace('findings', 'nothing'), null),
    createSqsDeadLetters(client, url, url.replace('findings', 'nothing')),
  ];
  const checks = await createDiagnoseSqs(client, queues, () => null)(NO_RULES);
  expect(checks.filter(({ ok }) => !ok)).toEqual([
    { check: 'sqs-reachable:nothing', ok: false, message: expect.stringMatching(/^\w+: /), advice: expect.stringContaining('AWS_REGION') },
    {
      check: 'sqs-dead-letters:findings',
      ok: false,
      message: expect.stringMatching(/^\w+: /),
      advice: expect.stringContaining('GetQueueAttributes'),
    },
  ]);
});

test('rights that are missing, each with what to grant', async () => {
  const sqs = await startSqsEmulator();
  onTestFinished(() => sqs.close());
  const client = new SQSClient({ endpoint: sqs.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  onTestFinished(() => client.destroy());
  sqs.faults.refused = { ReceiveMessage: 'kms-access-denied', ChangeMessageVisibility: 'access-denied' };
  const queue = createSqsQueue(client, sqs.queueUrl);
  const refused = await queue.receive(new AbortController().signal, 0).catch((error: unknown) => error);
  const dead = createSqsDeadLetters(client, sqs.queueUrl, null);
  const checks = await createDiagnoseSqs(client, [dead], () => sqsRefusal(refused, 'sqs:ReceiveMessage'))(NO_RULES);
  const name = 'access-analyzer-findings';
  expect(checks.filter(({ check }) => check === `sqs-receive:${name}` || check === `sqs-prolong:${name}`)).toMatchObject([
    { ok: false, message: expect.stringContaining('kms:Decrypt'), advice: expect.stringContaining('kms:Decrypt') },
    { ok: false, advice: expect.stringContaining('sqs:ChangeMessageVisibility') },
  ]);
  sqs.faults.refused = { GetQueueAttributes: 'access-denied' };
  const [unreachable] = await createDiagnoseSqs(client, [dead], () => null)(NO_RULES);
  expect(unreachable).toMatchObject({
    check: `sqs-reachable:${name}`,
    ok: false,
    advice: expect.stringContaining('sqs:GetQueueAttributes'),
  });
});

test('a right to prolong that is missing is warned about', async () => {
  const sqs = await startSqsEmulator();
  onTestFinished(() => sqs.close());
  const client = new SQSClient({ endpoint: sqs.endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'a', secretAccessKey: 'b' } });
  onTestFinished(() => client.destroy());
  const warned = async (): Promise<readonly string[]> => {
    const lines: string[] = [];
    const may = (): Promise<boolean> => mayChangeVisibility(client, sqs.queueUrl);
    await warnAboutQueue(createSqsQueue(client, sqs.queueUrl), may, { warn: (_data, text) => void lines.push(text) });
    return lines;
  };
  expect(await warned()).toEqual([]);
  sqs.faults.refused = { ChangeMessageVisibility: 'access-denied' };
  expect(await warned()).toEqual([expect.stringContaining('sqs:ChangeMessageVisibility')]);
});
