import { describe, expect, onTestFinished, test } from 'vitest';
import { GROUPS } from '../../src/pipeline/records/group-collections.ts';
import { startJiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator } from '../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent } from '../support/findings/findings-by-number.ts';
import { redisServerPath, startRedis } from '../support/servers/redis-server.ts';
import { environmentFor, hurried, runToEnd, startService } from '../support/service/service-process.ts';
import { spoilDocument, spoilInRedis } from '../support/service/spoil-document.ts';
import { STORES } from '../support/service/stores.ts';
import { until } from '../support/until.ts';

/** Breaks a group's record behind the service's back, in either store. */
async function spoilGroup({ DATA_DIR, REDIS_URL = '' }: Readonly<Record<string, string>>, group: string): Promise<void> {
  if (DATA_DIR !== undefined) return spoilDocument(DATA_DIR, GROUPS.name, group, '{"group":');
  return spoilInRedis({ url: REDIS_URL }, GROUPS.name, group, '{"group":');
}

describe.for(STORES)('a record that can not be read, store: $name', (store) => {
  test.skipIf(store.missing)('is reported once, shown by the doctor, and stops nothing else', { timeout: 60_000 }, async () => {
    const [sqs, jira, storeEnv] = await Promise.all([startSqsEmulator(), startJiraSimulator(), store.env()]);
    onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close()])));
    const service = await startService({ ...environmentFor(sqs, jira), ...storeEnv, ...hurried(500) });
    const mappings = async (): Promise<unknown> => (await service.json('/api/v1/status'))['mappings'];
    const first = async (): Promise<unknown> => Object((await service.json('/api/v1/mappings'))['items'])[0];
    await sqs.send(JSON.stringify(numberedEvent(1, 10)));
    // A pass that is still under way would write the record anew.
    await until(async () => Object(await first())['because'] === 'already-open', 'the issue is open, and nothing is left to do', 30_000);
    const group = String(Object(await first())['group']);

    await spoilGroup(storeEnv, group);
    await sqs.send(JSON.stringify(numberedEvent(1, 20, 'RESOLVED')));
    await sqs.send(JSON.stringify(numberedEvent(2, 10)));
    await until(() => service.output().includes('Put off work that needs a document'), 'the event waits', 30_000);
    await until(async () => Object(await mappings())['open'] === 2, 'the other issue is open', 30_000);
    expect(jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);

    const reports = service
      .output()
      .split('\n')
      .filter((line) => line.includes('Could not read a document of the store'));
    expect(reports.map((line) => JSON.parse(line))).toMatchObject([{ collection: 'groups', id: group, because: 'not-json' }]);
    expect(await (await fetch(`${service.url}/metrics`)).text()).toContain('f2j_documents_unreadable_total{collection="groups"} 1');
    const { checks = [] } = await service.json('/api/v1/doctor');
    expect(checks).toContainEqual(
      expect.objectContaining({ check: 'store-documents', ok: false, message: expect.stringContaining(`groups/${group}`) }),
    );
    expect(service.output()).not.toContain('An internal error occurred');
    expect(await service.end('SIGTERM')).toBe(0);
  });
});

test.skipIf(redisServerPath() === null)('a Redis in Cluster mode ends the start with one line', { timeout: 60_000 }, async () => {
  const [sqs, jira, redis] = await Promise.all([startSqsEmulator(), startJiraSimulator(), startRedis({ cluster: true })]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close(), redis.remove()])));
  const { exitCode, output } = await runToEnd({ ...environmentFor(sqs, jira), REDIS_URL: redis.url, HTTP_PORT: '0' });
  expect(exitCode).toBe(1);
  expect(output.trim().split('\n')).toEqual([expect.stringMatching(/^REDIS_URL: this Redis runs in Cluster mode/)]);
});
