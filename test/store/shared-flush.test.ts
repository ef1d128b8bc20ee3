import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, expect, test } from 'vitest';
import { put, StoreUnavailable, type CommitResult, type Store } from '../../src/pipeline/ports/store.ts';
import { cleanUp, newFolder, open } from './embedded-folder.ts';
import { NOTES, note, trust, versionsOf } from './note.ts';

afterEach(cleanUp);

/** Transactions in the write-ahead log: frames that say how large the database is then. https://www.sqlite.org/fileformat2.html#walformat */
function flushes(folder: string): number {
  const log = readFileSync(join(folder, 'store.sqlite-wal'));
  const [pageSize, salts] = [log.readUInt32BE(8), log.subarray(16, 24)];
  let commits = 0;
  for (let at = 32; at + 24 + pageSize <= log.length && log.subarray(at + 8, at + 16).equals(salts); at += 24 + pageSize)
    if (log.readUInt32BE(at + 4) > 0) commits += 1;
  return commits;
}

const numbers = (count: number): readonly number[] => Array.from({ length: count }, (_, n) => n);

/** Makes all commits before the first is answered. */
function addTogether(store: Store, ids: readonly (number | string)[]): Promise<readonly CommitResult[]> {
  return Promise.all(ids.map((id) => store.commit([put(NOTES, String(id), null, note({ words: ['w'] }))])));
}

test('commits that are made together are flushed to the disk together, others each by itself', async () => {
  const folder = newFolder();
  const store = open(folder);
  await trust(store);
  const before = flushes(folder);
  await addTogether(store, numbers(40));
  expect(flushes(folder)).toBe(before + 1);
  for (const id of ['a', 'b', 'c']) await addTogether(store, [id]);
  expect(flushes(folder)).toBe(before + 4);
  expect(await store.counts(NOTES, ['w'])).toEqual([43]);
});

test('250 at once are three flushes, and other work of the process runs between them', async () => {
  const folder = newFolder();
  const store = open(folder);
  await trust(store);
  const before = flushes(folder);
  const seen: number[] = [];
  let ended = false;
  const look = (): void => {
    if (ended) return;
    seen.push(flushes(folder) - before);
    setImmediate(look);
  };
  setImmediate(look);
  await addTogether(store, numbers(250));
  ended = true;
  expect(flushes(folder) - before).toBe(3);
  expect(new Set(seen)).toContain(1);
  expect(new Set(seen)).toContain(2);
});

test('of two commits to the same document the first one wins', async () => {
  const store = open(newFolder());
  await trust(store);
  const [first, second, other] = await addTogether(store, ['a', 'a', 'b']);
  expect(first).toMatchObject({ ok: true });
  expect(second).toEqual({ ok: false, because: 'conflict', id: 'a' });
  expect(other).toMatchObject({ ok: true });
});

test('each has a version of its own', async () => {
  const store = open(newFolder());
  await trust(store);
  const versions = (await addTogether(store, numbers(10))).flatMap((result) => versionsOf(result));
  expect(new Set(versions).size).toBe(10);
});

/** Three commits together, the second of which SQLite refuses in the middle. @param raise the effect on the transaction: https://www.sqlite.org/lang_createtrigger.html#raise */
async function withOneRefused(raise: 'ABORT' | 'ROLLBACK'): Promise<{ store: Store; each: readonly PromiseSettledResult<CommitResult>[] }> {
  const folder = newFolder();
  const store = open(folder);
  await trust(store);
  const other = new DatabaseSync(join(folder, 'store.sqlite'));
  other.exec(`CREATE TRIGGER refuse BEFORE INSERT ON documents WHEN NEW.id = 'broken' BEGIN SELECT RAISE(${raise}, 'refused'); END`);
  other.close();
  const added = (...ids: readonly string[]): Promise<CommitResult> =>
    store.commit(ids.map((id) => put(NOTES, id, null, note({ words: ['w'] }))));
  return { store, each: await Promise.allSettled([added('before'), added('half', 'broken'), added('after')]) };
}

const REFUSED = { reason: expect.any(StoreUnavailable) };

test("one that can't be written fails by itself, and leaves nothing behind", async () => {
  const { store, each } = await withOneRefused('ABORT');
  expect(each).toMatchObject([{ value: { ok: true } }, REFUSED, { value: { ok: true } }]);
  expect(await store.read(NOTES, ['half', 'broken'])).toEqual([null, null]);
  expect(await store.counts(NOTES, ['w', ''])).toEqual([2, 2]);
});

test('when the database rolls all of them back, all of them fail, and the next ones work', async () => {
  const { store, each } = await withOneRefused('ROLLBACK');
  expect(each).toMatchObject([REFUSED, REFUSED, REFUSED]);
  expect(await store.counts(NOTES, ['w', ''])).toEqual([0, 0]);
  expect(await addTogether(store, ['before', 'after'])).toMatchObject([{ ok: true }, { ok: true }]);
});

test('closing the store writes the waiting commits', async () => {
  const folder = newFolder();
  const store = open(folder);
  await trust(store);
  const asked = addTogether(store, numbers(250));
  await store.close();
  expect((await asked).every(({ ok }) => ok)).toBe(true);
  expect(await open(folder).counts(NOTES, ['w'])).toEqual([250]);
});
