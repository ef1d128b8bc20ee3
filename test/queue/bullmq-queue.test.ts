import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { ReconcileQueue } from '../../src/pipeline/ports/reconcile-queue.ts';
import { StoreUnavailable } from '../../src/pipeline/ports/store.ts';
import { openBullmqQueue, type BullmqQueueOptions } from '../../src/queue/bullmq-queue.ts';
import { redisServerPath, startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { until } from '../support/until.ts';
import { startHalfOpenProxy } from '../support/servers/half-open-proxy.ts';
import { queueConformance } from './queue-conformance.ts';
import { createReconciler } from './reconciler.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** No test may wedge a queue, except for the one that sets a handler of its own. */
const onWedged = (): never => {
  throw new Error('wedged');
};

describe.skipIf(redisServerPath() === null)('with a redis-server (set REDIS_SERVER or put it on the PATH)', () => {
  let redis: RedisServer;
  const queues: ReconcileQueue[] = [];
  const children: ChildProcess[] = [];
  beforeAll(async () => {
    redis = await startRedis({ appendonly: true });
  });
  afterEach(async () => {
    for (const child of children.splice(0)) child.kill('SIGKILL');
    for (const queue of queues.splice(0)) await queue.close(0);
  });
  afterAll(() => redis.remove());

  async function open(options: Partial<BullmqQueueOptions> = {}): Promise<ReconcileQueue> {
    const queue = await openBullmqQueue({
      url: redis.url,
      installation: randomUUID(),
      concurrency: 2,
      clock,
      onError: () => {},
      onWedged,
      ...options,
    });
    queues.push(queue);
    return queue;
  }

  queueConformance('BullMQ', ({ concurrency, onError }) =>
    openBullmqQueue({ url: redis.url, installation: randomUUID(), concurrency, clock, onError, onWedged }),
  );

  test('after a failover it connects anew, to the server that the name now leads to', async () => {
    const old = await startRedis();
    const proxy = await startHalfOpenProxy(old.port);
    onTestFinished(() => old.remove());
    onTestFinished(() => proxy.close());
    const queue = await open({ url: proxy.url });
    const seen: string[] = [];
    queue.work(async (group) => void seen.push(group));
    await queue.ask('before', 'event');
    await until(() => seen.includes('before'), 'it works');
    proxy.turnTo(redis.port);
    // The old server is a replica now, and keeps its connections.
    await old.follow('127.0.0.1 1');
    await expect(queue.ask('during', 'event')).rejects.toThrow('READONLY');
    const asked = (): Promise<boolean> =>
      queue.ask('after', 'event').then(
        () => true,
        () => false,
      );
    await until(asked, 'the other server takes an ask');
    await until(() => seen.includes('after'), 'the worker has connected anew, too', 20_000);
  });

  describe('several processes', () => {
    test('two queues of one installation share the work and never run one group at once', async () => {
      const installation = randomUUID();
      const [one, two] = [await open({ installation }), await open({ installation })];
      const reconciler = createReconciler();
      reconciler.ticks = 2;
      const workers = [0, 0];
      [one, two].forEach((queue, i) =>
        queue.work((group) => {
          workers[i] = (workers[i] ?? 0) + 1;
          return reconciler.reconcile(group);
        }),
      );
      for (let round = 0; round < 30 || Math.min(...workers) === 0; round += 1) {
        await Promise.all(['a', 'b', 'c', 'd', 'e'].map((group, i) => (i % 2 === 0 ? one : two).ask(group, 'event')));
      }
      await until(async () => reconciler.running() === 0 && (await one.depth()) === 0, 'all is done');
      expect(reconciler.overlaps).toBe(0);
    });

    test('two installations share nothing', async () => {
      const [one, two] = [await open(), await open()];
      const reconciler = createReconciler();
      two.work(reconciler.reconcile);
      await one.ask('a', 'event');
      await two.ask('b', 'event');
      await until(() => reconciler.ended.includes('b'), 'b has run');
      expect([await one.depth(), await two.depth()]).toEqual([1, 0]);
      expect(reconciler.started).toEqual(['b']);
    });

    test('the job of a killed process is run by another, and so is an ask that came meanwhile', async () => {
      const installation = randomUUID();
      const lockMs = 1_000;
      const child = spawn(
        process.execPath,
        [fileURLToPath(new URL('worker-process.ts', import.meta.url)), redis.url, installation, String(lockMs)],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      children.push(child);
      let taken = '';
      child.stdout.on('data', (data) => (taken += String(data)));
      const queue = await open({ installation, lockMs });
      await queue.ask('a', 'event');
      await until(() => taken === 'a\n', 'the other process has taken a');
      await queue.ask('a', 'event');
      child.kill('SIGKILL');
      await once(child, 'exit');
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      await until(() => reconciler.ended.length === 2, 'a was run for the killed process and for the later ask', 20_000);
      expect(reconciler.started).toEqual(['a', 'a']);
      expect(reconciler.overlaps).toBe(0);
    }, 30_000);
  });

  describe('a Redis that fails', () => {
    let redis: RedisServer;
    beforeAll(async () => {
      redis = await startRedis({ appendonly: true });
    });
    afterAll(() => redis.remove());

    /** Asks until the ask is kept. */
    const kept = (queue: ReconcileQueue, group: string): Promise<void> =>
      until(
        () =>
          queue.ask(group, 'event').then(
            () => true,
            () => false,
          ),
        `the ask for ${group} is kept`,
        20_000,
      );

    test('killed and started again: asks fail meanwhile, no kept ask is lost, work goes on by itself', async () => {
      const queue = await open({ url: redis.url });
      const reconciler = createReconciler();
      const release = reconciler.hold('held');
      queue.work(reconciler.reconcile);
      await queue.ask('held', 'event');
      await queue.ask('held-2', 'event');
      await until(() => reconciler.started.includes('held'), 'one runs');
      await redis.kill9();
      await expect(queue.ask('during', 'event')).rejects.toThrow(StoreUnavailable);
      await expect(queue.depth()).rejects.toThrow(StoreUnavailable);
      expect(queue.health()).toEqual({ state: 'working' });
      release();
      await redis.restart();
      await kept(queue, 'after');
      await until(() => ['held', 'held-2', 'after'].every((group) => reconciler.ended.includes(group)), 'all have run', 30_000);
    }, 40_000);

    test('away for several spans of the watchdog: no wedge is reported, and work goes on by itself', async () => {
      let wedged = 0;
      const errors: unknown[] = [];
      const wedgedAfterMs = 400;
      const queue = await open({
        url: redis.url,
        wedgedAfterMs,
        onWedged: () => (wedged += 1),
        onError: (error) => errors.push(error),
      });
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      await queue.ask('before', 'event');
      await until(() => reconciler.ended.includes('before'), 'work is done');
      await redis.stop();
      const from = performance.now();
      await until(() => performance.now() - from > wedgedAfterMs * 6, 'six spans have passed');
      expect(errors.join()).toContain('ECONNREFUSED');
      // Errors of Redis are no faults of the service.
      expect(errors.filter((error) => !(error instanceof StoreUnavailable))).toEqual([]);
      await redis.restart();
      await kept(queue, 'after');
      await until(() => reconciler.ended.includes('after'), 'work goes on', 20_000);
      expect(wedged).toBe(0);
    }, 40_000);

    test('emptied during a run: nothing wedges, and later asks of the same group are run', async () => {
      const errors: unknown[] = [];
      const queue = await open({ url: redis.url, onError: (error) => errors.push(error) });
      const reconciler = createReconciler();
      const release = reconciler.hold('a');
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.started.includes('a'), 'a runs');
      await queue.ask('a', 'event');
      await redis.flushAll();
      release();
      await until(() => reconciler.ended.includes('a'), 'a has ended');
      await queue.ask('a', 'event');
      await queue.ask('b', 'rules');
      await until(() => reconciler.startsOf('a') === 2 && reconciler.ended.includes('b'), 'both have run');
      expect(reconciler.overlaps).toBe(0);
      expect(queue.health()).toEqual({ state: 'working' });
      expect(errors).toEqual([]);
    });

    test('silent with its connections open: an ask ends in StoreUnavailable instead of never, and work goes on by itself', async () => {
      const queue = await open({ url: redis.url });
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.ended.includes('a'), 'a has run');
      redis.pauseProcess();
      try {
        await expect(queue.ask('b', 'event')).rejects.toThrow(StoreUnavailable);
      } finally {
        redis.continueProcess();
      }
      await kept(queue, 'c');
      await until(() => reconciler.ended.includes('c'), 'work goes on', 20_000);
    }, 50_000);
  });

  describe('the watchdog', () => {
    test('connections that fell silent while Redis is well are replaced, and waiting jobs are run', async () => {
      const proxy = await startHalfOpenProxy(redis.port);
      const installation = randomUUID();
      const errors: string[] = [];
      const queue = await open({ url: proxy.url, installation, wedgedAfterMs: 1_500, onError: (error) => errors.push(String(error)) });
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.ended.includes('a'), 'a has run');
      // The connection of asks and both connections of the worker.
      expect(proxy.silence()).toBeGreaterThanOrEqual(3);
      const beside = await open({ installation });
      await beside.ask('b', 'event');
      await until(() => reconciler.ended.includes('b'), 'b has run over new connections', 25_000);
      await queue.ask('c', 'event');
      await until(() => reconciler.ended.includes('c'), 'c has run');
      expect(errors.join()).toContain('connecting to the queue anew');
      expect(queue.health()).toEqual({ state: 'working' });
      await queue.close(0);
      proxy.close();
    }, 40_000);

    test("work that new connections don't help is reported as wedged, once", async () => {
      let wedged = 0;
      const queue = await open({ wedgedAfterMs: 300, concurrency: 1, onWedged: () => (wedged += 1) });
      const reconciler = createReconciler();
      const release = reconciler.hold('stuck');
      queue.work(reconciler.reconcile);
      await queue.ask('stuck', 'event');
      await queue.ask('waits', 'event');
      await until(() => wedged > 0, 'it is reported');
      expect(queue.health()).toMatchObject({ state: 'wedged' });
      const from = performance.now();
      await until(() => performance.now() - from > 900, 'three spans more have passed');
      expect(wedged).toBe(1);
      release();
      await until(() => reconciler.ended.includes('stuck'), 'the stuck run has ended');
    });
  });

  test("without Redis it can't be opened", async () => {
    await expect(open({ url: 'redis://127.0.0.1:1' })).rejects.toThrow(StoreUnavailable);
  });
});
