import { randomUUID } from 'node:crypto';
import { Redis } from 'ioredis';
import { describe, expect, onTestFinished, test } from 'vitest';
import { MAX_WRITES, put } from '../../src/pipeline/ports/store.ts';
import { seededRandom } from '../../src/sandbox/samples/seeded-random.ts';
import { openRedisStore } from '../../src/store/redis-store.ts';
import { range } from '../support/findings/findings-by-number.ts';
import { redisServerPath, startRedis } from '../support/servers/redis-server.ts';
import { NOTES, note, trust, versionsOf, walk } from './note.ts';

/** Of more entries than several leaves of the index hold. */
const DOCUMENTS = 640;

describe.skipIf(redisServerPath() === null)('the index in Redis (set REDIS_SERVER or put it on the PATH)', () => {
  test('stays whole while documents come and go in any order, is packed, and leaves nothing behind', async () => {
    const redis = await startRedis();
    const installation = randomUUID();
    const [client, store] = [new Redis(redis.url), await openRedisStore({ url: redis.url, installation })];
    onTestFinished(async () => {
      client.disconnect();
      await store.close();
      await redis.remove();
    });
    await trust(store);
    const keys = (kind: string): Promise<string[]> => client.keys(`{f2j:${installation}}:${kind}*`);
    const besideIndex = async (): Promise<readonly string[]> => (await keys('')).filter((key) => !/:(?:leaf:|index$)/.test(key)).toSorted();
    const atRest = await besideIndex();

    const random = seededRandom(1);
    const shuffled = (): readonly number[] => range(DOCUMENTS).toSorted(() => random() - 0.5);
    const of = (n: number) => note({ text: `${n}`, at: 1_000 + (n % 300), words: ['all', `of-ten:${n % 10}`, `one:${n}`] });
    const versions = new Map<number, string | null>();
    async function commit(numbers: readonly number[], isKept: boolean): Promise<void> {
      for (let from = 0; from < numbers.length; from += MAX_WRITES) {
        const some = numbers.slice(from, from + MAX_WRITES);
        const writes = some.map((n) => put(NOTES, `id-${n}`, versions.get(n) ?? null, isKept ? of(n) : null));
        const written = versionsOf(await store.commit(writes));
        some.forEach((n, at) => void versions.set(n, written[at] ?? null));
      }
    }
    await commit(shuffled(), true);
    const leaves = await keys('leaf:');
    expect(leaves.length).toBeGreaterThan((3 * DOCUMENTS) / 128);
    const encodings = await Promise.all(
      (await client.keysBuffer(`{f2j:${installation}}:leaf:*`)).map((key) => client.object('ENCODING', key)),
    );
    expect(encodings.filter((encoding) => !['listpack', 'ziplist'].includes(String(encoding)))).toEqual([]);

    const gone = shuffled().slice(0, DOCUMENTS / 2);
    await commit(gone, false);
    const left = range(DOCUMENTS).filter((n) => !gone.includes(n));
    expect(await store.counts(NOTES, ['', 'all', 'of-ten:3'])).toEqual([left.length, left.length, left.filter((n) => n % 10 === 3).length]);
    const ids = (numbers: readonly number[]): readonly string[] =>
      numbers
        .map((n) => of(n))
        .toSorted((a, b) => a.at - b.at || (`id-${a.text}` < `id-${b.text}` ? -1 : 1))
        .map(({ text }) => `id-${text}`);
    expect((await walk(store, NOTES, ['all'], 37, 'oldest')).map(({ id }) => id)).toEqual(ids(left));
    expect((await walk(store, NOTES, ['all', 'of-ten:3'], 7, 'newest')).map(({ id }) => id)).toEqual(
      ids(left.filter((n) => n % 10 === 3)).toReversed(),
    );

    await commit(
      left.toSorted(() => random() - 0.5),
      false,
    );
    expect(await store.counts(NOTES, ['', 'all'])).toEqual([0, 0]);
    expect(await besideIndex()).toEqual(atRest);
    // The entry of the epoch.
    expect(await keys('leaf:')).toHaveLength(1);
  });
});
