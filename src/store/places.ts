import { hash } from 'node:crypto';

/**
 * Bytes that stand for names in the index, as text in latin1, a character a byte: much faster to join than buffers. A document's place is 12
 * bytes, a term's is 8, `at` has 7.
 */
const PLACE_BYTES = 12;
const TERM_BYTES = 8;
const AT_BYTES = 7;

/**
 * Where a document stands, in place of its collection and id, which are long and would be in every entry of the index. 96 bits: no two
 * documents share one by chance, and who computes for years to make two share one makes two findings of their own unreadable.
 */
export function placeOf(collection: string, id: string): string {
  return hash('sha256', `${collection.length}:${collection}${id}`, 'binary').slice(0, PLACE_BYTES);
}

/** Stands for a term of a collection. */
export function termPlace(collection: string, term: string): string {
  return hash('sha256', `${collection.length}:${collection}${term}`, 'binary').slice(0, TERM_BYTES);
}

/** Epoch ms so that it sorts as the number does. */
export function atPlace(at: number): string {
  const bytes = Buffer.alloc(AT_BYTES);
  bytes.writeUIntBE(Math.floor(at / 2 ** 32), 0, AT_BYTES - 4);
  bytes.writeUInt32BE(at % 2 ** 32, AT_BYTES - 4);
  return bytes.toString('latin1');
}

/** @see atPlace */
export function atOf(bytes: Buffer): number {
  return bytes.readUIntBE(0, AT_BYTES - 4) * 2 ** 32 + bytes.readUInt32BE(AT_BYTES - 4);
}

export function bytesOf(place: string): Buffer {
  return Buffer.from(place, 'latin1');
}

export function hexOf(place: string): string {
  return bytesOf(place).toString('hex');
}
