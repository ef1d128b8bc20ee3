import { afterEach, describe, expect, onTestFinished, test } from 'vitest';
import { createAdaptiveRateLimiter } from '../../../src/pipeline/details/adaptive-rate-limiter.ts';
import type { AdaptiveRateLimiter } from '../../../src/pipeline/ports/rate-limiter.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { cleanUp, newFolder, open as openEmbedded } from '../../store/embedded-folder.ts';
import { trust } from '../../store/note.ts';
import { redisServerPath, startRedis } from '../../support/servers/redis-server.ts';

const REGION = 'eu-west-1';

function rateLimiterConformance(name: string, open: () => Promise<Store>): void {
  describe(`replicas share a rate through the ${name} store`, () => {
    afterEach(cleanUp);

    /** A trusted store whose clock stands still until the test sets it forward. */
    async function site(): Promise<{ pace: (perSecond?: number) => AdaptiveRateLimiter; forward: (ms: number) => void }> {
      const real = await open();
      await trust(real);
      let now = 1_000_000;
      const store: Store = { ...real, now: () => Promise.resolve(now) };
      return { pace: (perSecond = 0.5) => createAdaptiveRateLimiter({ store, perSecond }), forward: (ms) => void (now += ms) };
    }

    test('slots are given out one after the other, to any replica', async () => {
      const { pace, forward } = await site();
      const [one, other] = [pace(), pace()];
      const waits: number[] = [];
      for (const asking of [one, other, one, other]) waits.push((await asking.acquire(REGION)).afterMs);
      expect(waits).toEqual([0, 2_000, 4_000, 6_000]);
      expect(await one.waitMs(REGION)).toBe(8_000);
      forward(10_000);
      expect([await one.acquire(REGION), await other.acquire(REGION)]).toEqual([
        { granted: true, afterMs: 0 },
        { granted: true, afterMs: 2_000 },
      ]);
    });

    test('callers that ask at the same time get a slot each', async () => {
      const { pace } = await site();
      const taken = await Promise.all(Array.from({ length: 12 }, () => pace().acquire(REGION)));
      const waits = taken.map(({ afterMs }) => afterMs).toSorted((a, b) => a - b);
      expect(waits).toEqual(Array.from({ length: 12 }, (_, n) => 2_000 * n));
    });

    test('each Region has a rate of its own', async () => {
      const { pace } = await site();
      await pace().acquire(REGION);
      expect(await pace().waitMs('us-east-1')).toBe(0);
    });

    test('no caller is given a slot that is minutes away', async () => {
      const { pace } = await site();
      const slow = pace(0.01);
      await slow.acquire(REGION);
      expect(await slow.acquire(REGION)).toEqual({ granted: true, afterMs: 100_000 });
      expect(await slow.acquire(REGION)).toEqual({ granted: false, afterMs: 200_000 });
      expect(await slow.waitMs(REGION)).toBe(200_000);
    });

    test('throttling slows all replicas down, answers speed them up again, never above the usual rate', async () => {
      const { pace, forward } = await site();
      const gap = async (): Promise<number> => {
        forward(1_000_000);
        await pace().acquire(REGION);
        return pace().waitMs(REGION);
      };
      expect(await gap()).toBe(2_000);
      await pace().slowDown(REGION, null);
      expect(await gap()).toBe(4_000);
      for (let n = 0; n < 10; n += 1) await pace().slowDown(REGION, null);
      expect(await gap()).toBe(60_000);
      await pace().speedUp(REGION);
      expect(await gap()).toBe(48_000);
      for (let n = 0; n < 20; n += 1) await pace().speedUp(REGION);
      expect(await gap()).toBe(2_000);
    });

    test.each([
      [30_000, 30_000],
      [100_000_000, 900_000],
      [1, 4_000],
    ])('asked to wait for %d ms, it waits %d ms', async (afterMs, waitsMs) => {
      const { pace } = await site();
      await pace().slowDown(REGION, afterMs);
      expect(await pace().waitMs(REGION)).toBe(waitsMs);
    });
  });
}

rateLimiterConformance('embedded', () => Promise.resolve(openEmbedded(newFolder())));

describe.skipIf(redisServerPath() === null)('with redis-server', () => {
  rateLimiterConformance('redis', async () => {
    const server = await startRedis({});
    const store = await openRedisStore({ url: server.url, installation: 'default' });
    onTestFinished(async () => {
      await store.close();
      await server.remove();
    });
    return store;
  });
});

test('a suspect store gives no slot', async () => {
  const store = openEmbedded(newFolder());
  onTestFinished(cleanUp);
  expect(await createAdaptiveRateLimiter({ store, perSecond: 1 }).acquire(REGION)).toEqual({ granted: false, afterMs: 1_000 });
});
