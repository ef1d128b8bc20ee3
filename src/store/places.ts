import { hash } from 'node:crypto';

/** Bytes of a document's place, of a term, and of `at` in an entry of the index. */
export const PLACE_BYTES = 12;
export const TERM_BYTES = 8;
export const AT_BYTES = 7;

/** Terms whose digests are remembered: most documents share most of theirs. */
const MAX_REMEMBERED = 4_096;
const remembered = new Map<string, Buffer>();

/**
 * Where a document stands, in place of its collection and id, which are long and would be in every entry of the index. 96 bits: no two
 * documents share one, unless somebody computes for years to lose two findings of their own.
 */
export function placeOf(collection: string, id: string): Buffer {
  return hash('sha256', `${collection.length}:${collection}${id}`, 'buffer').subarray(0, PLACE_BYTES);
}

/** Stands for a term of a collection in the index. */
export function termPlace(collection: string, term: string): Buffer {
  const name = `${collection.length}:${collection}${term}`;
  const known = remembered.get(name);
  if (known !== undefined) return known;
  // Of its own, since a part of a digest would keep all of it.
  const place = Buffer.from(hash('sha256', name, 'buffer').subarray(0, TERM_BYTES));
  if (remembered.size >= MAX_REMEMBERED) remembered.clear();
  remembered.set(name, place);
  return place;
}

/** Epoch ms as bytes that sort as the number does. */
export function atBytes(at: number): Buffer {
  const bytes = Buffer.alloc(AT_BYTES);
  bytes.writeUIntBE(Math.floor(at / 2 ** 32), 0, AT_BYTES - 4);
  bytes.writeUInt32BE(at % 2 ** 32, AT_BYTES - 4);
  return bytes;
}

/** @see atBytes */
export function atOf(bytes: Buffer): number {
  return bytes.readUIntBE(0, AT_BYTES - 4) * 2 ** 32 + bytes.readUInt32BE(AT_BYTES - 4);
}
