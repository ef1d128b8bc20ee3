import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LEASES } from '../../../src/pipeline/records/service-collections.ts';
import { StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { cleanUp, newFolder, open as openEmbedded } from '../../store/embedded-folder.ts';
import { trust } from '../../store/note.ts';
import { redisServerPath, startRedis, type RedisServer } from '../../support/servers/redis-server.ts';
import { createRateLease } from '../../../src/pipeline/runtime/create-rate-lease.ts';
import type { RateLease } from '../../../src/pipeline/ports/rate-lease.ts';

const RATE = 20;
/** More than there is. */
const ALL = 100;

function rateLeaseConformance(name: string, open: () => Promise<Store>): void {
  describe(`replicas share a rate through the ${name} store`, () => {
    const opened: Store[] = [];
    afterEach(async () => {
      for (const store of opened.splice(0)) await store.close();
    });

    /** A trusted store whose clock and health the test sets. */
    async function site() {
      const real = await open();
      opened.push(real);
      await trust(real);
      let [ahead, away]: [number, 'no' | 'throws' | 'hangs'] = [0, 'no'];
      const store: Store = {
        ...real,
        async now() {
          if (away === 'throws') throw new StoreUnavailable('as the test says');
          if (away === 'hangs') await new Promise(() => undefined);
          return (await real.now()) + ahead;
        },
      };
      return {
        store,
        forward: (ms: number) => void (ahead += ms),
        setAway: (how: typeof away) => void (away = how),
        replica: (id: string) => createRateLease({ store, perSecond: RATE, replica: id }),
        total: async () => ((await real.read(LEASES, ['jira']))[0]?.doc.replicas ?? []).reduce((sum, { share }) => sum + share, 0),
      };
    }

    const shareOf = async (lease: RateLease, wanted: number): Promise<number> => (await lease.take(wanted)).perSecond;

    test('a single replica has all of it', async () => {
      const { replica } = await site();
      expect(await shareOf(replica('a'), ALL)).toBe(RATE);
    });

    test('a newcomer waits until the other gives back; then both have half', async () => {
      const { replica } = await site();
      const [a, b] = [replica('a'), replica('b')];
      await a.take(ALL);
      expect(await shareOf(b, ALL)).toBe(0);
      expect(await shareOf(a, ALL)).toBe(RATE / 2);
      expect(await shareOf(b, ALL)).toBe(RATE / 2);
    });

    test('a newcomer finds something at once where the other does not want all', async () => {
      const { replica } = await site();
      await replica('a').take(2);
      expect(await shareOf(replica('b'), ALL)).toBeGreaterThan(5);
    });

    test('one replica has all that the other does not use, down to the last call', async () => {
      const { replica } = await site();
      const [a, b] = [replica('a'), replica('b')];
      await a.take(ALL);
      await b.take(3);
      expect(await shareOf(a, ALL)).toBe(RATE - 3);
      expect(await shareOf(b, 3)).toBe(3);
      await b.take(0);
      expect(await shareOf(a, ALL)).toBe(RATE);
    });

    test('the share of a dead replica is free again within two seconds, and not before its lease ends', async () => {
      const { replica, forward } = await site();
      const [a, b] = [replica('a'), replica('b')];
      await a.take(ALL);
      await b.take(ALL);
      await a.take(ALL);
      const { forMs } = await b.take(ALL);
      forward(forMs - 500);
      expect(await shareOf(a, ALL)).toBe(RATE / 2);
      forward(750);
      expect(forMs - 500 + 750).toBeLessThan(2_000);
      expect(await shareOf(a, ALL)).toBe(RATE);
    });

    test('many at once never have more than there is, and in the end all of it, in equal parts', async () => {
      const { replica, total } = await site();
      const replicas = Array.from({ length: 5 }, (_, n) => replica(`r${n}`));
      for (let rounds = 0; rounds < 4; rounds += 1) {
        await Promise.all(replicas.map((lease) => lease.take(ALL)));
        expect(await total()).toBeLessThanOrEqual(RATE + 1e-9);
      }
      for (const lease of replicas) expect(await shareOf(lease, ALL)).toBeCloseTo(RATE / 5, 6);
    });

    test.each(['throws', 'hangs'] as const)('a store that %s leaves an equal part among those last seen', async (how) => {
      const { replica, setAway } = await site();
      const [a, b, fresh] = [replica('a'), replica('b'), replica('c')];
      await a.take(ALL);
      await b.take(1);
      setAway(how);
      expect(await shareOf(b, ALL)).toBe(RATE / 2);
      expect(await shareOf(fresh, ALL)).toBe(RATE);
      setAway('no');
      expect(await shareOf(a, ALL)).toBe(RATE - 1);
    });

    test('a suspect store counts as one that does not answer', async () => {
      const { store } = await site();
      const lease = createRateLease({
        store: { ...store, commit: async () => ({ ok: false, because: 'suspect', id: 'epoch' }) },
        perSecond: RATE,
        replica: 'a',
      });
      expect(await shareOf(lease, ALL)).toBe(RATE);
    });

    test('a replica that was not seen for a minute is forgotten', async () => {
      const { replica, forward, store } = await site();
      await replica('gone').take(1);
      forward(61_000);
      await replica('a').take(1);
      const [stored] = await store.read(LEASES, ['jira']);
      expect(stored?.doc.replicas.map(({ id }) => id)).toEqual(['a']);
    });
  });
}

afterEach(cleanUp);
rateLeaseConformance('embedded', async () => openEmbedded(newFolder()));

describe.skipIf(redisServerPath() === null)('with a redis-server (set REDIS_SERVER or put it on the PATH)', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis.remove());
  rateLeaseConformance('redis', () => openRedisStore({ url: redis.url, installation: randomUUID() }));
});
