import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { LEASES } from '../../../src/pipeline/records/service-collections.ts';
import { put, StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { cleanUp, newFolder, open as openEmbedded } from '../../store/embedded-folder.ts';
import { trust } from '../../store/note.ts';
import { redisServerPath, startRedis, type RedisServer } from '../../support/servers/redis-server.ts';
import { createRateLease } from '../../../src/pipeline/runtime/create-rate-lease.ts';
import { createLearnRate } from '../../../src/jira/rate/learn-rate.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { UNHEARD } from '../../support/jira/rate-heard.ts';
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
        /** Without a ceiling. */
        learning: (id: string) => createRateLease({ store, learn: createLearnRate(null), replica: id, clock: systemClock }),
        replica: (id: string) => createRateLease({ store, learn: createLearnRate(RATE), replica: id, clock: systemClock }),
        total: async () => ((await real.read(LEASES, ['jira']))[0]?.doc.replicas ?? []).reduce((sum, { share }) => sum + share, 0),
      };
    }

    const shareOf = async (lease: RateLease, wanted: number): Promise<number> => (await lease.take(wanted, UNHEARD)).perSecond;

    test('a single replica has all of it', async () => {
      const { replica } = await site();
      expect(await shareOf(replica('a'), ALL)).toBe(RATE);
    });

    test('a newcomer waits until the other gives back; then both have half', async () => {
      const { replica } = await site();
      const [a, b] = [replica('a'), replica('b')];
      await a.take(ALL, UNHEARD);
      expect(await shareOf(b, ALL)).toBe(0);
      expect(await shareOf(a, ALL)).toBe(RATE / 2);
      expect(await shareOf(b, ALL)).toBe(RATE / 2);
    });

    test('a newcomer finds something at once where the other does not want all', async () => {
      const { replica } = await site();
      await replica('a').take(2, UNHEARD);
      expect(await shareOf(replica('b'), ALL)).toBeGreaterThan(5);
    });

    test('one replica has all that the other does not use, down to the last call', async () => {
      const { replica } = await site();
      const [a, b] = [replica('a'), replica('b')];
      await a.take(ALL, UNHEARD);
      await b.take(3, UNHEARD);
      expect(await shareOf(a, ALL)).toBe(RATE - 3);
      expect(await shareOf(b, 3)).toBe(3);
      await b.take(0, UNHEARD);
      expect(await shareOf(a, ALL)).toBe(RATE);
    });

    test('the share of a dead replica is free again within two seconds, and not before its lease ends', async () => {
      const { replica, forward } = await site();
      const [a, b] = [replica('a'), replica('b')];
      await a.take(ALL, UNHEARD);
      await b.take(ALL, UNHEARD);
      await a.take(ALL, UNHEARD);
      const { forMs } = await b.take(ALL, UNHEARD);
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
        await Promise.all(replicas.map((lease) => lease.take(ALL, UNHEARD)));
        expect(await total()).toBeLessThanOrEqual(RATE + 1e-9);
      }
      for (const lease of replicas) expect(await shareOf(lease, ALL)).toBeCloseTo(RATE / 5, 6);
    });

    test.each(['throws', 'hangs'] as const)('a store that %s leaves an equal part among those last seen', async (how) => {
      const { replica, setAway } = await site();
      const [a, b, fresh] = [replica('a'), replica('b'), replica('c')];
      await a.take(ALL, UNHEARD);
      await b.take(1, UNHEARD);
      setAway(how);
      expect(await shareOf(b, ALL)).toBe(RATE / 2);
      expect(await shareOf(fresh, ALL)).toBe(RATE);
      setAway('no');
      // Its lease may have ended while the store hung.
      await b.take(1, UNHEARD);
      expect(await shareOf(a, ALL)).toBe(RATE - 1);
    });

    test('a suspect store counts as one that does not answer', async () => {
      const { store } = await site();
      const lease = createRateLease({
        store: { ...store, commit: async () => ({ ok: false, because: 'suspect', id: 'epoch' }) },
        learn: createLearnRate(RATE),
        replica: 'a',
        clock: systemClock,
      });
      expect(await shareOf(lease, ALL)).toBe(RATE);
    });

    test('what one replica hears counts for all: a refusal that both saw lowers the rate once, and their shares stay within it', async () => {
      const { learning, forward, total } = await site();
      const [a, b] = [learning('a'), learning('b')];
      await a.take(ALL, UNHEARD);
      await b.take(ALL, UNHEARD);
      await a.take(ALL, UNHEARD);
      await b.take(ALL, { ...UNHEARD, passed: 3 });
      const { rate } = await a.take(ALL, { ...UNHEARD, refused: true, passed: 3 });
      expect(rate).toMatchObject({ perSecond: 7, because: 'refused' });
      const second = await b.take(ALL, { ...UNHEARD, refused: true, passed: 3 });
      expect(second.rate).toMatchObject({ perSecond: 7, because: 'same-refusals' });
      expect(await total()).toBeLessThanOrEqual(7 + 1e-9);
      forward(1_200);
      expect((await b.take(ALL, { ...UNHEARD, refused: true, passed: 1 })).rate.perSecond).toBeLessThan(7);
    });

    test('a limit that one replica was told binds the others, and calls of all together raise the rate', async () => {
      const { learning, forward } = await site();
      const [a, b] = [learning('a'), learning('b')];
      await a.take(ALL, UNHEARD);
      await b.take(ALL, { ...UNHEARD, announced: 22, passed: 5 });
      forward(1_000);
      expect((await a.take(ALL, { ...UNHEARD, passed: 5 })).rate).toMatchObject({ perSecond: 11, because: 'announced' });
      expect((await a.take(ALL, { ...UNHEARD, announced: 16 })).rate).toMatchObject({ perSecond: 8, because: 'announced' });
    });

    test('what was learned outlives every replica, until it is too old', async () => {
      const { learning, forward } = await site();
      await learning('a').take(ALL, { ...UNHEARD, refused: true, passed: 5 });
      forward(20_000);
      expect((await learning('b').take(ALL, UNHEARD)).rate.perSecond).toBe(6);
      forward(3_600_000);
      expect((await learning('c').take(ALL, UNHEARD)).rate.perSecond).toBe(10);
    });

    test.each(['throws', 'hangs'] as const)('a replica learns for itself while the store %s', async (how) => {
      const { learning, setAway } = await site();
      const [a, fresh] = [learning('a'), learning('b')];
      await a.take(ALL, UNHEARD);
      setAway(how);
      for (const lease of [a, fresh]) {
        expect((await lease.take(ALL, { ...UNHEARD, refused: true, passed: 6 })).perSecond).toBe(7);
        expect((await lease.take(ALL, UNHEARD)).perSecond).toBe(7);
      }
    });

    test('the record of an older version has no rate: learning begins anew, within the shares that are given', async () => {
      const { learning, store } = await site();
      const old = { replicas: [{ id: 'old', at: await store.now(), wanted: ALL, share: 4 }] };
      await store.commit([put(LEASES, 'jira', null, old)]);
      expect(await learning('a').take(ALL, UNHEARD)).toMatchObject({ perSecond: 5, rate: { perSecond: 10, because: 'start' } });
    });

    test('a replica that was not seen for a minute is forgotten', async () => {
      const { replica, forward, store } = await site();
      await replica('gone').take(1, UNHEARD);
      forward(61_000);
      await replica('a').take(1, UNHEARD);
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
