import { copyFileSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { put } from '../../src/pipeline/ports/store.ts';
import { cleanUp, newFolder, open, written } from './embedded-folder.ts';
import { NOTES, note, trust, versionsOf } from './note.ts';

afterEach(cleanUp);

describe('the identity of an embedded store', () => {
  test('is the same after closing and opening, and the epoch still holds', async () => {
    const folder = newFolder();
    const before = await written(folder);
    for (let times = 0; times < 3; times += 1) {
      const store = open(folder);
      expect(await store.identity()).toBe(before);
      expect(await store.commit([put(NOTES, `after-${times}`, null, note())])).toMatchObject({ ok: true });
      await store.close();
    }
  });

  const restores: readonly [string, (path: string, backup: string) => void][] = [
    ['copied over the same file', (path, backup) => copyFileSync(backup, path)],
    ['moved into its place', (path, backup) => renameSync(backup, path)],
  ];

  test.each(restores)('is another one when a backup was %s, and commits are suspect', async (_, restore) => {
    const folder = newFolder();
    const before = await written(folder);
    const path = join(folder, 'store.sqlite');
    const backup = join(newFolder(), 'backup');
    copyFileSync(path, backup);
    const store = open(folder);
    versionsOf(await store.commit([put(NOTES, 'later', null, note())]));
    await store.close();
    restore(path, backup);
    const restored = open(folder);
    expect(await restored.read(NOTES, ['later'])).toEqual([null]);
    expect(await restored.identity()).not.toBe(before);
    expect(await restored.commit([put(NOTES, 'b', null, note())])).toMatchObject({ because: 'suspect' });
    const after = await restored.identity();
    await restored.close();
    expect(await open(folder).identity()).toBe(after);
  });

  test('is another one when a backup was taken and put back within one run', async () => {
    const folder = newFolder();
    const store = open(folder);
    await trust(store);
    const before = await store.identity();
    const backup = join(newFolder(), 'backup');
    const reader = new DatabaseSync(join(folder, 'store.sqlite'));
    reader.exec(`VACUUM INTO '${backup}'`);
    reader.close();
    versionsOf(await store.commit([put(NOTES, 'later', null, note())]));
    await store.close();
    copyFileSync(backup, join(folder, 'store.sqlite'));
    expect(await open(folder).identity()).not.toBe(before);
  });

  const losses: readonly [string, (folder: string) => void][] = [
    ['the database was removed', (folder) => rmSync(join(folder, 'store.sqlite'))],
    ['the file beside it was removed', (folder) => rmSync(join(folder, 'store.identity'))],
    ['the file beside it is garbage', (folder) => writeFileSync(join(folder, 'store.identity'), '{"token":1}')],
    ['the note of the progress was removed', (folder) => rmSync(join(folder, 'store.progress'))],
    ['the note of the progress is garbage', (folder) => writeFileSync(join(folder, 'store.progress'), 'garbage')],
    [
      'the machine was restarted',
      (folder) => {
        const path = join(folder, 'store.identity');
        writeFileSync(path, readFileSync(path, 'utf8').replace(/"boot":"[^"]*"/, '"boot":"another"'));
      },
    ],
  ];

  test.each(losses)('is another one when %s', async (_, lose) => {
    const folder = newFolder();
    const before = await written(folder);
    lose(folder);
    const store = open(folder);
    expect(store.setAside).toBeNull();
    const after = await store.identity();
    expect(after).not.toBe(before);
    await store.close();
    expect(await open(folder).identity()).toBe(after);
  });
});
