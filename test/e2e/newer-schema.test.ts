import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { SCHEMA } from '../../src/store/schema-version.ts';
import { redisServerPath } from '../support/servers/redis-server.ts';
import { send, sides } from '../support/servers/redis-sides.ts';
import { runToEnd, startService } from '../support/service/service-process.ts';
import { until } from '../support/until.ts';

describe.skipIf(redisServerPath() === null)('a newer version raises the schema of a shared Redis', () => {
  test(
    'an older replica ends with one line at its next write, and with the same line at its next start',
    { timeout: 120_000 },
    async () => {
      const { sqs, jira, redis, env } = await sides({ lagMs: 500 });
      const service = await startService(env);
      await send(sqs, [0], 10);
      await until(() => jira.issues().length === 1, 'the first one is open', 60_000);
      const client = new Redis(redis.url);
      onTestFinished(() => client.disconnect());
      await client.set('{f2j:default}:schema', String(SCHEMA.current + 1));
      const line = `REDIS_URL: the store has schema version ${SCHEMA.current + 1}, and this version of the service needs ${SCHEMA.current}; start the newer version of the service again`;

      await send(sqs, [1], 10);
      await until(() => service.exitCode() !== null, 'it has ended', 60_000);
      expect(service.exitCode()).toBe(1);
      expect(printed(service.output())).toEqual([line]);
      const again = await runToEnd({ ...env, HTTP_PORT: '0' });
      expect({ exitCode: again.exitCode, lines: printed(again.output) }).toEqual({ exitCode: 1, lines: [line] });
      expect(jira.issues()).toHaveLength(1);
    },
  );
});

/** What a process prints besides its log. */
function printed(output: string): readonly string[] {
  return output.split('\n').filter((line) => line !== '' && !line.startsWith('{'));
}
