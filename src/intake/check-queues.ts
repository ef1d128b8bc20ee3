import type { SQSClient } from '@aws-sdk/client-sqs';
import { SettingRefused } from '../pipeline/ports/setting-refused.ts';
import type { SqsQueue } from './sqs-queue.ts';

/** SQS answers so only when it knows the account and the Region; missing rights and networks have other names. */
const NO_QUEUE: ReadonlySet<string> = new Set(['QueueDoesNotExist', 'AWS.SimpleQueueService.NonExistentQueue', 'InvalidAddress']);

/** A start waits no longer than this for SQS, ms. */
const PATIENCE_MS = 5_000;

/**
 * Checks what no waiting can fix, once before anything is received: the Region, which would make every call fail, and whether the queues
 * exist. While SQS can't be reached or refuses, the service starts all the same and reports it.
 * @throws SettingRefused
 */
export async function checkQueues(client: SQSClient, queues: readonly SqsQueue[]): Promise<void> {
  await checkRegion(
    client,
    queues.map(({ url }) => url),
  );
  await Promise.all(queues.map(checkExists));
}

async function checkRegion(client: SQSClient, urls: readonly string[]): Promise<void> {
  const regions = [...new Set(urls.flatMap((url) => regionOfQueue(url) ?? []))];
  const [expected] = regions;
  if (regions.length > 1)
    throw new SettingRefused(
      'SQS_QUEUE_URL',
      `the queues are in ${regions.join(' and ')}, expected one Region; run one service for each Region`,
    );
  const configured = await regionOf(client);
  if (configured === null)
    throw new SettingRefused('AWS_REGION', `not set, expected the queue's Region${expected === undefined ? '' : `, which is ${expected}`}`);
  if (expected !== undefined && expected !== configured)
    throw new SettingRefused('AWS_REGION', `expected ${expected}, the Region of the queue in SQS_QUEUE_URL, not "${configured}"`);
}

/** The Region of the environment or of a profile; null: there is none, or it can't be one. */
async function regionOf(client: SQSClient): Promise<string | null> {
  try {
    return await client.config.region();
  } catch {
    return null;
  }
}

/** Null for an address that is not of AWS, such as an emulator's. */
export function regionOfQueue(url: string): string | null {
  const { hostname } = new URL(url);
  if (!/\.(?:amazonaws\.com(?:\.cn)?|api\.aws)$/.test(hostname)) return null;
  return (
    /(?:^|\.)sqs(?:-fips)?\.([a-z0-9-]+)\./.exec(hostname)?.[1] ??
    /^([a-z0-9-]+)\.queue\.amazonaws\.com(?:\.cn)?$/.exec(hostname)?.[1] ??
    null
  );
}

async function checkExists({ url, attributes }: SqsQueue): Promise<void> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), PATIENCE_MS);
  });
  const answer = attributes().then(
    () => null,
    (error: unknown) => (error instanceof Error && NO_QUEUE.has(error.name) ? error.name : null),
  );
  const refusal = await Promise.race([answer, late]).finally(() => clearTimeout(timer));
  if (refusal !== null)
    throw new SettingRefused('SQS_QUEUE_URL', `there is no queue at "${url}" (${refusal}); create it, or correct the URL`);
}
