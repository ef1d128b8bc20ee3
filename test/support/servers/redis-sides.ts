import { onTestFinished } from 'vitest';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { startSqsEmulator, type SqsEmulator } from '../../../src/sandbox/sqs/sqs-emulator.ts';
import { numberedEvent, range, shuffled } from '../findings/findings-by-number.ts';
import { startRedis, type RedisServer } from './redis-server.ts';
import { environmentFor, hurried, type ServiceProcess } from '../service/service-process.ts';

export const FINDINGS = range(100);

/** @param lagMs the lag of the index that the service assumes */
export async function sides({
  appendonly = true,
  lagMs = 8_000,
}: { readonly appendonly?: boolean; readonly lagMs?: number } = {}): Promise<{
  sqs: SqsEmulator;
  jira: JiraSimulator;
  redis: RedisServer;
  env: Record<string, string>;
}> {
  const [sqs, jira, redis] = await Promise.all([
    startSqsEmulator({ visibilitySeconds: 3 }),
    startJiraSimulator(),
    startRedis({ appendonly }),
  ]);
  onTestFinished(async () => void (await Promise.all([sqs.close(), jira.close(), redis.remove()])));
  return { sqs, jira, redis, env: { ...environmentFor(sqs, jira), REDIS_URL: redis.url, JIRA_TIMEOUT_MS: '2000', ...hurried(lagMs) } };
}

export async function send(
  sqs: SqsEmulator,
  numbers: readonly number[],
  minute: number,
  status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE',
): Promise<void> {
  for (const event of shuffled(
    numbers.map((n) => numberedEvent(n, minute, status)),
    1,
    minute,
  ))
    await sqs.send(JSON.stringify(event));
}

export async function shows(service: ServiceProcess, state: string): Promise<number> {
  return Number(Object((await service.json('/api/v1/status'))['mappings'])[state]);
}
