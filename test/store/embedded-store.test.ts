import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readdirSync, readFileSync, renameSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { put, StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import type { UnreadableDocument } from '../../src/pipeline/ports/unreadable-document.ts';
import { DataDirInUse } from '../../src/store/data-dir-lock.ts';
import { openEmbeddedStore } from '../../src/store/embedded-store.ts';
import { spoilDocument } from '../support/service/spoil-document.ts';
import { until } from '../support/until.ts';
import { cleanUp, clock, newFolder, open, written } from './embedded-folder.ts';
import { NOTES, note, trust, versionsOf } from './note.ts';
import { storeConformance } from './store-conformance.ts';

const children: ChildProcess[] = [];

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await cleanUp();
});

const writer = fileURLToPath(new URL('writer-process.ts', import.meta.url));

/** A process that writes until it is killed; `lines` grows with its output. */
function startWriter(folder: string, shell = 'exec "$0" "$@"'): { child: ChildProcess; lines: () => readonly string[] } {
  const child = spawn('/bin/sh', ['-c', shell, process.execPath, writer, folder], { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  // An unfinished last line is left out.
  return { child, lines: () => output.split('\n').slice(0, -1) };
}

/** Every pair that was acknowledged is there, no half pair is, and the counters agree. */
async function expectWhole(store: Store, lines: readonly string[]): Promise<void> {
  const acknowledged = lines.filter((line) => /^\d+$/.test(line));
  expect(acknowledged.length).toBeGreaterThan(10);
  const read = await store.read(
    NOTES,
    acknowledged.flatMap((i) => [`${i}-left`, `${i}-right`]),
  );
  expect(read.filter((stored) => stored === null)).toEqual([]);
  const [all, left, right] = await store.counts(NOTES, ['', 'left', 'right']);
  expect(left).toBe(right);
  expect(all).toBe((left ?? 0) * 2);
  expect(left).toBeGreaterThanOrEqual(acknowledged.length);
}

storeConformance('embedded', async () => {
  const [folder, reported]: [string, UnreadableDocument[]] = [newFolder(), []];
  let ahead = 0;
  const movable = { ...clock, monotonic: () => ahead };
  const store = openEmbeddedStore(folder, movable, (document) => void reported.push(document));
  return {
    store,
    reported,
    spoil: async (collection, id, json) => spoilDocument(folder, collection, id, json),
    spoilIndex: async (collection, id) => spoilDocument(folder, collection, id, '', 'terms'),
    forward: (ms) => void (ahead += ms),
  };
});

test('its settings lose nothing, and it says so until it is closed', async () => {
  const store = open(newFolder());
  expect(await store.settings()).toEqual([]);
  await store.close();
  await expect(store.settings()).rejects.toThrow(StoreUnavailable);
});

describe('the folder belongs to one process', () => {
  test('a second process is refused with a code and advice, until the first has ended', async () => {
    const folder = newFolder();
    const first = open(folder);
    expect(() => openEmbeddedStore(folder, clock)).toThrow(DataDirInUse);
    expect(() => openEmbeddedStore(folder, clock)).toThrow(folder);
    const refused = startWriter(folder);
    await once(refused.child, 'exit');
    expect(refused.lines()).toEqual(['data-dir-in-use']);
    await first.close();
    const second = startWriter(folder);
    await until(() => second.lines().includes('open'), 'the second process has opened the store');
  });

  test('kill -9 frees the folder at once', async () => {
    const folder = newFolder();
    const { child, lines } = startWriter(folder);
    await until(() => lines().includes('open'), 'the child has opened the store');
    expect(() => openEmbeddedStore(folder, clock)).toThrow(DataDirInUse);
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(() => open(folder)).not.toThrow();
  });

  test("a folder that can't be created means that the store is unavailable", () => {
    const file = join(newFolder(), 'file');
    writeFileSync(file, '');
    expect(() => openEmbeddedStore(join(file, 'data'), clock)).toThrow(StoreUnavailable);
  });

  test('a closed store says that it is unavailable, and may be closed twice', async () => {
    const store = open(newFolder());
    await store.close();
    await store.close();
    await expect(store.read(NOTES, ['a'])).rejects.toThrow(StoreUnavailable);
    await expect(store.commit([put(NOTES, 'a', null, note())])).rejects.toThrow(StoreUnavailable);
  });
});

describe('an acknowledged write is kept', () => {
  test('over kill -9 during a write, three times', async () => {
    const folder = newFolder();
    let identity: string | null = null;
    for (const enough of [40, 80, 120]) {
      const { child, lines } = startWriter(folder);
      await until(() => lines().length > enough, `the child has written ${enough} times`);
      child.kill('SIGKILL');
      await once(child, 'exit');
      const store = open(folder);
      expect(store.setAside).toBeNull();
      await expectWhole(store, lines());
      identity ??= await store.identity();
      expect(await store.identity()).toBe(identity);
      // The next child counts from 0 again.
      for (
        let page = await store.page(NOTES, { terms: [], limit: 32 });
        page.items.length > 0;
        page = await store.page(NOTES, { terms: [], limit: 32 })
      ) {
        versionsOf(await store.commit(page.items.map(({ id, version }) => put(NOTES, id, version, null))));
      }
      await store.close();
    }
  });

  test('when the disk is full: the commit fails whole and the earlier ones remain', async () => {
    const folder = newFolder();
    // Files of this process may grow to 12,000 blocks of 512 bytes and no more.
    const { child, lines } = startWriter(folder, 'ulimit -f 12000; exec "$0" "$@"');
    await once(child, 'exit');
    expect(lines().at(-1)).toBe('store-unavailable');
    const store = open(folder);
    expect(store.setAside).toBeNull();
    await expectWhole(store, lines());
    await trust(store);
    expect(await store.commit([put(NOTES, 'after', null, note())])).toMatchObject({ ok: true });
  });

  test('a file that was removed under the open store accepts no more commits', async () => {
    const folder = newFolder();
    const store = open(folder);
    await trust(store);
    renameSync(join(folder, 'store.sqlite'), join(folder, 'elsewhere'));
    await expect(store.commit([put(NOTES, 'a', null, note())])).rejects.toThrow(StoreUnavailable);
  });
});

describe("a file that can't be read", () => {
  const damages: readonly [string, (path: string) => void][] = [
    ['garbage', (path) => writeFileSync(path, Buffer.alloc(8_192, 'garbage'))],
    ['cut short', (path) => truncateSync(path, Math.floor(statSync(path).size / 2) - 100)],
    ['overwritten in the middle', (path) => writeFileSync(path, readFileSync(path).fill(0xee, 4_096, 20_000))],
    [
      "another program's database",
      (path) => {
        rmSync(path);
        const other = new DatabaseSync(path);
        other.exec('CREATE TABLE theirs (x)');
        other.close();
      },
    ],
  ];

  test.each(damages)('%s: is set aside unchanged, and an empty store begins under another identity', async (_, damage) => {
    const folder = newFolder();
    const before = await written(folder);
    const path = join(folder, 'store.sqlite');
    damage(path);
    const bytes = readFileSync(path);
    const store = open(folder);
    expect(store.setAside).toMatch(/store\.sqlite\.unreadable-\d{4}-/);
    expect(readFileSync(store.setAside ?? '').equals(bytes)).toBe(true);
    expect(await store.identity()).not.toBe(before);
    expect(await store.counts(NOTES, [''])).toEqual([0]);
    await trust(store);
    expect(await store.commit([put(NOTES, 'b', null, note())])).toMatchObject({ ok: true });
  });

  test('a second one does not take the place of the first', async () => {
    const folder = newFolder();
    const still = { now: () => 1_700_000_000_000, monotonic: () => 0 };
    for (const word of ['one', 'two']) {
      writeFileSync(join(folder, 'store.sqlite'), word.repeat(2_000));
      await openEmbeddedStore(folder, still).close();
    }
    const aside = readdirSync(folder).filter((name) => name.includes('unreadable'));
    expect(aside.map((name) => readFileSync(join(folder, name), 'utf8').slice(0, 3)).toSorted()).toEqual(['one', 'two']);
  });

  test.each([
    ['older', 1, 'move store.sqlite away'],
    ['newer', 99, 'start the newer version of the service again'],
  ])('one of an %s schema is refused with what to do, and left where it is', async (_, version, advice) => {
    const folder = newFolder();
    await written(folder);
    const path = join(folder, 'store.sqlite');
    const db = new DatabaseSync(path);
    db.exec(`PRAGMA user_version = ${version}`);
    db.close();
    const bytes = readFileSync(path);
    expect(() => openEmbeddedStore(folder, clock)).toThrow(
      expect.objectContaining({
        code: 'store-schema',
        message: expect.stringMatching(new RegExp(`^DATA_DIR: the store has schema version ${version}, and .* needs 3; ${advice}`)),
      }),
    );
    expect(readFileSync(path).equals(bytes)).toBe(true);
    expect(readdirSync(folder).filter((name) => name.includes('unreadable'))).toEqual([]);
  });
});
