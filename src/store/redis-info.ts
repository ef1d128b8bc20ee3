import type { Redis } from 'ioredis';
import type { StoreMemory } from '../pipeline/ports/store-memory.ts';

/** What a Redis tells of itself. Each call throws the error of ioredis. */
export interface RedisInfo {
  /** Settings that may lose data, a sentence each. */
  settings(): Promise<readonly string[]>;
  memory(): Promise<StoreMemory>;
  /** Another one after each start. */
  runId(): Promise<string>;
  isCluster(): Promise<boolean>;
}

export function readInfo(redis: Redis): RedisInfo {
  async function infoOf(section: string): Promise<ReadonlyMap<string, string>> {
    const text = await redis.info(section);
    return new Map(text.split('\r\n').map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]));
  }

  return {
    async settings() {
      const policy = (await infoOf('memory')).get('maxmemory_policy');
      const aof = (await infoOf('persistence')).get('aof_enabled');
      return [
        ...(policy === undefined || policy === 'noeviction'
          ? []
          : [`maxmemory-policy is ${policy}: Redis may throw records away; set noeviction`]),
        ...(aof === undefined || aof === '1'
          ? []
          : ['appendonly is off: what was written since the last snapshot is lost when Redis restarts; set appendonly yes']),
      ];
    },
    async memory() {
      const memory = await infoOf('memory');
      const limit = Number(memory.get('maxmemory') ?? 0);
      return { used: Number(memory.get('used_memory') ?? 0), limit: limit === 0 ? null : limit };
    },
    async runId() {
      const runId = (await infoOf('server')).get('run_id');
      if (!runId) throw new Error('it does not tell its run_id');
      return runId;
    },
    isCluster: async () => (await infoOf('cluster')).get('cluster_enabled') === '1',
  };
}
