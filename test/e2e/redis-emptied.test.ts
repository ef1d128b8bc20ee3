import { describe, expect, test } from 'vitest';
import { redisServerPath } from '../support/servers/redis-server.ts';
import { FINDINGS, send, shows, sides } from '../support/servers/redis-sides.ts';
import { startService } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

describe.skipIf(redisServerPath() === null)('redis is lost while the service runs', () => {
  test('emptied, and everything is sent again: no issue twice, and new findings get issues', { timeout: 180_000 }, async () => {
    const { sqs, jira, redis, env } = await sides();
    jira.faults.indexLagMs = 5_000;
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

  test('emptied while creates are under way and the index lags 20 s: no issue twice', { timeout: 240_000 }, async () => {
    const { sqs, jira, redis, env } = await sides({ lagMs: 23_000 });
    jira.faults.latencyMs = 300;
    jira.faults.indexLagMs = 20_000;
    const service = await startService(env);
    await send(sqs, FINDINGS, 10);
    await until(() => jira.issues().length >= 8, 'some are open', 60_000);
    await redis.flushAll();
    await send(sqs, FINDINGS, 10);
    await until(async () => (await shows(service, 'open')) === FINDINGS.length, 'every finding shows its issue', 180_000);
    expect(jira.issues()).toHaveLength(FINDINGS.length);
    expect(await service.end('SIGTERM')).toBe(0);
  });
});
