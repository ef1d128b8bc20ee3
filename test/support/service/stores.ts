import { onTestFinished } from 'vitest';
import { redisServerPath, startRedis } from '../servers/redis-server.ts';
import { testFolder } from './service-process.ts';

/** Each kind of store, as an environment for the service. Tests skip a kind whose program is missing on this machine. */
export const STORES: readonly { readonly name: string; readonly missing: boolean; env(): Promise<Record<string, string>> }[] = [
  { name: 'embedded', missing: false, env: () => Promise.resolve({ DATA_DIR: testFolder() }) },
  {
    name: 'redis',
    missing: redisServerPath() === null,
    async env() {
      const redis = await startRedis({ appendonly: true });
      onTestFinished(() => redis.remove());
      return { REDIS_URL: redis.url, STORE: 'redis' };
    },
  },
];
