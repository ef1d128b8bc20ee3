import { describe, expect, test } from 'vitest';
import { redisServerPath } from '../support/servers/redis-server.ts';
import { FINDINGS, send, shows, sides } from '../support/servers/redis-sides.ts';
import { startService } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

describe.skipIf(redisServerPath() === null)('redis goes away while the service runs', () => {
  test('an old dump is restored, and everything is sent again: no issue twice', { timeout: 180_000 }, async () => {
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

  test('stopped: messages stay in SQS; started again: they are processed, no issue twice', { timeout: 180_000 }, async () => {
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
