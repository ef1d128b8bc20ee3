import {
  EPOCH,
  StoreUnavailable,
  type Collection,
  type CommitResult,
  type Page,
  type PageQuery,
  type Store,
  type Stored,
  type Write,
} from '../pipeline/ports/store.ts';
import { DocumentUnreadable, type UnreadableDocument } from '../pipeline/ports/unreadable-document.ts';
import { checkWrites, indexTerms } from './check-writes.ts';
import { pageWalk, renderCursor } from './page-cursor.ts';
import { connectRedis, script, unavailable } from './redis-connection.ts';
import { COMMIT_SCRIPT, PAGE_SCRIPT } from './redis-scripts.ts';
import { createSetAside, type OnUnreadable, type RawDocument } from './set-aside.ts';
import { SCHEMA, SchemaMismatch, type SchemaVersion } from './schema-version.ts';

/** The store in Redis 6.2 or newer, for any number of processes. */
export interface RedisStore extends Store {
  /** Settings of Redis that may lose data, a sentence each. @throws StoreUnavailable */
  settings(): Promise<readonly string[]>;
  /** Documents that this process could not read, and still can't. @throws StoreUnavailable */
  unreadable(): Promise<readonly UnreadableDocument[]>;
}

export interface RedisStoreOptions {
  /** `redis://` or `rediss://`. */
  readonly url: string;
  readonly installation: string;
  /** What this process reads and writes; the current one unless told. */
  readonly schema?: SchemaVersion;
  /** Hears once that another version of the service has raised the schema: this process can't go on. */
  readonly onOutdated?: (mismatch: SchemaMismatch) => void;
  readonly onUnreadable?: OnUnreadable;
  /** For the backoff of documents that can't be read; the process's own unless told. */
  readonly monotonic?: () => number;
}

/** Digits of `at` in front of an id; enough for every safe integer. */
const AT_DIGITS = 16;

const commitScript = script(COMMIT_SCRIPT);
const pageScript = script(PAGE_SCRIPT);

/**
 * Opens the store of an installation. A connection that is lost later recovers by itself; until then each call fails at once.
 * @throws StoreUnavailable when Redis can't be reached now
 * @throws SchemaMismatch when the documents are of a version that can't be read here
 * @throws RedisClusterRefused when Redis runs in Cluster mode
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { url, installation, schema = SCHEMA, onOutdated, onUnreadable, monotonic = () => performance.now() } = options;
  const { redis, run } = await connectRedis(url);
  const setAsides = createSetAside(monotonic, onUnreadable);
  const prefix = `{f2j:${installation}}:`;
  const name = (kind: 'doc' | 'term', collection: string, rest: string): string =>
    `${prefix}${kind}:${Buffer.byteLength(collection)}:${collection}:${rest}`;

  /** A store without a version that has an epoch was written before there were versions. */
  async function checkSchema(): Promise<void> {
    const [stored, hasEpoch] = await Promise.all([redis.get(`${prefix}schema`), redis.exists(name('doc', EPOCH.collection, EPOCH.id))]);
    if (stored === null && hasEpoch === 0) return;
    const version = Number(stored ?? 1);
    if (schema.upgradable.includes(version)) await redis.set(`${prefix}schema`, schema.current);
    else if (version !== schema.current) throw new SchemaMismatch('REDIS_URL', version, schema);
  }

  function refuse(stored: string | undefined): never {
    const mismatch = new SchemaMismatch('REDIS_URL', Number(stored === undefined || stored === '' ? 1 : stored), schema);
    onOutdated?.(mismatch);
    throw new StoreUnavailable(mismatch.message, { cause: mismatch });
  }

  async function infoOf(section: string): Promise<ReadonlyMap<string, string>> {
    const text = await redis.info(section);
    return new Map(text.split('\r\n').map((line): [string, string] => [line.split(':', 1)[0] ?? '', line.slice(line.indexOf(':') + 1)]));
  }

  async function read<T>(from: Collection<T>, ids: readonly string[]): Promise<readonly (Stored<T> | null)[]> {
    return guarded(async () => {
      const pipeline = redis.pipeline();
      for (const id of ids) pipeline.hmget(name('doc', from.name, id), 'version', 'json');
      const answers = (await pipeline.exec()) ?? [];
      return setAsides.readAll(
        from,
        ids,
        answers.map(([error, answer], at) => rowOf(ids[at] ?? '', error, answer)),
      );
    });
  }

  /** Keys of the store and of the queue are read in scripts and pipelines that take one server for granted. */
  async function checkMode(): Promise<void> {
    if ((await infoOf('cluster')).get('cluster_enabled') === '1') throw new RedisClusterRefused();
  }

  try {
    await guarded(checkMode);
    await guarded(checkSchema);
  } catch (error) {
    redis.disconnect();
    throw error;
  }

  return {
    read,
    async commit(writes) {
      checkWrites(writes);
      const unchecked = writes.some(({ collection }) => collection === EPOCH.collection);
      const args = [String(schema.current), unchecked ? '1' : '0', String(writes.length), ...writes.flatMap(argsOf)];
      return guarded(async () => {
        const [outcome = '', ...rest] = await run(commitScript, prefix, args);
        if (outcome === 'schema') refuse(rest[0]);
        const hindered = outcome === 'unreadable' ? writes[Number(rest[0]) - 1] : undefined;
        if (hindered !== undefined) {
          const { collection, id, expected } = hindered;
          throw setAsides.refused({ collection, id, version: expected, because: 'broken-index' });
        }
        return resultOf([outcome, ...rest]);
      });
    },
    async page<T>(from: Collection<T>, query: PageQuery): Promise<Page<T>> {
      const { terms, limit, window, order, after } = pageWalk(from.name, query);
      const member = after === null ? '' : atText(after.at) + after.id;
      return guarded(async () => {
        const [next = '', ...fields] = await run(pageScript, prefix, [from.name, order, member, String(window), String(limit), ...terms]);
        const rows: RawDocument[] = [];
        for (let i = 0; i < fields.length; i += 3)
          rows.push({ id: fields[i] ?? '', version: fields[i + 1] || null, json: fields[i + 2] || null });
        return {
          ...setAsides.readPage(from, rows),
          nextCursor: next === '' ? null : renderCursor(from.name, order, Number(next.slice(0, AT_DIGITS)), next.slice(AT_DIGITS)),
        };
      });
    },
    async due(from, now, limit) {
      const waiting = setAsides.waiting(from.name);
      const ids = await guarded(() => redis.zrangebyscore(`${prefix}due:${from.name}`, '-inf', now, 'LIMIT', 0, limit + waiting.size));
      return ids.filter((id) => !waiting.has(id)).slice(0, limit);
    },
    counts(of, terms) {
      return guarded(async () => {
        const pipeline = redis.pipeline();
        for (const term of terms) pipeline.zcard(name('term', of.name, term));
        return (await resultsOf(pipeline.exec())).map(Number);
      });
    },
    now() {
      return guarded(async () => {
        const [seconds, micros] = await redis.time();
        return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
      });
    },
    identity() {
      return guarded(async () => {
        const runId = (await infoOf('server')).get('run_id');
        if (!runId) throw new Error('it does not tell its run_id');
        return runId;
      });
    },
    settings() {
      return guarded(async () => {
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
      });
    },
    unreadable: () => setAsides.stillUnreadable(read),
    async close() {
      redis.disconnect();
    },
  };
}

