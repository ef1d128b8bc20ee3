import { describe, expect, onTestFinished, test } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../src/sandbox/sqs-emulator.ts';
import { numberedEvent, range, shuffled } from '../support/findings-by-number.ts';
import { redisServerPath, startRedis, type RedisServer } from '../support/redis-server.ts';
import { environmentFor, startService, type ServiceProcess } from '../support/service-process.ts';
import { until } from '../support/until.ts';

const FINDINGS = range(100);

async function sides(
  options: { appendonly: boolean } = { appendonly: true },
): Promise<{ sqs: SqsEmulator; jira: JiraSimulator; redis: RedisServer; env: Record<string, string> }> {
  const [sqs, jira, redis] = await Promise.all([startSqsEmulator({ visibilitySeconds: 3 }), startJiraSimulator(), startRedis(options)]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close(), redis.remove()])));
  return { sqs, jira, redis, env: { ...environmentFor(sqs, jira), REDIS_URL: redis.url, JIRA_TIMEOUT_MS: '2000' } };
}

async function send(sqs: SqsEmulator, numbers: readonly number[], minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): Promise<void> {
  for (const event of shuffled(
    numbers.map((n) => numberedEvent(n, minute, status)),
    1,
    minute,
  ))
    await sqs.send(JSON.stringify(event));
}

async function shows(service: ServiceProcess, state: string): Promise<number> {
  return Number(Object((await service.json('/api/v1/status'))['mappings'])[state]);
}

describe.skipIf(redisServerPath() === null)('redis is lost while the service runs', () => {
  test('emptied, and everything is sent again: no issue twice, new ones go on', { timeout: 180_000 }, async () => {
    const { sqs, jira, redis, env } = await sides();
    jira.faults.indexLagMs = 20_000;
    const service = await startService(env);
    await send(sqs, FINDINGS, 10);
    await until(() => jira.issues().length === FINDINGS.length, 'all are open', 60_000);
    await redis.flushAll();
    await send(sqs, [...FINDINGS, 100, 101], 10);
    await until(() => jira.issues().length === FINDINGS.length + 2, 'the two new ones are open', 120_000);
    await until(async () => (await shows(service, 'open')) === FINDINGS.length + 2, 'every finding shows its issue', 60_000);
    await send(sqs, FINDINGS, 20, 'RESOLVED');
    await until(() => jira.issues().filter(({ status }) => status === 'Done').length === FINDINGS.length, 'they are closed', 60_000);
    expect(jira.issues()).toHaveLength(FINDINGS.length + 2);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('emptied while creates are under way: no issue twice', { timeout: 180_000 }, async () => {
    const { sqs, jira, redis, env } = await sides();
    jira.faults.latencyMs = 300;
    jira.faults.indexLagMs = 20_000;
    const service = await startService(env);
    await send(sqs, FINDINGS, 10);
    await until(() => jira.issues().length >= 8, 'some are open', 60_000);
    await redis.flushAll();
    await send(sqs, FINDINGS, 10);
    await until(async () => (await shows(service, 'open')) === FINDINGS.length, 'every finding shows its issue', 120_000);
    expect(jira.issues()).toHaveLength(FINDINGS.length);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('an old dump is put back, and everything is sent again: no issue twice', { timeout: 180_000 }, async () => {
    const { sqs, jira, redis, env } = await sides({ appendonly: false });
    const service = await startService(env);
    await send(sqs, FINDINGS.slice(0, 40), 10);
    await until(async () => (await shows(service, 'open')) === 40, 'forty are open', 60_000);
    await redis.saveDump();
    await send(sqs, FINDINGS.slice(40), 10);
    await until(async () => (await shows(service, 'open')) === FINDINGS.length, 'all are open', 60_000);
    await redis.restoreDump();
    await send(sqs, FINDINGS, 10);
    await until(async () => (await shows(service, 'open').catch(() => 0)) === FINDINGS.length, 'every finding shows its issue', 120_000);
    expect(jira.issues()).toHaveLength(FINDINGS.length);
    expect(await service.end('SIGTERM')).toBe(0);
  });

  test('stopped: messages stay in SQS; back: they are taken, nothing twice', { timeout: 180_000 }, async () => {
    const { sqs, jira, redis, env } = await sides();
    const service = await startService(env);
    await send(sqs, FINDINGS.slice(0, 10), 10);
    await until(() => jira.issues().length === 10, 'ten are open', 60_000);
    await redis.stop();
    await until(async () => (await fetch(`${service.url}/readyz`)).status === 503, 'it is not ready');
    await send(sqs, FINDINGS.slice(10), 10);
    await until(() => service.output().includes('store-unavailable') || service.output().includes('store does not answer'), 'it says why');
    const { waiting, inFlight } = await sqs.depth();
    expect(waiting + inFlight).toBeGreaterThan(0);
    expect((await fetch(`${service.url}/livez`)).status).toBe(200);
    expect((await fetch(`${service.url}/api/v1/mappings`)).status).toBe(503);
    await redis.restart();
    await until(() => jira.issues().length === FINDINGS.length, 'the rest is open', 120_000);
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
