import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Redis } from 'ioredis';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { openRedisStore } from '../../src/store/redis-store.ts';
import { redisServerPath, startRedis } from '../../test/support/servers/redis-server.ts';
import { keepClosedFindings } from './bench-export.ts';

/** What a store needs for findings, on the disk or in memory. */
export interface SizeRow {
  readonly store: 'embedded' | 'redis';
  readonly findings: number;
  readonly mb: number;
}

/** The most that a finding with its issue, its group, its name and its history may need, KB. */
export const SIZE_TARGETS = { embedded: 5, redis: 4 } as const;

/** Fills each store with findings that have an issue each, and measures it. */
export async function benchSizes(findings: number): Promise<readonly SizeRow[]> {
  return [await sizeEmbedded(findings), ...(redisServerPath() === null ? [] : [await sizeRedis(findings)])];
}

async function sizeEmbedded(findings: number): Promise<SizeRow> {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-bench-'));
  try {
    const store = openEmbeddedStore(folder, { now: () => Date.now(), monotonic: () => performance.now() });
    await keepClosedFindings(store, findings);
    await store.close();
    const bytes = readdirSync(folder).reduce((sum, file) => sum + statSync(join(folder, file)).size, 0);
    return { store: 'embedded', findings, mb: bytes / 1_000_000 };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function sizeRedis(findings: number): Promise<SizeRow> {
  const redis = await startRedis();
  const client = new Redis(redis.url);
  try {
    const used = async (): Promise<number> => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))?.[1]);
    const before = await used();
    const store = await openRedisStore({ url: redis.url, installation: 'bench' });
    await keepClosedFindings(store, findings);
    await store.close();
    return { store: 'redis', findings, mb: ((await used()) - before) / 1_000_000 };
  } finally {
    client.disconnect();
    await redis.remove();
  }
}
