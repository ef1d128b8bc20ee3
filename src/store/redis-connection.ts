import { createHash } from 'node:crypto';
import { Redis } from 'ioredis';
import { StoreUnavailable } from '../pipeline/ports/store.ts';

/** A connection that fails at once instead of keeping commands for later, and that recovers by itself. */
export interface RedisConnection {
  readonly redis: Redis;
  /** Runs a script by its hash; sends its text only when Redis does not know it yet. */
  run(script: Script, key: string, args: readonly (string | Buffer)[]): Promise<readonly Buffer[]>;
}

export interface Script {
  readonly lua: string;
  readonly sha: string;
}

export function script(lua: string): Script {
  return { lua, sha: createHash('sha1').update(lua).digest('hex') };
}

/**
 * Connects, and reconnects whenever the connection is lost: after at most 5 s, with jitter (the default of ioredis).
 * @throws StoreUnavailable when the first connection can't be made
 */
export async function connectRedis(url: string): Promise<RedisConnection> {
  const redis = new Redis(url, {
    lazyConnect: true,
    connectTimeout: 5_000,
    enableOfflineQueue: false,
    // 0 and not 1: a commit that is sent again after its answer was lost would conflict with itself.
    maxRetriesPerRequest: 0,
    // Closes a connection whose other end is silent, which TCP alone would keep for many minutes.
    socketTimeout: 10_000,
    commandTimeout: 12_000,
    // After a failover the old server may live on as a replica: its name leads elsewhere now, which only a new connection notices.
    reconnectOnError: ({ message }) => message.includes('READONLY'),
  });
  const seen: Error[] = [];
  // Every failure reaches the caller; without a listener ioredis would print each one.
  redis.on('error', (error: Error) => {
    if (seen.length === 0) seen.push(error);
  });
  try {
    await redis.connect();
    // With a database that does not exist ioredis would go on in the first one.
    const [first] = seen;
    if (first !== undefined) throw first;
  } catch (error) {
    redis.disconnect();
    // That of `connect` says only that the connection is closed.
    throw unavailable(seen[0] ?? error);
  }
  return { redis, run: (wanted, key, args) => runScript(redis, wanted, key, args) };
}

async function runScript(redis: Redis, { lua, sha }: Script, key: string, args: readonly (string | Buffer)[]): Promise<readonly Buffer[]> {
  let answer: unknown;
  try {
    answer = await redis.callBuffer('EVALSHA', sha, 1, key, ...args);
  } catch (error) {
    if (!(error instanceof Error && error.message.startsWith('NOSCRIPT'))) throw error;
    answer = await redis.callBuffer('EVAL', lua, 1, key, ...args);
  }
  if (!Array.isArray(answer)) throw new Error('a script answered no list');
  return answer.map((one) => (Buffer.isBuffer(one) ? one : Buffer.from(String(one))));
}

/** Redis' own message and no more: no message contains an address or a password of the URL. */
export function unavailable(error: unknown): StoreUnavailable {
  return error instanceof StoreUnavailable
    ? error
    : new StoreUnavailable(error instanceof Error ? error.message : String(error), { cause: error });
}
