import { expect, onTestFinished, test } from 'vitest';
import { OPERATIONS } from '../../../src/pipeline/records/admin-collections.ts';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import { createOperations, type Operations } from '../../../src/pipeline/operations/operations.ts';
import type { Run, RunOperation } from '../../../src/pipeline/operations/run-operation.ts';
import { put, StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { keepFindings } from '../../support/findings/finding-records.ts';
import { testFolder } from '../../support/service/service-process.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { until } from '../../support/until.ts';

interface Bench {
  readonly clock: ReturnType<typeof testClock>;
  readonly store: Store;
  readonly told: ServiceEvent[];
  /** A process with this runner of `rules-reconcile`. */
  process(owner: string, run: RunOperation, more?: { soleOwner?: boolean; store?: Store }): Operations;
}

async function openBench(): Promise<Bench> {
  const clock = testClock();
  const store = openEmbeddedStore(testFolder(), clock);
  await keepFindings(store, []);
  const told: ServiceEvent[] = [];
  const processes: Operations[] = [];
  onTestFinished(async () => {
    for (const one of processes) await one.stop();
    await store.close();
  });
  return {
    clock,
    store,
    told,
    process(owner, run, more = {}) {
      const emit = (event: ServiceEvent): void => void told.push(event);
      const kinds = { 'rules-reconcile': run };
      const made = createOperations({ store, clock, emit, owner, soleOwner: false, kinds, ...more });
      processes.push(made);
      return made;
    },
  };
}

const WANTED = { kind: 'rules-reconcile', input: { from: 1 }, startedBy: 'anna' } as const;

/** Waits for the abort. */
function aborted(run: Run): Promise<void> {
  return new Promise((resolve) => run.signal.addEventListener('abort', () => resolve()));
}

async function start(operations: Operations, wanted: Parameters<Operations['start']>[0] = WANTED): Promise<string> {
  const started = await operations.start(wanted);
  if (!started.started) throw new Error('it was not started');
  return started.id;
}

test('runs, reports its progress, and keeps its result', async () => {
  const { clock, process, told } = await openBench();
  const { promise: goOn, resolve } = Promise.withResolvers<void>();
  const operations = process('one', async (run) => {
    expect(run).toMatchObject({ input: { from: 1 }, cursor: null, done: 0, startedBy: 'anna' });
    clock.forward(1_000);
    await run.progress({ done: 3, total: 7, cursor: 'three' });
    await goOn;
    return { changed: 2 };
  });
  const id = await start(operations);
  await until(async () => (await operations.read(id))?.done === 3, 'it reports its progress');
  expect(await operations.read(id)).toMatchObject({ state: 'running', done: 3, total: 7, cursor: 'three', result: null, endedAt: null });
  resolve();
  await until(async () => (await operations.read(id))?.state === 'done', 'it is done');
  expect(await operations.read(id)).toMatchObject({ done: 3, total: 7, result: { changed: 2 }, error: null });
  expect(told).toEqual([{ what: 'operation-ended', operation: id, kind: 'rules-reconcile', state: 'done' }]);
});

test('is cancelled by its own process, and by another one', async () => {
  const { clock, process } = await openBench();
  const ended: string[] = [];
  const run: RunOperation = async (one) => {
    // Reports progress whenever the clock was set forward, as a scan over pages does.
    for (let done = 0; ; done += 1) {
      clock.forward(1_000);
      await one.progress({ done }).catch((error: unknown) => {
        ended.push(one.id);
        throw error;
      });
      await new Promise((resolve) => setImmediate(resolve));
    }
  };
  const [mine, other] = [process('one', run), process('two', run)];
  for (const canceller of [mine, other]) {
    const id = await start(mine);
    expect(await canceller.cancel(id, () => [])).toMatchObject({ state: 'cancelled' });
    await until(() => ended.includes(id), 'the run ends');
    expect(await mine.read(id)).toMatchObject({ state: 'cancelled', error: null });
    expect((await mine.read(id))?.endedAt).not.toBeNull();
  }
});

test('an ended operation is not cancelled, nor is a missing one', async () => {
  const { process, store } = await openBench();
  const operations = process('one', async () => 'result');
  const id = await start(operations);
  await until(async () => (await operations.read(id))?.state === 'done', 'it is done');
  const write = put(OPERATIONS, 'audit', null, (await store.read(OPERATIONS, [id]))[0]?.doc ?? null);
  expect(await operations.cancel(id, () => [write])).toMatchObject({ state: 'done', result: 'result' });
  expect(await store.read(OPERATIONS, ['audit'])).toEqual([null]);
  expect(await operations.cancel('nothing', () => [])).toBeNull();
});

test('goes on in another process when its own is dead, and not before', async () => {
  const { clock, process, store } = await openBench();
  const dying = process('one', async (run) => {
    clock.forward(1_000);
    await run.progress({ done: 5, cursor: 'five' });
    await aborted(run);
    throw new Error('killed');
  });
  const id = await start(dying);
  await until(async () => (await dying.read(id))?.cursor === 'five', 'it has begun');
  const taken: Run[] = [];
  const other = process('two', async (run) => {
    taken.push(run);
    return run.cursor;
  });
  await other.advance();
  expect(taken).toEqual([]);
  clock.forward(31_000);
  await other.advance();
  await until(async () => (await other.read(id))?.state === 'done', 'the other one has done it');
  expect(taken).toMatchObject([{ id, cursor: 'five', done: 5, input: { from: 1 } }]);
  expect((await store.read(OPERATIONS, [id]))[0]?.doc).toMatchObject({ owner: 'two', result: 'five' });
});

test('the only process of a store takes over running operations at its start', async () => {
  const { clock, process } = await openBench();
  const { promise: never } = Promise.withResolvers<never>();
  const dead = process('one', async (run) => Promise.race([never, aborted(run).then(() => 'given up')]));
  const id = await start(dead);
  const next = process('two', async () => 'done by two', { soleOwner: true });
  await next.advance();
  await until(async () => (await next.read(id))?.result === 'done by two', 'it was taken over');
  expect(clock.now() - Date.now()).toBeLessThan(1_000);
});

test('stopping releases it at once', async () => {
  const { process } = await openBench();
  const first = process('one', async (run) => {
    await aborted(run);
    return run.progress({}).then(() => null);
  });
  const id = await start(first);
  await first.stop();
  expect(await first.read(id)).toMatchObject({ state: 'running', endedAt: null });
  const second = process('two', async () => 'done by two');
  await second.advance();
  await until(async () => (await second.read(id))?.result === 'done by two', 'it was taken over');
});

test('an operation that only its process can run fails as interrupted', async () => {
  const { process } = await openBench();
  const first = process('one', async () => null);
  const id = await start(first, {
    ...WANTED,
    kind: 'backtest',
    run: (run) =>
      aborted(run)
        .then(() => run.progress({}))
        .then(() => null),
  });
  await first.stop();
  const second = process('two', async () => null);
  await second.advance();
  expect(await second.read(id)).toMatchObject({ state: 'failed', error: { code: 'interrupted' } });
});

test('an error is reported and ends it', async () => {
  const { process, told } = await openBench();
  const operations = process('one', async () => {
    throw new TypeError('oh');
  });
  const id = await start(operations);
  await until(async () => (await operations.read(id))?.state === 'failed', 'it has failed');
  expect(await operations.read(id)).toMatchObject({ result: null, error: { code: 'internal' } });
  expect(told).toMatchObject([
    { what: 'internal-error', doing: 'operation' },
    { what: 'operation-ended', operation: id, state: 'failed' },
  ]);
});

test('a store that does not answer leaves it for later', async () => {
  const { clock, process, told } = await openBench();
  let times = 0;
  const operations = process('one', async () => {
    times += 1;
    if (times === 1) throw new StoreUnavailable('gone');
    return times;
  });
  const id = await start(operations);
  await until(() => told.some(({ what }) => what === 'store-unavailable'), 'it met the store');
  clock.forward(31_000);
  await until(async () => {
    await operations.advance();
    return (await operations.read(id))?.result === 2;
  }, 'it was done at last');
});

test('begins together with the other writes of its commit, or not at all', async () => {
  const { process, store } = await openBench();
  const runs: string[] = [];
  const operations = process('one', async ({ id }) => {
    runs.push(id);
    return null;
  });
  const id = await start(operations);
  await until(async () => (await operations.read(id))?.state === 'done', 'it is done');
  const [stored] = await store.read(OPERATIONS, [id]);
  const taken = await operations.start({ ...WANTED, alongside: () => [put(OPERATIONS, id, null, stored?.doc ?? null)] });
  expect(taken).toEqual({ started: false });
  expect(runs).toEqual([id]);
});

test('is removed a week after its end', async () => {
  const { clock, process } = await openBench();
  const operations = process('one', async () => null);
  const id = await start(operations);
  await until(async () => (await operations.read(id))?.state === 'done', 'it is done');
  clock.forward(7 * 24 * 60 * 60_000 - 60_000);
  await operations.advance();
  expect(await operations.read(id)).not.toBeNull();
  clock.forward(120_000);
  await operations.advance();
  expect(await operations.read(id)).toBeNull();
});
