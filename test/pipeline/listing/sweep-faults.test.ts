import { describe, expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../../src/pipeline/records/admin-collections.ts';
import { SWEEP_OF_FINDINGS, SWEEPS } from '../../../src/pipeline/records/service-collections.ts';
import { StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { redisServerPath, startRedis } from '../../support/servers/redis-server.ts';
import { detailsSource } from '../../support/servers/access-analyzer.ts';
import { ANALYZER_ARN } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { testClock, type ServiceParts } from '../../support/service/service-parts.ts';
import { until } from '../../support/until.ts';
import { bucket, finishAll, HOUR_MS, lastSwept, openSwept, REGION, resolved, sweep, type SweptSite } from './swept-site.ts';

const NEVER = new AbortController().signal;
const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);
const lists = ({ aws }: SweptSite): number => aws.history().filter(({ operation }) => operation === 'ListFindings').length;

/** A store whose process dies at its n-th commit: nothing that it does afterwards arrives. */
function dyingAt(store: Store, nth: number): Store {
  let commits = 0;
  return {
    ...store,
    async commit(writes) {
      commits += 1;
      if (commits >= nth) throw new StoreUnavailable('this process is dead');
      return store.commit(writes);
    },
  };
}

async function acceptedTimes(parts: ServiceParts, n: number): Promise<number> {
  const record = await parts.record(findingOf(bucket(n)).key);
  return record?.history.filter(({ what }) => what === 'accepted').length ?? 0;
}

describe('a sweep', () => {
  test('that is killed in the middle of page 37 goes on there, on another replica', async () => {
    const all = await openSwept();
    all.aws.settings.pageSize = 2;
    for (const n of numbers(90)) all.aws.follow(bucket(n));
    const page = (run: number): Promise<boolean> =>
      all.site.store.read(SWEEPS, [SWEEP_OF_FINDINGS]).then(([stored]) => (stored?.doc.run?.position.pages ?? 0) >= run);
    let dying = false;
    const dead = await all.start({
      store: {
        ...all.site.store,
        async commit(writes) {
          dying ||= (await page(36)) && writes.some(({ collection }) => collection === 'findings');
          // The first of the two findings of that page is stored, the second is not.
          if (dying && writes.some(({ id }) => id.endsWith('finding-73'))) throw new StoreUnavailable('this process is dead');
          return all.site.store.commit(writes);
        },
      },
    });
    await expect(dead.findingsSweep?.advance(NEVER)).rejects.toThrow(StoreUnavailable);
    expect(lists(all)).toBe(37);
    const parts = await all.start({ owner: 'another' });
    await parts.findingsSweep?.advance(NEVER);
    expect(lists(all)).toBe(37);
    all.site.clock.forward(61_000);
    await parts.findingsSweep?.advance(NEVER);
    expect(await lastSwept(all.site)).toMatchObject({ complete: 1, missing: 0, analyzers: [{ listed: 90 }] });
    // Page 37 twice, every other one once, and one of the other statuses.
    expect(lists(all)).toBe(45 + 1 + 1);
    for (const n of [0, 72, 73, 89]) expect(await acceptedTimes(parts, n)).toBe(1);
  });

  test('ends the same wherever it is killed', async () => {
    const all = await openSwept();
    all.aws.settings.pageSize = 2;
    const calm = await all.start();
    for (const n of numbers(6)) {
      all.aws.follow(bucket(n));
      if (n > 1) await calm.accept(findingOf(bucket(n)));
    }
    await finishAll(
      all,
      calm,
      numbers(6).map((n) => bucket(n)),
    );
    all.aws.follow(resolved(5));
    all.aws.remove(ANALYZER_ARN, 'finding-4');
    for (let nth = 1; (await lastSwept(all.site)) === null; nth += 1) {
      const parts = await all.start({ store: dyingAt(all.site.store, nth) });
      await parts.findingsSweep?.advance(NEVER).catch(() => undefined);
      all.site.clock.forward(61_000);
      if (nth > 60) throw new Error('It never ends');
    }
    expect(await lastSwept(all.site)).toMatchObject({ complete: 1, of: 1, gone: 0 });
    await finishAll(
      all,
      calm,
      numbers(6).map((n) => bucket(n)),
    );
    expect(all.site.jira.issues()).toHaveLength(6);
    expect(await calm.record(findingOf(bucket(5)).key)).toMatchObject({ finding: { status: 'RESOLVED' }, mapping: { state: 'closed' } });
    expect(await calm.record(findingOf(bucket(4)).key)).toMatchObject({ finding: { status: 'ACTIVE', deleted: false } });
    expect(await sweep(all, calm)).toMatchObject({ missing: 1, gone: 1 });
  });

  test('is one over two replicas, also when a stopped one wakes up after it has ended', async () => {
    const all = await openSwept();
    all.aws.settings.pageSize = 2;
    for (const n of numbers(10)) all.aws.follow(bucket(n));
    const wakes = Promise.withResolvers<void>();
    const sleeps = Promise.withResolvers<void>();
    const slow = await all.start({
      owner: 'slow',
      analyzers: {
        arns: null,
        regions: [REGION],
        source: {
          ...all.source,
          async listFindings(question, slot) {
            const answer = await all.source.listFindings(question, slot);
            sleeps.resolve();
            await wakes.promise;
            return answer;
          },
        },
      },
    });
    const parts = await all.start();
    const stopped = slow.findingsSweep?.advance(NEVER);
    await sleeps.promise;
    await parts.findingsSweep?.advance(NEVER);
    expect(lists(all)).toBe(1);
    all.site.clock.forward(61_000);
    await parts.findingsSweep?.advance(NEVER);
    const swept = await lastSwept(all.site);
    expect(swept).toMatchObject({ listed: 10, complete: 1 });
    wakes.resolve();
    await stopped;
    expect(await lastSwept(all.site)).toEqual(swept);
    await Promise.all([parts.findingsSweep?.advance(NEVER), slow.findingsSweep?.advance(NEVER)]);
    expect(await lastSwept(all.site)).toEqual(swept);
    for (const n of numbers(10)) expect(await acceptedTimes(parts, n)).toBe(1);
  });

  test('that AWS throttles waits, and lists everything in the end', async () => {
    const all = await openSwept();
    const parts = await all.start();
    for (const n of numbers(3)) all.aws.follow(bucket(n));
    for (let times = 0; times < 9; times += 1) all.aws.faults.next.push({ on: 'ListFindings', fault: 'ThrottlingException' });
    for (let waits = 0; (await lastSwept(all.site)) === null; waits += 1) {
      await parts.findingsSweep?.advance(NEVER);
      all.site.clock.forward(120_000);
      if (waits > 20) throw new Error('It never ends');
    }
    expect(await lastSwept(all.site)).toMatchObject({ listed: 3, complete: 1, analyzers: [{ is: 'complete', problem: null }] });
  });

  test('that waits for a slot ends with its process, and another one goes on at once', async () => {
    const all = await openSwept();
    all.aws.follow(bucket(1));
    const parts = await all.start({ listingsPerSecond: 0.02 });
    const waiting = parts.findingsSweep?.advance(NEVER);
    const read = async () => (await all.site.store.read(SWEEPS, [SWEEP_OF_FINDINGS]))[0]?.doc;
    await until(async () => ((await read())?.run?.analyzers ?? null) !== null, 'the analyzers are chosen');
    parts.findingsSweep?.stop();
    await waiting;
    expect(lists(all)).toBe(0);
    const doc = await read();
    expect(doc).toMatchObject({ run: { analyzers: [{ arn: ANALYZER_ARN }], swept: [] } });
    expect(doc?.nextAt).toBeLessThanOrEqual(await all.site.store.now());
  });

  test('goes on after one answer that does not come', async () => {
    const all = await openSwept();
    const source = detailsSource(all.aws, { timeoutMs: 300 });
    const parts = await all.start({ analyzers: { arns: null, regions: [REGION], source } });
    all.aws.follow(bucket(1));
    all.aws.faults.next.push({ on: 'ListFindings', fault: 'hangs' });
    expect(await sweep(all, parts)).toMatchObject({ complete: 1, added: 1 });
  });

  test('on a replica whose clock is two hours ahead, or behind, takes no step early', async () => {
    for (const ahead of [2 * HOUR_MS, -2 * HOUR_MS]) {
      const all = await openSwept();
      const parts = await all.start();
      const clock = testClock();
      clock.forward(ahead);
      for (const n of numbers(3)) {
        all.aws.follow(bucket(n));
        await parts.accept(findingOf(bucket(n)));
      }
      await sweep(all, parts);
      all.aws.remove(ANALYZER_ARN, 'finding-1');
      const skewed = await all.start({ clock });
      await skewed.findingsSweep?.advance(NEVER);
      expect(lists(all)).toBe(2);
      expect(await sweep(all, skewed)).toMatchObject({ missing: 1, gone: 0, changed: 0 });
      expect(await sweep(all, skewed)).toMatchObject({ missing: 1, gone: 1 });
    }
  });

  test('respects the accounts that are allowed, and says what it left out', async () => {
    const all = await openSwept();
    const parts = await all.start({ allowedAccounts: new Set(['444455556666']) });
    all.aws.follow(bucket(1));
    all.aws.follow(bucket(2, { accountId: '999999999999' }));
    expect(await sweep(all, parts)).toMatchObject({ listed: 2, added: 1, analyzers: [{ notAllowed: 1 }] });
    expect(await parts.record(findingOf(bucket(2)).key)).toBeNull();
  });

  test.skipIf(redisServerPath() === null)('during which Redis is emptied begins anew, and opens nothing twice', async () => {
    const redis = await startRedis({ appendonly: true });
    onTestFinished(() => redis.remove());
    const all = await openSwept();
    const store = await openRedisStore({ url: redis.url, installation: 'test' });
    onTestFinished(() => store.close());
    all.aws.settings.pageSize = 2;
    for (const n of numbers(8)) all.aws.follow(bucket(n));
    let pages = 0;
    const source = {
      ...all.source,
      async listFindings(...asked: Parameters<typeof all.source.listFindings>) {
        pages += 1;
        if (pages === 3) await redis.flushAll();
        return all.source.listFindings(...asked);
      },
    };
    const parts = await all.start({ store, soleOwner: false, indexLagMs: 0, analyzers: { arns: null, regions: [REGION], source } });
    const events = numbers(8).map((n) => bucket(n));
    for (const event of events.slice(0, 3)) await parts.accept(findingOf(event));
    for (const event of events.slice(0, 3)) await parts.reconcile(findingOf(event).key);
    await parts.findingsSweep?.advance(NEVER);
    await until(async () => {
      await parts.trust.advance();
      await parts.findingsSweep?.advance(NEVER);
      return (await lastSwept({ store })) !== null;
    }, 'a sweep has ended');
    expect(await lastSwept({ store })).toMatchObject({ complete: 1, gone: 0 });
    await until(async () => {
      for (const event of events) await parts.reconcile((await parts.record(findingOf(event).key))?.group ?? '');
      return all.site.jira.issues().length === 8;
    }, 'each finding has its issue');
    expect(all.site.created()).toBe(8);
  });
});

describe('a sweep on request', () => {
  async function run(parts: ServiceParts, dryRun: boolean, all: SweptSite) {
    const started = await parts.operations.start({ kind: 'sweep', input: { dryRun }, startedBy: 'test' });
    if (!started.started) throw new Error('It did not start');
    const read = async () => (await all.site.store.read(OPERATIONS, [started.id]))[0]?.doc ?? null;
    return { id: started.id, read, ended: () => until(async () => (await read())?.state !== 'running', 'it has ended') };
  }

  test('lists AWS before Jira, at once; a dry run only says what it would do', async () => {
    const all = await openSwept();
    const parts = await all.start({ sweepIntervalMs: 0 });
    for (const n of numbers(3)) all.aws.follow(bucket(n));
    const aws = { listed: 3, added: 3, missing: 0, complete: 1 };
    const dry = await run(parts, true, all);
    await dry.ended();
    expect(await dry.read()).toMatchObject({ state: 'done', done: 3, result: { dryRun: true, found: 0, aws } });
    expect(await parts.record(findingOf(bucket(1)).key)).toBeNull();
    expect(await lastSwept(all.site)).toBeNull();
    const wet = await run(parts, false, all);
    await wet.ended();
    expect(await wet.read()).toMatchObject({ state: 'done', result: { dryRun: false, aws } });
    expect(await parts.record(findingOf(bucket(1)).key)).not.toBeNull();
  });

  test('that is cancelled stops where it is', async () => {
    const all = await openSwept();
    all.aws.settings.pageSize = 1;
    all.aws.faults.latencyMs = 20;
    const parts = await all.start({ sweepIntervalMs: 0 });
    for (const n of numbers(300)) all.aws.follow(bucket(n));
    const one = await run(parts, false, all);
    await until(() => lists(all) > 3, 'it lists');
    await parts.operations.cancel(one.id, () => []);
    await parts.operations.stop();
    expect(await one.read()).toMatchObject({ state: 'cancelled' });
    const seen = lists(all);
    expect(seen).toBeLessThan(300);
    // The sweep that it began is dropped by the next process that would go on with it.
    all.site.clock.forward(61_000);
    const next = await all.start();
    await next.findingsSweep?.advance(NEVER);
    expect((await all.site.store.read(SWEEPS, [SWEEP_OF_FINDINGS]))[0]?.doc.run).toBeUndefined();
    expect(lists(all)).toBe(seen);
  });
});
