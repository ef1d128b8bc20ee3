import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { Redis } from 'ioredis';
import { EPOCH } from '../../../src/pipeline/ports/store.ts';
import { indexOf, packDocument, unpackDocument } from '../../../src/store/packed-document.ts';
import { hexOf, placeOf } from '../../../src/store/places.ts';

/** What is spoiled of a document: its text, or what the store notes of its terms. */
type Spoiled = 'json' | 'terms';

/** Puts a text in place of a document's own, or breaks what is noted of its terms, in the SQLite file of a store that may be open. */
export function spoilDocument(folder: string, collection: string, id: string, text: string, what: Spoiled = 'json'): void {
  const db = new DatabaseSync(join(folder, 'store.sqlite'), { timeout: 1_000 });
  const row = db.prepare('SELECT n, content FROM documents WHERE collection = ? AND id = ?').get(collection, id);
  const content = row?.['content'];
  if (!(content instanceof Uint8Array)) throw new Error(`There is no document ${collection}/${id}`);
  db.prepare('UPDATE documents SET content = ? WHERE n = ?').run(spoiled(id, Buffer.from(content), text, what), Number(row?.['n']));
  db.close();
}

/** The same in a Redis. */
export async function spoilInRedis(
  { url, installation = 'default' }: { readonly url: string; readonly installation?: string },
  collection: string,
  id: string,
  text: string,
  what: Spoiled = 'json',
): Promise<void> {
  const redis = new Redis(url);
  const key = redisKeyOf(installation, collection, id);
  const value = (await redis.getBuffer(key)) ?? Buffer.alloc(0);
  const content = spoiled(id, value.subarray(16), text, what, collection === EPOCH.collection);
  await redis.set(key, Buffer.concat([value.subarray(0, 16), content]));
  redis.disconnect();
}

/** The key of a document. */
export function redisKeyOf(installation: string, collection: string, id: string): string {
  return `{f2j:${installation}}:doc:${hexOf(placeOf(collection, id))}`;
}

function spoiled(id: string, content: Buffer, text: string, what: Spoiled, isPlain = false): Buffer {
  const unpacked = unpackDocument(content);
  if (unpacked === null) throw new Error(`There is no document ${id}`);
  return what === 'json'
    ? packDocument(id, indexOf(unpacked.index), text, { isPlain })
    : packDocument(id, null, unpacked.json, { isPlain });
}
