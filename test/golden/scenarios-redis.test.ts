import { afterAll, beforeAll, describe } from 'vitest';
import { redisServerPath, startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { redisStores } from './golden-site.ts';
import { scenarioTests } from './scenario-tests.ts';

describe.skipIf(redisServerPath() === null)('on Redis', () => {
  let redis: RedisServer | null = null;
  let made = 0;

  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(async () => {
    await redis?.remove();
  });

  scenarioTests('redis', () => {
    if (redis === null) throw new Error('There is no Redis');
    made += 1;
    return redisStores(redis.url, `golden-${made}`);
  });
});
