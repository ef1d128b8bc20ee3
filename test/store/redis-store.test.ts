import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { EPOCH, put, StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import type { UnreadableDocument } from '../../src/pipeline/ports/unreadable-document.ts';
import { openRedisStore, type RedisStore } from '../../src/store/redis-store.ts';
import { startHalfOpenProxy } from '../support/servers/half-open-proxy.ts';
import { redisServerPath, startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { redisKeyOf, spoilInRedis } from '../support/service/spoil-document.ts';
import { until } from '../support/until.ts';
import { EPOCHS, NOTES, note, trust, versionsOf } from './note.ts';
import { storeConformance } from './store-conformance.ts';

const path = redisServerPath();

describe.skipIf(path === null)('with a redis-server (set REDIS_SERVER or put it on the PATH)', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis({ appendonly: true });
  });
  afterAll(() => redis.remove());

  storeConformance('redis', async () => {
    const [installation, reported]: [string, UnreadableDocument[]] = [randomUUID(), []];
    let ahead = 0;
    const onUnreadable = (document: UnreadableDocument): void => void reported.push(document);
    const store = await openRedisStore({ url: redis.url, installation, onUnreadable, monotonic: () => ahead });
    return {
      store,
      reported,
      spoil: (collection, id, json) => spoilInRedis({ url: redis.url, installation }, collection, id, json),
      spoilIndex: (collection, id) => spoilInRedis({ url: redis.url, installation }, collection, id, '', 'terms'),
      forward: (ms) => void (ahead += ms),
    };
  });

  test('after a failover it connects anew, to the server that the name now leads to', async () => {
    const [old, next] = [await startRedis({ appendonly: true }), redis];
    const proxy = await startHalfOpenProxy(old.port);
    onTestFinished(() => old.remove());
    onTestFinished(() => proxy.close());
    const store = await openRedisStore({ url: proxy.url, installation: randomUUID() });
    onTestFinished(() => store.close());
    await trust(store);
    const before = await store.identity();
    proxy.turnTo(next.port);
    // The old server is a replica now, and keeps its connections.
    await old.follow(`127.0.0.1 ${next.port}`);
    await expect(trust(store)).rejects.toThrow(StoreUnavailable);
    await until(
      () =>
        trust(store).then(
          () => true,
          () => false,
        ),
      'the other server takes a commit',
    );
    expect(await store.identity()).not.toBe(before);
  });

  describe('processes and installations on one Redis', () => {
    const stores: Store[] = [];
    afterEach(async () => {
      for (const store of stores.splice(0)) await store.close();
    });
    async function open(installation: string): Promise<RedisStore> {
      const store = await openRedisStore({ url: redis.url, installation });
      stores.push(store);
      return store;
    }

    test('two processes of one installation share all, and of their commits on one version one wins', async () => {
      const [one, two] = [await open('shared'), await open('shared')];
      await trust(one);
      expect(await two.identity()).toBe(await one.identity());
      let version: string | null = null;
      for (let round = 0; round < 20; round += 1) {
        const results = await Promise.all(
          [one, two, one, two].map((store, i) => store.commit([put(NOTES, 'a', version, note({ text: `${i}` }))])),
        );
        const winner = results.find((result) => result.ok);
        expect(results.filter((result) => result.ok)).toHaveLength(1);
        version = winner?.ok === true ? (winner.versions[0] ?? null) : null;
      }
    });

    test('two installations see nothing of each other', async () => {
      const [one, two] = [await open('one'), await open('two')];
      await trust(one);
      versionsOf(await one.commit([put(NOTES, 'a', null, note({ words: ['w'], due: 1 }))]));
      expect(await two.read(NOTES, ['a'])).toEqual([null]);
      expect(await two.counts(NOTES, ['w'])).toEqual([0]);
      expect(await two.due(NOTES, 5, 5)).toEqual([]);
      expect(await two.commit([put(NOTES, 'a', null, note())])).toMatchObject({ because: 'suspect' });
    });

    test('documents without a schema version, or of an older one, are refused and left as they are', async () => {
      const before = await open('older');
      await trust(before);
      versionsOf(await before.commit([put(NOTES, 'a', null, note({ text: 'kept' }))]));
      const client = new Redis(redis.url);
      onTestFinished(() => client.disconnect());
      for (const version of [null, '1']) {
        await (version === null ? client.del('{f2j:older}:schema') : client.set('{f2j:older}:schema', version));
        const refused = {
          code: 'store-schema',
          message: expect.stringMatching(/^REDIS_URL: the store has schema version 1, and .* needs 3; /),
        };
        await expect(openRedisStore({ url: redis.url, installation: 'older' })).rejects.toThrow(expect.objectContaining(refused));
      }
      await client.set('{f2j:older}:schema', '3');
      expect((await before.read(NOTES, ['a']))[0]?.doc).toMatchObject({ text: 'kept' });
    });

    test('a newer version raises the schema and goes on; an older one is refused at its next commit and at its next start', async () => {
      const outdated: string[] = [];
      const installation = 'rolling';
      const old = await openRedisStore({ url: redis.url, installation, onOutdated: ({ message }) => void outdated.push(message) });
      stores.push(old);
      await trust(old);
      const version = versionsOf(await old.commit([put(NOTES, 'a', null, note({ text: 'old' }))]))[0] ?? null;
      const schema = { current: 4, upgradable: [3] };
      const young = await openRedisStore({ url: redis.url, installation, schema });
      stores.push(young);
      expect(outdated).toEqual([]);
      const write = put(NOTES, 'a', version, note({ text: 'of the older one' }));
      await expect(old.commit([write])).rejects.toThrow(StoreUnavailable);
      await expect(old.commit([put(EPOCHS, EPOCH.id, null, { identity: await old.identity() })])).rejects.toThrow(StoreUnavailable);
      expect(outdated).toEqual(Array.from({ length: 2 }, () => expect.stringMatching(/schema version 4, and .* needs 3; start the newer/)));
      await expect(openRedisStore({ url: redis.url, installation })).rejects.toThrow(/schema version 4/);
      expect((await young.read(NOTES, ['a']))[0]?.doc).toMatchObject({ text: 'old' });
      expect(await young.commit([put(NOTES, 'a', version, note({ text: 'young' }))])).toMatchObject({ ok: true });
    });

    test('a Redis in Cluster mode is refused with one line that says what to do', async () => {
      const cluster = await startRedis({ cluster: true });
      onTestFinished(() => cluster.remove());
      const refused = { code: 'redis-cluster', message: expect.stringMatching(/^REDIS_URL: [^\n]*Cluster mode[^\n]*$/) };
      await expect(openRedisStore({ url: cluster.url, installation: 'any' })).rejects.toThrow(expect.objectContaining(refused));
    });

    test('a key that holds no document, or a part of one, is an unreadable document and not an absent one', async () => {
      const store = await open('parts');
      await trust(store);
      const ids = ['list', 'cut', 'version', 'whole'];
      versionsOf(await store.commit(ids.map((id, at) => put(NOTES, id, null, note({ at, words: ['w'] })))));
      const client = new Redis(redis.url);
      onTestFinished(() => client.disconnect());
      const key = (id: string): string => redisKeyOf('parts', NOTES.name, id);
      const value = (id: string): Promise<Buffer> => client.getBuffer(key(id)).then((bytes) => bytes ?? Buffer.alloc(0));
      await client.set(key('cut'), (await value('cut')).subarray(0, 30));
      await client.set(key('version'), Buffer.concat([Buffer.from('no-version'), (await value('version')).subarray(10)]));
      await client.del(key('list'));
      await client.rpush(key('list'), 'no document');
      const page = await store.page(NOTES, { terms: ['w'], limit: 10 });
      expect(page.items.map(({ id }) => id)).toEqual(['whole']);
      // One whose id can't be read goes by its key.
      expect(page.unreadable?.map(({ id }) => id)).toEqual(['version', key('cut'), key('list')]);
      for (const id of ids.slice(0, 3)) await expect(store.read(NOTES, [id])).rejects.toMatchObject({ document: { id } });
      await expect(store.commit([put(NOTES, 'list', null, note())])).rejects.toMatchObject({ document: { id: 'list' } });
      expect(await store.commit([put(NOTES, 'cut', null, note())])).toMatchObject({ because: 'conflict' });
      await expect(store.commit([put(NOTES, 'version', null, note())])).rejects.toMatchObject({ document: { id: 'version' } });
    });

    test('its memory is told, and the limit only where there is one', async () => {
      const store = await open('memory');
      const { used, limit } = await store.memory();
      expect(used).toBeGreaterThan(100_000);
      expect(limit).toBeNull();
      await redis.configure('maxmemory', '500mb');
      expect(await store.memory()).toMatchObject({ limit: 500 * 1024 * 1024 });
      await redis.configure('maxmemory', '0');
    });

    test('settings that may lose data are told', async () => {
      const store = await open('settings');
      expect(await store.settings()).toEqual([]);
      const loose = await startRedis();
      const looseStore = await openRedisStore({ url: loose.url, installation: 'loose' });
      expect(await looseStore.settings()).toEqual([expect.stringContaining('appendonly is off')]);
      await looseStore.close();
      await loose.remove();
    });
  });

  describe('a Redis that fails', () => {
    let redis: RedisServer;
    let store: RedisStore;
    beforeAll(async () => {
      redis = await startRedis({ appendonly: true });
      store = await openRedisStore({ url: redis.url, installation: 'failing' });
    });
    afterAll(async () => {
      await store.close();
      await redis.remove();
    });

    /** Resolves when the store answers again by itself. */
    async function recovered(): Promise<void> {
      await until(
        () =>
          store.now().then(
            () => true,
            () => false,
          ),
        'the store answers again',
        20_000,
      );
    }

    test('emptied while it is open: commits are suspect, and an old version matches nothing that is new', async () => {
      await trust(store);
      const [old] = versionsOf(await store.commit([put(NOTES, 'a', null, note())]));
      await redis.flushAll();
      expect(await store.commit([put(NOTES, 'a', null, note())])).toMatchObject({ because: 'suspect' });
      expect(await store.read(NOTES, ['a'])).toEqual([null]);
      await trust(store);
      // As many commits as before: a count that began again would give the same version.
      versionsOf(await store.commit([put(NOTES, 'a', null, note())]));
      expect(await store.commit([put(NOTES, 'a', old ?? null, note())])).toMatchObject({ because: 'conflict' });
    });

    test('restarted on the same port: recovers by itself, is another store and keeps its documents', async () => {
      await trust(store);
      versionsOf(await store.commit([put(NOTES, 'kept', null, note())]));
      const before = await store.identity();
      await redis.restart();
      await recovered();
      expect(await store.identity()).not.toBe(before);
      expect(await store.commit([put(NOTES, 'b', null, note())])).toMatchObject({ because: 'suspect' });
      expect((await store.read(NOTES, ['kept']))[0]).not.toBeNull();
      await trust(store);
      expect(await store.commit([put(NOTES, 'b', null, note())])).toMatchObject({ ok: true });
    });

    test('stopped: every call says so, none waits, and all is well once it is back', async () => {
      await redis.kill9();
      const calls = [
        store.read(NOTES, ['a']),
        store.commit([]),
        store.page(NOTES, { terms: [], limit: 1 }),
        store.due(NOTES, 1, 1),
        store.counts(NOTES, ['']),
        store.now(),
        store.identity(),
        store.settings(),
      ];
      for (const call of await Promise.allSettled(calls)) {
        expect(call.status).toBe('rejected');
        expect(call.status === 'rejected' && call.reason).toBeInstanceOf(StoreUnavailable);
      }
      await expect(openRedisStore({ url: redis.url, installation: 'failing' })).rejects.toThrow(StoreUnavailable);
      await redis.restart();
      await recovered();
    });

    test('silent with its connections open: a call ends in StoreUnavailable instead of never, and all is well once it goes on', async () => {
      redis.pauseProcess();
      try {
        await expect(store.now()).rejects.toThrow(StoreUnavailable);
        await expect(store.commit([])).rejects.toThrow(StoreUnavailable);
      } finally {
        redis.continueProcess();
      }
      await recovered();
    }, 40_000);

    test('without room: the commit fails whole, reading goes on, and all is well once there is room', async () => {
      await trust(store);
      await redis.configure('maxmemory', '1');
      await expect(store.commit([put(NOTES, 'full', null, note({ words: ['full'] }))])).rejects.toThrow(StoreUnavailable);
      expect(await store.counts(NOTES, ['full'])).toEqual([0]);
      expect(await store.read(NOTES, ['full'])).toEqual([null]);
      await redis.configure('maxmemory', '0');
      expect(await store.commit([put(NOTES, 'full', null, note())])).toMatchObject({ ok: true });
    });

    test('closed: every call says that the store is unavailable', async () => {
      const other = await openRedisStore({ url: redis.url, installation: 'closed' });
      await other.close();
      await other.close();
      await expect(other.now()).rejects.toThrow(StoreUnavailable);
    });
  });
});
