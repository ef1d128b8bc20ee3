import { randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { ServiceEvent } from '../../../src/pipeline/ports/service-event.ts';
import { put, StoreUnavailable, type Store } from '../../../src/pipeline/ports/store.ts';
import type { StoreTrust } from '../../../src/pipeline/ports/store-trust.ts';
import { TRIALS } from '../../../src/pipeline/records/service-collections.ts';
import { watchStore, type StoreWatch } from '../../../src/pipeline/runtime/watch-store.ts';
import { openEmbeddedStore } from '../../../src/store/embedded-store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { maySmallDisk, openSmallDisk } from '../../support/servers/small-disk.ts';
import { FAILING_STORES, type FailingStore } from '../../support/servers/failing-stores.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { testFolder } from '../../support/service/service-process.ts';
import { until } from '../../support/until.ts';
import { NOTES, note, trust, versionsOf } from '../../store/note.ts';
import { DocumentUnreadable } from '../../../src/pipeline/ports/unreadable-document.ts';

const NEVER_SUSPECT: StoreTrust = { ensure: async () => undefined, isTrusted: async () => true, advance: async () => undefined };

/** Names the store as the trusted one when it is told to. */
function trusting(store: Store): StoreTrust {
  return { ...NEVER_SUSPECT, ensure: () => trust(store) };
}

interface Watched {
  readonly watch: StoreWatch;
  readonly emitted: ServiceEvent[];
}

function watched(inner: Store): Watched {
  const emitted: ServiceEvent[] = [];
  const watch = watchStore(inner, { clock: systemClock, emit: (event) => void emitted.push(event) });
  onTestFinished(async () => {
    await watch.stop();
    await inner.close();
  });
  return { watch, emitted };
}

async function storeOn({ env }: FailingStore): Promise<Store> {
  const url = env['REDIS_URL'];
  return url === undefined ? openEmbeddedStore(env['DATA_DIR'] ?? '', systemClock) : openRedisStore({ url, installation: 'test' });
}

/** Writes new documents, as real findings are, until the store refuses one. */
async function writeUntilRefused(store: Store): Promise<unknown> {
  for (let n = 0; ; n += 1) {
    try {
      await store.commit([put(NOTES, `note-${n}`, null, note({ words: [`word-${n}`, 'w'.repeat(2_000)] }))]);
    } catch (error) {
      return error;
    }
  }
}

describe('a store that answers and takes no commit', () => {
  for (const { name, missing, open } of FAILING_STORES) {
    test.skipIf(missing !== null)(
      `${name}: red from the first commit that fails, whatever a question answers, and green by itself`,
      async () => {
        const failing = await open();
        onTestFinished(() => failing.remove());
        const inner = await storeOn(failing);
        await trust(inner);
        const { watch, emitted } = watched(inner);
        await watch.start(trusting(inner));
        expect(watch.problem()).toBeNull();
        await failing.fail();
        expect(await writeUntilRefused(watch.store)).toBeInstanceOf(StoreUnavailable);
        expect(watch.problem()).toContain('The store does not answer');
        // Redis is connected to anew after such an error; then it answers questions again.
        const answers = (): Promise<boolean> =>
          watch.store.read(NOTES, ['a']).then(
            () => true,
            () => false,
          );
        await until(answers, 'it answers a question');
        expect(watch.problem()).not.toBeNull();
        await failing.recover();
        await until(() => watch.problem() === null, 'a trial is committed');
        expect(emitted.map(({ what }) => what)).toEqual(['store-recovered']);
        expect(await inner.read(TRIALS, ['trial'])).toEqual([null]);
      },
    );
  }
});

test.skipIf(!maySmallDisk())(
  'a full disk, on which SQLite goes on in the log that it has: red once a real document no longer fits',
  async () => {
    const disk = openSmallDisk(16);
    onTestFinished(() => disk.remove());
    const inner = openEmbeddedStore(join(disk.folder, 'data'), systemClock);
    await trust(inner);
    const { watch } = watched(inner);
    await watch.start(trusting(inner));
    // The log of SQLite grows to about 4 MB; then it is written from its beginning again.
    for (let n = 0; n < 100; n += 1)
      await watch.store.commit([put(NOTES, `old-${n}`, null, note({ text: randomBytes(45_000).toString('base64') }))]);
    let version: string | null = null;
    const touch = async (): Promise<void> => {
      [version = null] = versionsOf(await watch.store.commit([put(NOTES, 'touched', version, note())]));
    };
    await touch();
    disk.fill();
    await touch();
    expect(watch.problem()).toBeNull();
    expect(await writeUntilRefused(watch.store)).toBeInstanceOf(StoreUnavailable);
    expect(watch.problem()).not.toBeNull();
    // A small write may still fit, and proves nothing.
    await touch().catch(() => undefined);
    expect(watch.problem()).not.toBeNull();
    disk.free();
    await until(() => watch.problem() === null, 'a trial is committed');
    await touch();
  },
);

/** A store on the disk whose commits fail for as long as `refuses` says so. */
function refusing(refuses: (bytes: number) => boolean): Store {
  const store = openEmbeddedStore(testFolder(), systemClock);
  return {
    ...store,
    commit: (writes) =>
      refuses(writes.reduce((sum, { becomes }) => sum + (becomes?.json.length ?? 0), 0))
        ? Promise.reject(new StoreUnavailable('test'))
        : store.commit(writes),
  };
}

test('a smaller commit that works proves nothing about the one that failed', async () => {
  let mostBytes = Number.MAX_SAFE_INTEGER;
  const inner = refusing((bytes) => bytes > mostBytes);
  await trust(inner);
  const { watch, emitted } = watched(inner);
  await watch.start(trusting(inner));
  mostBytes = 10_000;
  const write = (id: string, size: number): Promise<unknown> =>
    watch.store.commit([put(NOTES, id, null, note({ words: ['w'.repeat(size)] }))]);
  await expect(write('large', 20_000)).rejects.toThrow('test');
  await write('small', 10);
  expect(watch.problem()).not.toBeNull();
  expect(emitted).toEqual([]);
  mostBytes = Number.MAX_SAFE_INTEGER;
  await until(() => watch.problem() === null, 'a trial of that size works');
});

test('nothing can be accepted before a first commit has worked', async () => {
  let refuses = true;
  const inner = refusing(() => refuses);
  const { watch } = watched(inner);
  expect(watch.problem()).toContain('nothing has been written to it yet');
  await watch.start(trusting(inner));
  expect(watch.problem()).toContain('test');
  refuses = false;
  await until(() => watch.problem() === null, 'a trial works');
});

test('another store is recorded as such, and tried again', async () => {
  const inner = refusing(() => false);
  const { watch } = watched(inner);
  await watch.start(trusting(inner));
  expect(watch.problem()).toContain('nothing has been written to it yet');
  await until(() => watch.problem() === null, 'the next trial works');
});

test('a part that shares its fate counts, a document that cannot be parsed does not', async () => {
  const inner = refusing(() => false);
  await trust(inner);
  const { watch } = watched({
    ...inner,
    counts: () => Promise.reject(new DocumentUnreadable({ collection: 'notes', id: 'a', version: null, because: 'not-json' })),
  });
  await watch.start(NEVER_SUSPECT);
  await expect(watch.store.counts(NOTES, [])).rejects.toThrow('notes/a');
  expect(watch.problem()).toBeNull();
  watch.failed(new StoreUnavailable('the queue in Redis'));
  expect(watch.problem()).toContain('the queue in Redis');
  await until(() => watch.problem() === null, 'a trial works');
});
