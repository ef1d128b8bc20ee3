import { randomBytes } from 'node:crypto';
import { existsSync, readFileSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, describe, expect, test } from 'vitest';
import { put, StoreUnavailable, type Store } from '../../src/pipeline/ports/store.ts';
import { trackFile } from '../../src/store/closed-note.ts';
import { cleanUp, newFolder, open } from './embedded-folder.ts';
import { NOTES, note, trust, versionsOf } from './note.ts';

afterEach(cleanUp);

const IDS = Array.from({ length: 300 }, (_, n) => `note-${n}`);

/** The paths of a store with some hundred documents, which is closed. */
async function closedStore(): Promise<{ readonly folder: string; readonly path: string; readonly noted: string }> {
  const folder = newFolder();
  const store = open(folder);
  await trust(store);
  await Promise.all(IDS.map((id) => keep(store, id)));
  await store.close();
  const path = join(folder, 'store.sqlite');
  return { folder, path, noted: `${path}.closed` };
}

async function keep(store: Store, id: string): Promise<void> {
  // Text that can't be compressed, so that the documents fill many pages.
  versionsOf(await store.commit([put(NOTES, id, null, note({ text: randomBytes(1_500).toString('base64') }))]));
}

/** Overwrites documents, and no page that is read to open the file. */
function damage(path: string): void {
  const bytes = readFileSync(path);
  writeFileSync(path, bytes.fill(0xee, Math.floor(bytes.length / 2), bytes.length - 4_096));
}

/** As though the file had been damaged without a write. */
function noteAgain(path: string): void {
  trackFile(path).closes(() => undefined);
}

test('a file that is as it was closed opens without a look at all of it; what reads a damaged page fails', async () => {
  const { folder, path } = await closedStore();
  damage(path);
  noteAgain(path);
  const store = open(folder);
  expect(store.setAside).toBeNull();
  await expect(store.read(NOTES, IDS)).rejects.toThrow(StoreUnavailable);
  await store.close();
  expect(open(folder).setAside).not.toBeNull();
});

test('an open store has no note, so that a killed process leaves none', async () => {
  const { folder, noted } = await closedStore();
  expect(existsSync(noted)).toBe(true);
  const store = open(folder);
  expect(existsSync(noted)).toBe(false);
  await store.close();
  expect(existsSync(noted)).toBe(true);
});

describe('all of a file is checked when', () => {
  const ways: readonly [string, (path: string, noted: string) => void][] = [
    [
      'it was changed, and its times set back',
      (path) => {
        const { atime, mtime } = statSync(path);
        damage(path);
        utimesSync(path, atime, mtime);
      },
    ],
    [
      'the machine was started again',
      (path, noted) => {
        damage(path);
        noteAgain(path);
        writeFileSync(noted, readFileSync(noted, 'utf8').replace(/^[^:]*/, 'another-boot'));
      },
    ],
    [
      'the note is not one',
      (path, noted) => {
        damage(path);
        writeFileSync(noted, '');
      },
    ],
    [
      'commits lie beside it',
      (path) => {
        damage(path);
        noteAgain(path);
        writeFileSync(`${path}-wal`, 'not of this file');
      },
    ],
  ];

  test.each(ways)('%s', async (_, change) => {
    const { folder, path, noted } = await closedStore();
    change(path, noted);
    expect(open(folder).setAside).not.toBeNull();
  });

  test.each([
    ['and closed', []],
    ['written to, and closed', ['later']],
  ])('another program wrote to it while it was open, before it was %s', async (_, later) => {
    const { folder, path, noted } = await closedStore();
    const store = open(folder);
    writeFileSync(path, readFileSync(path));
    for (const id of later) await keep(store, id);
    await store.close();
    expect(existsSync(noted)).toBe(false);
  });

  test('a backup was still reading when it was closed', async () => {
    const { folder, path, noted } = await closedStore();
    const store = open(folder);
    await keep(store, 'later');
    const backup = new DatabaseSync(path, { readOnly: true });
    backup.exec('BEGIN; SELECT count(*) FROM documents;');
    await store.close();
    backup.close();
    expect(existsSync(noted)).toBe(false);
    const again = open(folder);
    expect(again.setAside).toBeNull();
    expect(await again.read(NOTES, ['later'])).not.toEqual([null]);
  });

  test('a commit failed', async () => {
    const { folder, path, noted } = await closedStore();
    const store = open(folder);
    const other = new DatabaseSync(path);
    other.exec('BEGIN IMMEDIATE');
    await expect(keep(store, 'later')).rejects.toThrow(StoreUnavailable);
    other.close();
    await store.close();
    expect(existsSync(noted)).toBe(false);
  });
});
