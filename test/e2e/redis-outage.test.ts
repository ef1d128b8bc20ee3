import { describe, test } from 'vitest';
import { playOutage } from '../chaos/outage.ts';
import { redisServerPath } from '../support/servers/redis-server.ts';

/** For two seconds here; `npm run chaos -- --outage 60` takes Redis away for a minute. No wait of the service is shortened. */
describe.skipIf(redisServerPath() === null)('redis is lost for some seconds, and the service reconnects by itself', () => {
  test.concurrent.for(['half-open', 'frozen'] as const)(
    '%s: work goes on, no finding is lost, no issue is created twice',
    { timeout: 400_000 },
    async (kind, { expect }) => {
      const { findings, issues, violations } = await playOutage({ kind, awayMs: 2_000, replicas: 1 });
      expect(violations).toEqual([]);
      expect(issues).toBe(findings);
    },
  );
});
