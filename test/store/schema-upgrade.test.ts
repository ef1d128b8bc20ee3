import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { put } from '../../src/pipeline/ports/store.ts';
import { raiseDatabase } from '../../src/store/embedded-upgrade.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { openStore } from '../../src/store/open-store.ts';
import { openRedisStore, type RedisStore } from '../../src/store/redis-store.ts';
import { connectRedis } from '../../src/store/redis-connection.ts';
import { raiseSchema } from '../../src/store/redis-schema.ts';
import { SCHEMA } from '../../src/store/schema-version.ts';
import { redisServerPath, startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { cleanUp, clock, newFolder, open } from './embedded-folder.ts';
import { note, trust, versionsOf } from './note.ts';
import { expectAll, fillOldFile, fillOldRedis, OLD_NOTES } from './old-stores.ts';

/** More than two steps of each store. */
const MANY = 1_100;
const SOME = 24;
const QUIET = { warn: () => undefined, onOutdated: () => undefined, onUnreadable: () => undefined };

describe('an embedded store of schema version 2', () => {
  afterEach(cleanUp);

  test('is rewritten when it is opened, says so once, and takes commits', async () => {
    const folder = newFolder();
    const documents = fillOldFile(join(folder, 'store.sqlite'), SOME);
    const sentences: string[] = [];
    const store = openEmbeddedStore(folder, clock, undefined, (sentence) => void sentences.push(sentence));
    await expectAll(store, documents);
    expect(sentences).toEqual([expect.stringMatching(/^DATA_DIR: /)]);
    expect(store.setAside).toBeNull();
    await store.close();
    const again = openEmbeddedStore(folder, clock, undefined, (sentence) => void sentences.push(sentence));
    await expectAll(again, documents);
    expect(sentences).toHaveLength(1);
    await trust(again);
    const [before] = await again.read(OLD_NOTES, ['id-2']);
    versionsOf(await again.commit([put(OLD_NOTES, 'id-2', before?.version ?? null, note({ words: ['changed'] }))]));
    expect(await again.counts(OLD_NOTES, ['even', 'n:2', 'changed'])).toEqual([SOME / 2 - 1, 0, 1]);
    await again.close();
  });

  test('may be killed before each of its steps: the next start goes on', async () => {
    let steps = 0;
    for (let died = true; died; steps += 1) {
      const folder = newFolder();
      const path = join(folder, 'store.sqlite');
      const documents = fillOldFile(path, MANY);
      const db = new DatabaseSync(path);
      died = diesAfter(steps, db);
      const old = db.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'documents_2'").get();
      expect(old === undefined).toBe(steps === 0 || !died);
      // As a kill leaves it: without what was not committed.
      if (db.isTransaction) db.exec('ROLLBACK');
      db.close();
      await expectAll(open(folder), documents);
    }
    // It died before the first step, each of three, and the last one.
    expect(steps).toBe(6);
  });

  test('keeps a document that can not be read so, and the rest is not hindered', async () => {
    const folder = newFolder();
    const path = join(folder, 'store.sqlite');
    const documents = fillOldFile(path, 3);
    const db = new DatabaseSync(path);
    db.exec("UPDATE documents SET json = '{' WHERE id = 'id-0'; UPDATE documents SET terms = '[' WHERE id = 'id-1';");
    db.close();
    const store = open(folder);
    await expect(store.read(OLD_NOTES, ['id-0'])).rejects.toMatchObject({ document: { because: 'not-json' } });
    const [one] = await store.read(OLD_NOTES, ['id-1']);
    await trust(store);
    await expect(store.commit([put(OLD_NOTES, 'id-1', one?.version ?? null, note())])).rejects.toMatchObject({
      document: { because: 'broken-index' },
    });
    await expectAll(
      store,
      documents.filter(({ collection }) => collection !== 'notes'),
    );
  });

  test('a file without all tables of its version is none, and is set aside', () => {
    const folder = newFolder();
    writeFileSync(join(folder, 'store.sqlite'), '');
    const db = new DatabaseSync(join(folder, 'store.sqlite'));
    db.exec('CREATE TABLE documents (x); PRAGMA user_version = 2;');
    db.close();
    expect(open(folder).setAside).not.toBeNull();
  });
});

/** Raises the schema in a process that dies where it would commit once more. @returns whether it died */
function diesAfter(commits: number, db: DatabaseSync): boolean {
  let left = commits;
  const dying = new Proxy(db, {
    get(target, name) {
      if (name === 'prepare') return target.prepare.bind(target);
      return (sql: string) => {
        if (/COMMIT|DROP TABLE/.test(sql) && left === 0) throw new Error('killed');
        if (/COMMIT|DROP TABLE/.test(sql)) left -= 1;
        target.exec(sql);
      };
    },
  });
  try {
    raiseDatabase(dying);
    return false;
  } catch {
    return true;
  }
}

describe.skipIf(redisServerPath() === null)('a Redis of schema version 2 (set REDIS_SERVER or put it on the PATH)', () => {
  let redis: RedisServer;
  let client: Redis;
  const stores: RedisStore[] = [];
  beforeAll(async () => {
    redis = await startRedis({ appendonly: true });
    client = new Redis(redis.url);
  });
  afterEach(async () => {
    for (const store of stores.splice(0)) await store.close();
  });
  afterAll(async () => {
    client.disconnect();
    await redis.remove();
  });

  async function openNow(installation: string, sentences: string[] = []): Promise<RedisStore> {
    const store = await openRedisStore({ url: redis.url, installation, onUpgrade: (sentence) => void sentences.push(sentence) });
    stores.push(store);
    return store;
  }

  /** Raises the schema. @param happen called before a step of this number, from 0 on @returns the problem; null: it was raised */
  async function raiseUntil(installation: string, steps: number, happen: () => Promise<unknown>): Promise<string | null> {
    const connection = await connectRedis(redis.url);
    onTestFinished(() => connection.redis.disconnect());
    let done = 0;
    const run: typeof connection.run = async (...args) => {
      if (done === steps) await happen();
      done += 1;
      return connection.run(...args);
    };
    const raising = raiseSchema({ redis: connection.redis, run, prefix: `{f2j:${installation}}:`, schema: SCHEMA });
    return raising.then(
      () => null,
      (error: unknown) => String(error),
    );
  }

  /** Keys of the old form, and the note that the rewriting is under way. */
  async function left(installation: string): Promise<readonly string[]> {
    const keys = await client.keys(`{f2j:${installation}}:*`);
    return keys.filter((key) => /:(?:term:|upgrade$|doc:.*:)/.test(key.slice(key.indexOf('}'))));
  }

  test('is rewritten when it is opened, says so once, takes commits, and nothing of the old form is left', async () => {
    const installation = `[*?]${randomUUID()}`;
    const documents = await fillOldRedis(client, installation, SOME);
    const sentences: string[] = [];
    const store = await openNow(installation, sentences);
    await expectAll(store, documents);
    await expectAll(await openNow(installation, sentences), documents);
    expect(sentences).toEqual([expect.stringMatching(/^REDIS_URL: /)]);
    expect(await left(installation)).toEqual([]);
    expect(await client.get(`{f2j:${installation}}:schema`)).toBe(String(SCHEMA.current));
    await trust(store);
    const [before] = await store.read(OLD_NOTES, ['id-2']);
    versionsOf(await store.commit([put(OLD_NOTES, 'id-2', before?.version ?? null, note({ words: ['changed'] }))]));
    expect(await store.counts(OLD_NOTES, ['even', 'n:2', 'changed'])).toEqual([SOME / 2 - 1, 0, 1]);
  });

  test('may be killed before each of its steps: the next start goes on, and an older version writes nothing from the first one', async () => {
    for (let steps = 0, died = true; died; steps += 1) {
      const installation = randomUUID();
      const documents = await fillOldRedis(client, installation, SOME);
      const prefix = `{f2j:${installation}}:`;
      const problem = await raiseUntil(installation, steps, () => Promise.reject(new Error('killed')));
      died = problem !== null;
      expect(await client.get(`${prefix}schema`)).toBe(steps === 0 ? '2' : String(SCHEMA.current));
      await expectAll(await openNow(installation), documents);
      expect(await left(installation)).toEqual([]);
    }
  });

  test('may become full before each of its steps: nothing is lost, and a start with more memory goes on', async () => {
    const [raised, opened]: [string[], string[]] = [[], []];
    for (let steps = 0, failed = true; failed; steps += 1) {
      const installation = randomUUID();
      const documents = await fillOldRedis(client, installation, SOME);
      const problem = await raiseUntil(installation, steps, () => client.config('SET', 'maxmemory', '1'));
      failed = problem !== null;
      raised.push(...(problem === null ? [] : [problem]));
      const opening = failed ? openStore({ choice: { kind: 'redis', url: redis.url }, installation, clock, ...QUIET }) : null;
      await opening?.catch((error: unknown) => opened.push(String(error)));
      await client.config('SET', 'maxmemory', '0');
      await expectAll(await openNow(installation), documents);
      expect(await left(installation)).toEqual([]);
    }
    expect(raised.length).toBeGreaterThan(3);
    expect(raised.filter((problem) => !problem.includes('OOM'))).toEqual([]);
    expect(opened).toEqual(raised.map(() => expect.stringMatching(/REDIS_URL: .* is full \(OOM\)/)));
  });

  test('is rewritten once by replicas that start at the same time', async () => {
    const installation = randomUUID();
    const documents = await fillOldRedis(client, installation, SOME);
    const all = await Promise.all(range(3).map(() => openNow(installation)));
    for (const store of all) await expectAll(store, documents);
    expect(await left(installation)).toEqual([]);
  });

  test('keeps a document that can not be read so, and no key that holds something else is taken for an absent one', async () => {
    const installation = randomUUID();
    const documents = await fillOldRedis(client, installation, 4);
    const key = (id: string): string => `{f2j:${installation}}:doc:5:notes:${id}`;
    await client.hset(key('id-0'), 'json', '{');
    await client.hset(key('id-1'), 'terms', 'Ÿ');
    await client.set(key('id-2'), 'no hash');
    const store = await openNow(installation);
    await trust(store);
    for (const id of ['id-0', 'id-2'])
      await expect(store.read(OLD_NOTES, [id])).rejects.toMatchObject({ document: { id, because: 'not-json' } });
    const [one] = await store.read(OLD_NOTES, ['id-1']);
    await expect(store.commit([put(OLD_NOTES, 'id-1', one?.version ?? null, note())])).rejects.toMatchObject({
      document: { because: 'broken-index' },
    });
    await expectAll(
      store,
      documents.filter(({ collection }) => collection !== 'notes'),
    );
  });
});
