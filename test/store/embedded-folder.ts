import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { put, type Store } from '../../src/pipeline/ports/store.ts';
import { openEmbeddedStore, type EmbeddedStore } from '../../src/store/embedded-store.ts';
import { NOTES, note, trust, versionsOf } from './note.ts';

export const clock = { now: () => Date.now(), monotonic: () => performance.now() };

const folders: string[] = [];
const stores: Store[] = [];

/** Closes the opened stores and removes the folders; for `afterEach`. */
export async function cleanUp(): Promise<void> {
  for (const store of stores.splice(0)) await store.close();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true });
}

export function newFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'f2j-store-'));
  folders.push(folder);
  return folder;
}

export function open(folder: string): EmbeddedStore {
  const store = openEmbeddedStore(folder, clock);
  stores.push(store);
  return store;
}

/** A store that holds one document and is closed again. @returns the identity it had */
export async function written(folder: string): Promise<string> {
  const store = open(folder);
  await trust(store);
  versionsOf(await store.commit([put(NOTES, 'a', null, note({ words: ['w'] }))]));
  const identity = await store.identity();
  await store.close();
  return identity;
}
