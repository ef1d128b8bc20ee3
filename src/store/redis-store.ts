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
import type { StoreMemory } from '../pipeline/ports/store-memory.ts';
import { DocumentUnreadable, type UnreadableDocument } from '../pipeline/ports/unreadable-document.ts';
import { checkWrites } from './check-writes.ts';
import { indexOf, type Indexed } from './packed-document.ts';
import { pageWalk } from './page-cursor.ts';
import { atOf, atPlace, bytesOf, hexOf, placeOf, termPlace } from './places.ts';
import { createRecentIndexes } from './recent-indexes.ts';
import { connectRedis, script, unavailable } from './redis-connection.ts';
import { rawDocument, readRedisDocument, type RedisDocument } from './redis-document.ts';
import { readInfo } from './redis-info.ts';
import { raiseSchema } from './redis-schema.ts';
import { COMMIT_SCRIPT, PAGE_SCRIPT } from './redis-scripts.ts';
import { argsOf } from './redis-writes.ts';
import { createSetAside, type OnUnreadable } from './set-aside.ts';
import { SCHEMA, SchemaMismatch, type OnUpgrade, type SchemaVersion } from './schema-version.ts';
import { orderPage, type PlacedDocument } from './order-page.ts';

/** The store in Redis 6.2 or newer, for any number of processes. */
export interface RedisStore extends Store {
  /** Settings of Redis that may lose data, a sentence each. @throws StoreUnavailable */
  settings(): Promise<readonly string[]>;
  /** @throws StoreUnavailable */
  memory(): Promise<StoreMemory>;
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
  readonly onUpgrade?: OnUpgrade;
  readonly onUnreadable?: OnUnreadable;
  /** For the backoff of documents that can't be read; the process's own unless told. */
  readonly monotonic?: () => number;
}

const commitScript = script(COMMIT_SCRIPT);
const pageScript = script(PAGE_SCRIPT);
const EMPTY = Buffer.alloc(0);
const EPOCH_PLACE = hexOf(placeOf(EPOCH.collection, EPOCH.id));

/**
 * Opens the store of an installation. A connection that is lost later recovers by itself; until then each call fails at once.
 * @throws StoreUnavailable when Redis can't be reached now
 * @throws SchemaMismatch when the documents are of a version that can't be read here
 * @throws RedisClusterRefused when Redis runs in Cluster mode
 */