/** Redis runs in Cluster mode. Nothing was read or written. */
class RedisClusterRefused extends Error {
  readonly code = 'redis-cluster';
  constructor() {
    super(
      'REDIS_URL: this Redis runs in Cluster mode, which the service does not support; name a Redis without it, such as one with a replica',
    );
  }
}

/** After any error of ioredis or Redis, nothing was acknowledged. */
async function guarded<R>(ask: () => Promise<R>): Promise<R> {
  try {
    return await ask();
  } catch (error) {
    const isOwn = error instanceof SchemaMismatch || error instanceof DocumentUnreadable || error instanceof RedisClusterRefused;
    throw isOwn ? error : unavailable(error);
  }
}

/** A write as arguments of the commit script. */
function argsOf({ collection, id, expected, becomes }: Write): readonly string[] {
  const place = [collection, id, expected ?? ''];
  if (becomes === null) return [...place, '0'];
  const terms = indexTerms(becomes.terms);
  return [...place, '1', becomes.json, atText(becomes.at), becomes.due === null ? '' : String(becomes.due), String(terms.length), ...terms];
}

function resultOf([outcome, ...rest]: readonly string[]): CommitResult {
  if (outcome === 'ok') return { ok: true, versions: rest.map((version) => (version === '' ? null : version)) };
  if (outcome === 'suspect') return { ok: false, because: 'suspect', id: EPOCH.id };
  if (outcome === 'conflict') return { ok: false, because: 'conflict', id: rest[0] ?? '' };
  throw new Error('the commit script gave an answer that is none');
}

/** Epoch ms as text that sorts as the number does. */
function atText(at: number): string {
  return String(at).padStart(AT_DIGITS, '0');
}

/** The answers of a pipeline; the first failure among them is thrown. */
async function resultsOf(answers: Promise<[Error | null, unknown][] | null>): Promise<readonly unknown[]> {
  return ((await answers) ?? []).map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}

/** A document as HMGET answers it: without its text where the key holds something else. @returns null: there is none */
function rowOf(id: string, error: Error | null, answer: unknown): RawDocument | null {
  if (error !== null && !error.message.startsWith('WRONGTYPE')) throw error;
  if (error !== null) return { id, version: null, json: null };
  const [version = null, json = null]: readonly unknown[] = Array.isArray(answer) ? answer : [];
  if (version === null && json === null) return null;
  return { id, version: typeof version === 'string' ? version : null, json: typeof json === 'string' ? json : null };
}
