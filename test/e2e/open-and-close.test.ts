import { describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../src/findings/json.ts';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range, shuffled } from '../support/findings/findings-by-number.ts';
import { environmentFor, startService } from '../support/service/service-process.ts';
import { STORES } from '../support/service/stores.ts';
import { until } from '../support/until.ts';

const FINDINGS = range(100);

async function send(sqs: SqsEmulator, events: readonly JsonObject[]): Promise<void> {
  for (const event of events) await sqs.send(JSON.stringify(event));
}

async function allTaken(sqs: SqsEmulator): Promise<void> {
  await until(async () => Object.values(await sqs.depth()).every((count) => count === 0), 'SQS is empty', 60_000);
}

function statuses(jira: JiraSimulator): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { status } of jira.issues()) counts[status] = (counts[status] ?? 0) + 1;
  return counts;
}

describe.for(STORES)('the service as a process, store: $name', (store) => {
  test.skipIf(store.missing)(
    '100 findings, each sent twice and shuffled: 100 issues; then resolved, repeated late, and reopened',
    { timeout: 180_000 },
    async () => {
      const [sqs, jira] = await Promise.all([startSqsEmulator(), startJiraSimulator()]);
      onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
      const service = await startService({ ...environmentFor(sqs, jira), ...(await store.env()) });

      await send(
        sqs,
        shuffled(
          FINDINGS.map((n) => numberedEvent(n, 10)),
          2,
        ),
      );
      await until(() => jira.issues().length === FINDINGS.length, '100 issues are open', 60_000);
      await allTaken(sqs);
      expect(statuses(jira)).toEqual({ 'To Do': 100 });

      await send(
        sqs,
        shuffled(
          FINDINGS.map((n) => numberedEvent(n, 20, 'RESOLVED')),
          2,
          2,
        ),
      );
      await until(() => statuses(jira)['Done'] === 100, 'all are closed', 60_000);

      await send(
        sqs,
        FINDINGS.map((n) => numberedEvent(n, 15)),
      );
      await allTaken(sqs);
      await until(async () => (await service.json('/api/v1/status'))['queueDepth'] === 0, 'the queue is empty', 60_000);
      expect(statuses(jira)).toEqual({ Done: 100 });

      await send(
        sqs,
        FINDINGS.slice(0, 10).map((n) => numberedEvent(n, 30)),
      );
      await until(() => statuses(jira)['To Do'] === 10, 'ten are open again', 60_000);
      expect(jira.issues()).toHaveLength(100);
      expect(jira.history().filter(({ method }) => method === 'DELETE')).toEqual([]);

      const open = async (): Promise<unknown> => Object((await service.json('/api/v1/mappings?state=open&limit=500'))['items']).length;
      await until(async () => (await open()) === 10, 'the API shows ten open findings');
      expect(await service.end('SIGTERM')).toBe(0);
      expect(service.output()).not.toContain(jira.credentials.apiToken);
    },
  );
});