export async function openRedisStore(options: RedisStoreOptions): Promise<RedisStore> {
  const { url, installation, schema = SCHEMA, onOutdated, onUpgrade, onUnreadable, monotonic = () => performance.now() } = options;
  const { redis, run } = await connectRedis(url);
  const setAsides = createSetAside(monotonic, onUnreadable);
  const prefix = `{f2j:${installation}}:`;
  const [recent, info] = [createRecentIndexes(), readInfo(redis)];

  function refuse(stored: string | undefined): never {
    const mismatch = new SchemaMismatch('REDIS_URL', Number(stored === undefined || stored === '' ? 1 : stored), schema);
    onOutdated?.(mismatch);
    throw new StoreUnavailable(mismatch.message, { cause: mismatch });
  }

  /** Documents as they stand; null: there is none. */
  async function rowsOf(documents: readonly Pick<Write, 'collection' | 'id'>[]): Promise<readonly (RedisDocument | null)[]> {
    if (documents.length === 0) return [];
    const places = documents.map(({ collection, id }) => hexOf(placeOf(collection, id)));
    const pipeline = redis.pipeline();
    for (const place of places) pipeline.getBuffer(`${prefix}doc:${place}`);
    return ((await pipeline.exec()) ?? []).map(([error, value], at) => {
      if (error !== null && !error.message.startsWith('WRONGTYPE')) throw error;
      if (error === null && value === null) return null;
      const row = Buffer.isBuffer(value) ? readRedisDocument(value) : { version: null, unpacked: null };
      if (row.version !== null && row.unpacked !== null) recent.remember(places[at] ?? '', row.version, row.unpacked.index);
      return row;
    });
  }

  async function read<T>(from: Collection<T>, ids: readonly string[]): Promise<readonly (Stored<T> | null)[]> {
    return guarded(async () => {
      const rows = await rowsOf(ids.map((id) => ({ collection: from.name, id })));
      return setAsides.readAll(
        from,
        ids,
        rows.map((row, at) => (row === null ? null : rawDocument(ids[at] ?? '', row))),
      );
    });
  }

  /** What the index has of each write's document; null: nothing, or another version stands there, so that the commit is a conflict. */
  async function indexesOf(writes: readonly Write[]): Promise<readonly (Indexed | null)[]> {
    const changes = writes.map((write) => ({ write, place: hexOf(placeOf(write.collection, write.id)) }));
    const known = changes.map(({ write: { expected }, place }) => (expected === null ? null : recent.of(place, expected)));
    const unknown = writes.filter((_, at) => known[at] === undefined);
    const rows = new Map((await rowsOf(unknown)).map((row, at) => [unknown[at], row]));
    return writes.map((write, at) => {
      const { collection, id, expected } = write;
      const row = rows.get(write) ?? null;
      const noted = known[at] ?? (row !== null && row.version === expected ? (row.unpacked?.index ?? '') : null);
      const index = noted === null ? null : indexOf(noted);
      if (noted !== null && index === null) throw setAsides.refused({ collection, id, version: expected, because: 'broken-index' });
      return index;
    });
  }

  /** Keys of the store and of the queue are read in scripts and pipelines that take one server for granted. */
  async function checkMode(): Promise<void> {
    if (await info.isCluster()) throw new RedisClusterRefused();
  }

  try {
    await guarded(checkMode);
    await guarded(() => raiseSchema({ redis, run, prefix, schema, onUpgrade }));
  } catch (error) {
    redis.disconnect();
    throw error;
  }

  return {
    read,
    async commit(writes) {
      checkWrites(writes);
      const unchecked = writes.some(({ collection }) => collection === EPOCH.collection);
      return guarded(async () => {
        const indexes = await indexesOf(writes);
        const args = writes.flatMap((write, at) => argsOf(write, indexes[at] ?? null));
        const answer = await run(commitScript, prefix, [String(schema.current), unchecked ? '1' : '0', EPOCH_PLACE, ...args]);
        const [outcome = '', ...rest] = answer.map(String);
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
      const walk = pageWalk(from.name, query);
      const { terms, limit, window, order, after } = walk;
      const begin = [after === null ? '' : bytesOf(atPlace(after.at)), after?.id === null ? '1' : '0'];
      const wanted = terms.map((term) => bytesOf(termPlace(from.name, term)));
      return guarded(async () => {
        const [last = EMPTY, ...fields] = await run(pageScript, prefix, [order, ...begin, String(window), String(limit), ...wanted]);
        const rows: PlacedDocument[] = [];
        for (let i = 0; i < fields.length; i += 3) rows.push(placed(fields[i] ?? EMPTY, fields[i + 1] ?? EMPTY, fields[i + 2] ?? EMPTY));
        const page = orderPage(from.name, walk, rows, last.length === 0 ? null : atOf(last));
        return { ...setAsides.readPage(from, page.rows), nextCursor: page.nextCursor };
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
        for (const term of terms) {
          const place = bytesOf(termPlace(of.name, term));
          pipeline.hget(`${prefix}count:${place.toString('hex', 0, 2).slice(0, 3)}`, place);
        }
        return (await resultsOf(pipeline.exec())).map((count) => Number(count ?? 0));
      });
    },
    now() {
      return guarded(async () => {
        const [seconds, micros] = await redis.time();
        return Number(seconds) * 1_000 + Math.floor(Number(micros) / 1_000);
      });
    },
    identity: () => guarded(info.runId),
    settings: () => guarded(info.settings),
    memory: () => guarded(info.memory),
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

function resultOf([outcome, ...rest]: readonly string[]): CommitResult {
  if (outcome === 'ok') return { ok: true, versions: rest.map((version) => (version === '' ? null : version)) };
  if (outcome === 'suspect') return { ok: false, because: 'suspect', id: EPOCH.id };
  if (outcome === 'conflict') return { ok: false, because: 'conflict', id: rest[0] ?? '' };
  throw new Error('the commit script gave an answer that is none');
}

/** The answers of a pipeline; the first failure among them is thrown. */
async function resultsOf(answers: Promise<[Error | null, unknown][] | null>): Promise<readonly unknown[]> {
  return ((await answers) ?? []).map(([error, answer]) => {
    if (error !== null) throw error;
    return answer;
  });
}

/** A document as the page script answers it. One whose id can't be read goes by its key. */
function placed(at: Buffer, key: Buffer, value: Buffer): PlacedDocument {
  const row = readRedisDocument(value);
  return { ...rawDocument(row.unpacked?.id ?? key.toString(), row), at: atOf(at) };
}
