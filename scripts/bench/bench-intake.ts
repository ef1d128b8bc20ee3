import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range } from '../../test/support/findings/findings-by-number.ts';
import { redisServerPath, startRedis } from '../../test/support/servers/redis-server.ts';
import { benchEnvironment, cpuMs, SERVICE, waitFor } from './bench-service.ts';

/** How fast messages are taken from SQS. Every one brings a new finding, which the rules ignore: nothing else is measured with it. */
export interface IntakeRow {
  /** `bare loop`: the same client receives ten and deletes ten, one call after the other, and does nothing else. */
  readonly what: 'bare loop' | 'embedded' | 'redis';
  readonly messages: number;
  readonly perSecond: number;
  /** Processor time of the process for a message, ms; null: not known on this system. */
  readonly cpuMs: number | null;
  /** Messages a second as a share of the bare loop's, 0 to 1. */
  readonly ofBare: number;
}

/** Targets: the least share of the bare loop on two processors. */
export const INTAKE_TARGETS = { embedded: 0.6, redis: 0.8 } as const;

const BARE_LOOP = join(import.meta.dirname, 'bench-bare-loop.ts');
const BATCH = 10;

/** Empties a full queue with each of them in turn; each is a process of its own, and SQS runs in this one. */
export async function benchIntake(messages: number): Promise<readonly IntakeRow[]> {
  const folder = await mkdtemp(join(tmpdir(), 'f2j-bench-'));
  try {
    const bare = await emptyQueue([BARE_LOOP], messages, folder, {});
    const rows = [rowOf('bare loop', bare, bare), rowOf('embedded', await emptyQueue(SERVICE, messages, folder, {}), bare)];
    if (redisServerPath() === null) return rows;
    const redis = await startRedis();
    try {
      const row = rowOf('redis', await emptyQueue(SERVICE, messages, folder, { REDIS_URL: redis.url }), bare);
      return [...rows, row];
    } finally {
      await redis.remove();
    }
  } finally {
    await rm(folder, { recursive: true });
  }
}

type Measured = Omit<IntakeRow, 'what' | 'ofBare'>;

function rowOf(what: IntakeRow['what'], measured: Measured, bare: Measured): IntakeRow {
  return { what, ...measured, ofBare: measured.perSecond / bare.perSecond };
}

/** From the first message that is received to the last one that is deleted. */
async function emptyQueue(
  program: readonly string[],
  messages: number,
  folder: string,
  env: Readonly<Record<string, string>>,
): Promise<Measured> {
  const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
  const rulesFile = join(folder, 'rules.json');
  const rules = [{ id: 'none', match: { source: ['aws.access-analyzer'] }, action: 'ignore' }];
  await writeFile(rulesFile, JSON.stringify({ version: 1, rules }));
  await fill(sqs, messages);
  const child = spawn(process.execPath, program, {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...benchEnvironment(sqs, jira, rulesFile), DATA_DIR: join(folder, 'data'), HTTP_PORT: '0', ...env },
  });
  const exited = once(child, 'exit');
  try {
    await waitFor('the first message', async () => (await sqs.depth()).waiting < messages);
    const [startedAt, cpuBefore] = [performance.now(), cpuMs(child.pid ?? 0)];
    await waitFor('the last message', async () => {
      const { waiting, inFlight } = await sqs.depth();
      return waiting + inFlight === 0;
    });
    const [seconds, cpu] = [(performance.now() - startedAt) / 1_000, cpuMs(child.pid ?? 0)];
    return { messages, perSecond: messages / seconds, cpuMs: cpu === null || cpuBefore === null ? null : (cpu - cpuBefore) / messages };
  } finally {
    child.kill('SIGTERM');
    await exited;
    await Promise.all([sqs.close(), jira.close()]);
  }
}

async function fill({ endpoint, queueUrl }: SqsEmulator, messages: number): Promise<void> {
  const credentials = { accessKeyId: 'bench', secretAccessKey: 'bench' };
  const client = new SQSClient({ endpoint, region: 'eu-central-1', credentials });
  for (let from = 0; from < messages; from += BATCH) {
    const some = range(Math.min(BATCH, messages - from)).map((n) => JSON.stringify(numberedEvent(from + n, 10)));
    const Entries = some.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
  client.destroy();
}
