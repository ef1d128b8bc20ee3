import { describe, expect, test } from 'vitest';
import { createInProcessQueue } from '../../src/queue/in-process-queue.ts';
import { until } from '../support/until.ts';
import { queueConformance } from './queue-conformance.ts';
import { createReconciler } from './reconciler.ts';

const clock = { now: () => Date.now(), monotonic: () => performance.now() };

queueConformance('in-process', async ({ concurrency, onError }) => createInProcessQueue({ concurrency, clock, onError }));

describe('health of the in-process queue', () => {
  test('a run that blocks everything is wedged after a minute, and working as soon as it ends', async () => {
    let now = 0;
    const queue = createInProcessQueue({ concurrency: 1, clock: { now: () => 0, monotonic: () => now }, onError: () => {} });
    const reconciler = createReconciler();
    const release = reconciler.hold('a');
    queue.work(reconciler.reconcile);
    await queue.ask('a', 'event');
    await until(() => reconciler.started.includes('a'), 'a runs');
    expect(queue.health()).toEqual({ state: 'working' });
    now = 61_000;
    expect(queue.health()).toEqual({ state: 'wedged', forMs: 61_000 });
    release();
    await until(() => reconciler.ended.includes('a'), 'a has ended');
    await until(() => queue.health().state === 'working', 'the queue works again');
    now = 1_000_000;
    expect(queue.health()).toEqual({ state: 'working' });
    await queue.close(0);
  });

  test('jobs that wait before work begins are not wedged', async () => {
    let now = 0;
    const queue = createInProcessQueue({ concurrency: 1, clock: { now: () => 0, monotonic: () => now }, onError: () => {} });
    await queue.ask('a', 'event');
    now = 1_000_000;
    expect(queue.health()).toEqual({ state: 'working' });
    await queue.close(0);
  });
});
