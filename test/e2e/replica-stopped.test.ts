import { describe, expect, test } from 'vitest';
import { redisServerPath } from '../support/servers/redis-server.ts';
import { send, shows, sides } from '../support/servers/redis-sides.ts';
import { startService } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

describe.skipIf(redisServerPath() === null)('a replica is stopped (SIGSTOP) after its claim', () => {
  test('past its window, until another replica has sent: it sends nothing when it goes on', { timeout: 180_000 }, async () => {
    const { sqs, jira, env } = await sides();
    const short = { ...env, JIRA_TIMEOUT_MS: '1000', JIRA_UNCERTAIN_WINDOW_MS: '2000' };
    const stopped = await startService({ ...short, CHAOS_STOP: 'after-claim:1' });
    await send(sqs, [1], 10);
    await until(() => stopped.output().includes('Stopping with SIGSTOP'), 'it has claimed and is stopped', 60_000);
    const other = await startService(short);
    await until(() => jira.issues().length === 1, 'the other replica has sent', 120_000);
    stopped.goOn();
    await until(async () => (await shows(stopped, 'open').catch(() => 0)) === 1, 'it goes on and sees the issue', 60_000);
    // Work under way is finished before the exit.
    expect([await stopped.end('SIGTERM'), await other.end('SIGTERM')]).toEqual([0, 0]);
    expect(jira.issues().map(({ properties }) => Object(properties['findings-to-jira'])['attempt'])).toEqual([2]);
    expect(jira.history().filter(({ operation }) => operation === 'POST /issue')).toHaveLength(1);
  });
});
