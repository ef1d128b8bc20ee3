import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, onTestFinished } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { redisServerPath, startRedis, type RedisServer } from '../servers/redis-server.ts';
import type { Site } from './site.ts';

/** Declares the same tests for the embedded store and for Redis, both on the clock of the site. @param tests declares them for one of the two */
export function onBothStores(what: string, tests: (storeOf: (site: Site) => Promise<Store>) => void): void {
  describe(`${what}, store: embedded`, () => {
    tests(async (site) => site.store);
  });

  describe.skipIf(redisServerPath() === null)(`${what}, store: redis`, () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await startRedis();
    });
    afterAll(() => redis.remove());
    tests(async (site) => {
      const store = await openRedisStore({ url: redis.url, installation: randomUUID() });
      onTestFinished(() => store.close());
      return { ...store, now: async () => (await store.now()) + site.clock.now() - Date.now() };
    });
  });
}
