import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import type { Store } from '../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { openRedisStore } from '../../src/store/redis-store.ts';
import { redisServerPath, startRedis } from '../../test/support/servers/redis-server.ts';
import { until } from '../../test/support/until.ts';

export type StoreKind = 'embedded' | 'redis';

/** The stores that can be measured here. */
export const STORES: readonly StoreKind[] = redisServerPath() === null ? ['embedded'] : ['embedded', 'redis'];

/** The store of one service. */
export interface BenchStore {
  /** The variables that lead the service to it. */
  readonly env: Readonly<Record<string, string>>;
  /** Puts documents into it, before the service has it. */
  fill(seed: (store: Store) => Promise<void>): Promise<void>;
  /** What it takes on the disk, or of Redis' memory. */
  bytes(): Promise<number>;
  /** After the service has ended. */
  remove(): Promise<void>;
}

/** @param folder where an embedded store lives, in a folder of its own */
export async function openBenchStore(kind: StoreKind, folder: string): Promise<BenchStore> {
  return kind === 'embedded' ? openEmbedded(join(folder, 'data')) : openRedis();
}

function openEmbedded(dataDir: string): BenchStore {
  return {
    env: { DATA_DIR: dataDir },
    fill: (seed) => filled(openEmbeddedStore(dataDir, { now: () => Date.now(), monotonic: () => performance.now() }), seed),
    bytes: async () => readdirSync(dataDir).reduce((sum, file) => sum + (statSync(join(dataDir, file)).size || 0), 0),
    remove: async () => undefined,
  };
}

const REWRITTEN_MS = 300_000;

/** With the append-only file that docs/deploy.md asks for. */
async function openRedis(): Promise<BenchStore> {
  const redis = await startRedis({ appendonly: true });
  const client = new Redis(redis.url);
  return {
    env: { REDIS_URL: redis.url },
    async fill(seed) {
      await filled(await openRedisStore({ url: redis.url, installation: 'default' }), seed);
      // It grew so much that Redis rewrites it. On two processors that makes one event in a hundred late, however many findings are known.
      const isWritten = async (): Promise<boolean> => !/^aof_rewrite_(in_progress|scheduled):1/m.test(await client.info('persistence'));
      await until(isWritten, 'the append-only file is rewritten', REWRITTEN_MS);
    },
    bytes: async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]),
    async remove() {
      client.disconnect();
      await redis.remove();
    },
  };
}

async function filled(store: Store, seed: (store: Store) => Promise<void>): Promise<void> {
  await seed(store);
  await store.close();
}
