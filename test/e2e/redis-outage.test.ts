import { describe, test } from 'vitest';
import { playOutage } from '../chaos/outage.ts';
import { redisServerPath } from '../support/servers/redis-server.ts';

/** Seconds here; `npm run chaos -- --outage 60` takes it away for a minute. The waits are those of the service, none is shortened. */
describe.skipIf(redisServerPath() === null)('redis is lost for some seconds, and the service finds it again by itself', () => {
  test.concurrent.for(['half-open', 'frozen'] as const)(
    '%s: work goes on, nothing is lost, nothing is twice',
    { timeout: 400_000 },
    async (kind, { expect }) => {
      const { findings, issues, violations } = await playOutage({ kind, awayMs: 2_000, replicas: 1 });
      expect(violations).toEqual([]);
      expect(issues).toBe(findings);
    },
  );
});
