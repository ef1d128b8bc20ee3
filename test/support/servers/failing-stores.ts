import { join } from 'node:path';
import { redisServerPath, startRedis, type RedisServer } from './redis-server.ts';
import { maySmallDisk, openSmallDisk } from './small-disk.ts';

/** A store that answers and can't be written, until it is told to recover. */
export interface FailingStore {
  /** The environment of a service on it. */
  readonly env: Readonly<Record<string, string>>;
  fail(): Promise<void>;
  recover(): Promise<void>;
  remove(): Promise<void>;
}

export interface FailingStoreKind {
  readonly name: 'out-of-memory' | 'read-only' | 'full-disk';
  /** Why this machine can't play it; null: it can. */
  readonly missing: string | null;
  open(): Promise<FailingStore>;
}

/** Room for some thousands of findings. */
const DISK_MB = 160;

const NO_REDIS = redisServerPath() === null ? 'redis-server' : null;

/** Each way in which a store answers every question and takes no commit. */
export const FAILING_STORES: readonly FailingStoreKind[] = [
  {
    name: 'out-of-memory',
    missing: NO_REDIS,
    open: () =>
      onRedis({
        fail: (redis) => redis.configure('maxmemory', '1'),
        recover: (redis) => redis.configure('maxmemory', '0'),
      }),
  },
  {
    name: 'read-only',
    missing: NO_REDIS,
    // A replica of a server that does not answer keeps its data, answers reads and refuses writes.
    open: () => onRedis({ fail: (redis) => redis.follow('127.0.0.1 1'), recover: (redis) => redis.follow('no one') }),
  },
  {
    name: 'full-disk',
    missing: maySmallDisk() ? null : 'the right to mount a filesystem',
    async open() {
      const disk = openSmallDisk(DISK_MB);
      return {
        env: { DATA_DIR: join(disk.folder, 'data') },
        fail: async () => disk.fill(),
        recover: async () => disk.free(),
        remove: async () => disk.remove(),
      };
    },
  },
];

async function onRedis(how: Readonly<Record<'fail' | 'recover', (redis: RedisServer) => Promise<void>>>): Promise<FailingStore> {
  const redis = await startRedis({ appendonly: true });
  return {
    env: { REDIS_URL: redis.url, STORE: 'redis' },
    fail: () => how.fail(redis),
    recover: () => how.recover(redis),
    remove: () => redis.remove(),
  };
}
