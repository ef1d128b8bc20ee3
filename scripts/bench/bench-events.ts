import { SendMessageBatchCommand, SQSClient } from '@aws-sdk/client-sqs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JsonObject } from '../../src/findings/json.ts';
import type { HistoryEntry } from '../../src/sandbox/jira/request-history.ts';
import type { JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import type { SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { externalEvent } from '../../test/support/findings/finding-events.ts';
import { range } from '../../test/support/findings/findings-by-number.ts';

/** All findings have an issue. Without limits, so that they are opened as fast as they can. */
export const ALL_TO_SEC = {
  version: 1,
  limits: 'off',
  rules: [{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } }],
};

const BATCH = 10;

/**
 * The n-th finding at a minute of its life: a queue that is open to all. Its event has all that its issue says. For a bucket, Access Analyzer
 * is asked first what grants the access, and that is limited by the second: its issue would wait for AWS, and not for the service.
 */
export function queueEvent(n: number, minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): JsonObject {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  const resource = `arn:aws:sqs:us-west-2:444455556666:queue-${n}`;
  const access = { resourceType: 'AWS::SQS::Queue', resource, action: ['sqs:SendMessage'] };
  return externalEvent({ time: updatedAt, detail: { ...access, id: `finding-${n}`, status, updatedAt } });
}

/** Puts events of these findings into the queue as fast as it takes them. */
export async function sendAtOnce({ endpoint, queueUrl }: SqsEmulator, findings: readonly number[]): Promise<void> {
  const client = new SQSClient({ endpoint, region: 'eu-central-1', credentials: { accessKeyId: 'bench', secretAccessKey: 'bench' } });
  for (let from = 0; from < findings.length; from += BATCH) {
    const some = findings.slice(from, from + BATCH).map((n) => JSON.stringify(queueEvent(n, 10)));
    const Entries = some.map((MessageBody, at) => ({ Id: String(at), MessageBody }));
    await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries }));
  }
  client.destroy();
}

/** Sends events of so many findings from one on, evenly. @returns when each was sent, by its number, epoch ms */
export async function sendEvenly(
  sqs: SqsEmulator,
  { from, count, perSecond }: { readonly from: number; readonly count: number; readonly perSecond: number },
): Promise<ReadonlyMap<number, number>> {
  const sentAt = new Map<number, number>();
  const sending: Promise<void>[] = [];
  const startedAt = performance.now();
  for (const n of range(count)) {
    await sleep(Math.max(0, startedAt + (n * 1_000) / perSecond - performance.now()));
    sentAt.set(from + n, Date.now());
    sending.push(sqs.send(JSON.stringify(queueEvent(from + n, 10))));
  }
  await Promise.all(sending);
  return sentAt;
}

/** The creates that Jira carried out. @param from how many requests to leave out */
export function createsOf(jira: JiraSimulator, from = 0): readonly HistoryEntry[] {
  return jira.history(from).filter(({ operation, done }) => operation === 'POST /issue' && done);
}

/** When the create of each of these findings arrived at Jira, epoch ms. */
export function arrivals(creates: readonly HistoryEntry[]): ReadonlyMap<number, number> {
  return new Map(creates.map(({ asked, at }) => [Number(/queue-(\d+)/.exec(JSON.stringify(asked))?.[1]), Date.parse(at)]));
}
