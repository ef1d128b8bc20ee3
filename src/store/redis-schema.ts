import type { Redis } from 'ioredis';
import { EPOCH } from '../pipeline/ports/store.ts';
import { hexOf, placeOf } from './places.ts';
import { script, type RedisConnection } from './redis-connection.ts';
import { rewriteDocuments } from './redis-upgrade.ts';
import { PACKED_SCHEMA, SchemaMismatch, upgradeSentence, type OnUpgrade, type SchemaVersion } from './schema-version.ts';

export interface RaiseSchemaOptions extends RedisConnection {
  readonly prefix: string;
  readonly schema: SchemaVersion;
  readonly onUpgrade?: OnUpgrade | undefined;
}

/**
 * ARGV: the version that was read, the one to raise it to, '1' when documents are to be rewritten. That it is under way is noted in the same
 * moment: from then on earlier versions write nothing, and every process that starts helps until it is done.
 */
const raiseScript = script(`
local prefix = KEYS[1]
if redis.call('GET', prefix .. 'schema') == ARGV[1] then
  if ARGV[3] == '1' then redis.call('SET', prefix .. 'upgrade', ARGV[1]) end
  redis.call('SET', prefix .. 'schema', ARGV[2])
end
return {}
`);

/**
 * Raises a store of an earlier version, and finishes what another process has begun. Any number of processes may do so at the same time.
 * @throws SchemaMismatch when its documents are of a version that can't be read here
 */
export async function raiseSchema({ redis, run, prefix, schema, onUpgrade }: RaiseSchemaOptions): Promise<void> {
  const stored = await redis.get(`${prefix}schema`);
  if (stored === null && !(await hasEpoch(redis, prefix))) return;
  // A store without a version that has an epoch was written before there were versions.
  const version = Number(stored ?? 1);
  if (schema.upgradable.includes(version)) {
    await run(raiseScript, prefix, [String(version), String(schema.current), version < PACKED_SCHEMA ? '1' : '0']);
  } else if (version !== schema.current) {
    throw new SchemaMismatch('REDIS_URL', version, schema);
  }
  if ((await redis.exists(`${prefix}upgrade`)) === 0) return;
  onUpgrade?.(upgradeSentence('REDIS_URL'));
  await rewriteDocuments({ redis, run }, prefix);
  await redis.del(`${prefix}upgrade`);
}

async function hasEpoch(redis: Redis, prefix: string): Promise<boolean> {
  const { collection, id } = EPOCH;
  return (
    (await redis.exists(`${prefix}doc:${hexOf(placeOf(collection, id))}`, `${prefix}doc:${collection.length}:${collection}:${id}`)) > 0
  );
}
