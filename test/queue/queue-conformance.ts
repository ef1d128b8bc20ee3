import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import { afterEach, describe, expect, test } from 'vitest';
import type { ReconcileQueue, Urgency } from '../../src/pipeline/ports/reconcile-queue.ts';
import { StoreUnavailable } from '../../src/pipeline/ports/store.ts';
import { until } from '../support/until.ts';
import { createReconciler } from './reconciler.ts';

export interface QueueUnderTest {
  readonly concurrency: number;
  readonly onError: (error: unknown, group: string | null) => void;
}

/**
 * The tests of every queue.
 * @param open gives an empty queue; it is closed after the test
 */
export function queueConformance(name: string, open: (options: QueueUnderTest) => Promise<ReconcileQueue>): void {
  describe(`the ${name} queue keeps the port's promises`, () => {
    const opened: ReconcileQueue[] = [];
    const errors: (readonly [string, string | null])[] = [];
    afterEach(async () => {
      errors.length = 0;
      for (const queue of opened.splice(0)) await queue.close(0);
    });

    async function fresh(concurrency: number): Promise<ReconcileQueue> {
      const queue = await open({ concurrency, onError: (error, group) => errors.push([String(error), group]) });
      opened.push(queue);
      return queue;
    }

    test('an ask is a run of its group', async () => {
      const queue = await fresh(2);
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.ended.includes('a'), 'a has run');
      expect(reconciler.started).toEqual(['a']);
      await until(async () => (await queue.depth()) === 0, 'nothing waits');
    });

    test('asks before work begins are kept', async () => {
      const queue = await fresh(1);
      const reconciler = createReconciler();
      await queue.ask('a', 'sweep');
      expect(await queue.depth()).toBe(1);
      queue.work(reconciler.reconcile);
      await until(() => reconciler.ended.includes('a'), 'a has run');
    });

    test('asks while a group waits are one', async () => {
      const queue = await fresh(1);
      const reconciler = createReconciler();
      for (let i = 0; i < 5; i += 1) await queue.ask('a', 'event');
      await queue.ask('b', 'event');
      await queue.ask('last', 'sweep');
      expect(await queue.depth()).toBe(3);
      queue.work(reconciler.reconcile);
      await until(() => reconciler.ended.includes('last'), 'all have run');
      expect(reconciler.started).toEqual(['a', 'b', 'last']);
    });

    test('asks during a run give exactly one more run, after it', async () => {
      const queue = await fresh(2);
      const reconciler = createReconciler();
      const release = reconciler.hold('a');
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.started.includes('a'), 'a runs');
      await Promise.all([queue.ask('a', 'event'), queue.ask('a', 'sweep'), queue.ask('a', 'rules')]);
      await queue.ask('beside', 'sweep');
      await until(() => reconciler.ended.includes('beside'), 'another group runs meanwhile');
      expect(reconciler.started).toEqual(['a', 'beside']);
      release();
      await until(() => reconciler.ended.filter((group) => group === 'a').length === 2, 'a has run again');
      await queue.ask('last', 'sweep');
      await until(() => reconciler.ended.includes('last'), 'nothing else waited');
      expect(reconciler.started).toEqual(['a', 'beside', 'a', 'last']);
      expect(reconciler.overlaps).toBe(0);
    });

    test('events go before rule changes, those before the sweep, the first asked first; a more urgent ask raises the urgency, none lowers it', async () => {
      const queue = await fresh(1);
      const reconciler = createReconciler();
      const asks: readonly (readonly [string, Urgency])[] = [
        ['s1', 'sweep'],
        ['s2', 'sweep'],
        ['s3', 'sweep'],
        ['r1', 'rules'],
        ['r2', 'rules'],
        ['e1', 'event'],
        ['e2', 'event'],
        ['s2', 'event'],
        ['s3', 'rules'],
        ['e1', 'sweep'],
        ['e1', 'event'],
        ['r1', 'sweep'],
      ];
      for (const [group, urgency] of asks) await queue.ask(group, urgency);
      queue.work(reconciler.reconcile);
      await until(() => reconciler.ended.length === 7, 'all have run');
      expect(reconciler.started).toEqual(['e1', 'e2', 's2', 'r1', 'r2', 's3', 's1']);
    });

    test("a person's ask goes before everything, whether its group waited or not", async () => {
      for (const [asks, order] of [
        [
          ['e1 event', 'e2 event', 's1 sweep', 's1 person'],
          ['s1', 'e1', 'e2'],
        ],
        [
          ['e1 event', 'e2 event', 'e2 person', 'e2 event'],
          ['e2', 'e1'],
        ],
        [
          ['e1 event', 'r1 rules', 'p1 person'],
          ['p1', 'e1', 'r1'],
        ],
      ] as const) {
        const queue = await fresh(1);
        const reconciler = createReconciler();
        for (const ask of asks) {
          const urgency = (['person', 'event', 'rules', 'sweep'] as const).find((one) => ask.endsWith(one)) ?? 'sweep';
          await queue.ask(ask.slice(0, 2), urgency);
        }
        queue.work(reconciler.reconcile);
        await until(() => reconciler.ended.length === order.length, 'all have run');
        expect(reconciler.started).toEqual(order);
      }
    });

    test('an error of a run is reported and stops neither others nor the ask that came meanwhile', async () => {
      const queue = await fresh(1);
      const reconciler = createReconciler();
      const release = reconciler.hold('bad');
      reconciler.fail('bad', 'worse');
      queue.work(reconciler.reconcile);
      await queue.ask('bad', 'event');
      await until(() => reconciler.started.includes('bad'), 'bad runs');
      await queue.ask('bad', 'event');
      await queue.ask('worse', 'event');
      await queue.ask('good', 'sweep');
      release();
      await until(
        () => reconciler.ended.includes('good') && reconciler.started.filter((group) => group === 'bad').length === 2,
        'the others have run',
      );
      await until(() => errors.length === 3, 'every error is reported');
      expect(errors.map(([, group]) => group).toSorted()).toEqual(['bad', 'bad', 'worse']);
      expect(errors.map(([error]) => error)).toEqual(errors.map(() => 'Error: meant to fail'));
    });

    test('a handler that throws before it returns a promise does no harm', async () => {
      const queue = await fresh(1);
      const seen: string[] = [];
      queue.work((group) => {
        seen.push(group);
        throw new Error('at once');
      });
      await queue.ask('a', 'event');
      await until(() => errors.length === 1, 'the error is reported');
      await queue.ask('a', 'event');
      await until(() => errors.length === 2, 'the second error is reported');
      expect(seen).toEqual(['a', 'a']);
    });

    test('pause: running groups go on, nothing new is started, asks are kept', async () => {
      const queue = await fresh(1);
      const reconciler = createReconciler();
      const release = reconciler.hold('a');
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.started.includes('a'), 'a runs');
      await queue.ask('b', 'event');
      await queue.pause();
      release();
      await until(() => reconciler.ended.includes('a'), 'a has ended');
      await queue.ask('c', 'event');
      for (let i = 0; i < 50; i += 1) await turn(await queue.depth());
      expect(reconciler.started).toEqual(['a']);
      expect(await queue.depth()).toBe(2);
      expect(queue.health()).toEqual({ state: 'working' });
    });

    test('a pause of an idle queue: an ask after it is not run', async () => {
      const queue = await fresh(1);
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.ended.includes('a'), 'a has run');
      await queue.pause();
      await queue.ask('b', 'event');
      await until(async () => (await queue.depth()) === 1, 'b waits');
      for (let i = 0; i < 50; i += 1) await turn(await queue.depth());
      expect(reconciler.started).toEqual(['a']);
      expect(await queue.depth()).toBe(1);
    });

    test('close waits for running groups', async () => {
      const queue = await fresh(2);
      const reconciler = createReconciler();
      const release = reconciler.hold('a');
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.started.includes('a'), 'a runs');
      let closed = false;
      const closing = queue.close(60_000).then(() => (closed = true));
      for (let i = 0; i < 50; i += 1) await turn();
      expect(closed).toBe(false);
      release();
      await closing;
      expect(reconciler.ended).toEqual(['a']);
      await expect(queue.ask('b', 'event')).rejects.toThrow(StoreUnavailable);
    });

    test('close abandons runs that do not end in time', async () => {
      const queue = await fresh(2);
      const reconciler = createReconciler();
      const release = reconciler.hold('a');
      queue.work(reconciler.reconcile);
      await queue.ask('a', 'event');
      await until(() => reconciler.started.includes('a'), 'a runs');
      await queue.close(20);
      expect(reconciler.ended).toEqual([]);
      release();
    });

    test('close without work, and twice, ends', async () => {
      const queue = await fresh(1);
      await queue.ask('a', 'event');
      await queue.close(10);
      await queue.close(10);
    });

    test('any text serves as a group', async () => {
      const queue = await fresh(3);
      const reconciler = createReconciler();
      const groups = ['a:b', ':', '__proto__', '12', 'ключ-键-🗝️', 'line\nline', '{x}', 'x'.repeat(2_000)];
      queue.work(reconciler.reconcile);
      for (const group of groups) await queue.ask(group, 'rules');
      await until(() => reconciler.ended.length === groups.length, 'all have run');
      expect(reconciler.ended.toSorted()).toEqual(groups.toSorted());
    });

    test('with any asks a group never runs twice at once, the limit holds, and after its last ask each group runs', async () => {
      const queue = await fresh(3);
      const reconciler = createReconciler();
      queue.work(reconciler.reconcile);
      let most = 0;
      const ask = fc.record({
        group: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
        urgency: fc.constantFrom<Urgency>('person', 'event', 'rules', 'sweep'),
        ticks: fc.nat({ max: 4 }),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(ask, { minLength: 1, maxLength: 40 }), async (asks) => {
          const startsBefore = new Map<string, number>();
          for (const { group, urgency, ticks } of asks) {
            reconciler.ticks = ticks;
            // Counted before the ask: a run that starts after this line read the newest state.
            startsBefore.set(group, reconciler.startsOf(group));
            await queue.ask(group, urgency);
            most = Math.max(most, reconciler.mostAtOnce);
          }
          await until(
            () => [...startsBefore].every(([group, starts]) => reconciler.startsOf(group) > starts),
            'every group ran after its last ask',
          );
          await until(async () => reconciler.running() === 0 && (await queue.depth()) === 0, 'all is done');
        }),
        { numRuns: 15 },
      );
      expect(reconciler.overlaps).toBe(0);
      expect(most).toBeLessThanOrEqual(3);
    });

    test('as many run at once as are allowed, and no more', async () => {
      const queue = await fresh(3);
      const reconciler = createReconciler();
      const groups = ['a', 'b', 'c', 'd', 'e'];
      const releases = groups.map((group) => reconciler.hold(group));
      queue.work(reconciler.reconcile);
      for (const group of groups) await queue.ask(group, 'event');
      await until(() => reconciler.started.length === 3, 'three run');
      expect(await queue.depth()).toBe(2);
      for (const release of releases) release();
      await until(() => reconciler.ended.length === 5, 'all have run');
      expect(reconciler.mostAtOnce).toBe(3);
    });
  });
}
