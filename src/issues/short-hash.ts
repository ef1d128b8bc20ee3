import { hash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';
const LENGTH = 26;

/** The first 26 base32 characters (130 bits) of the sha256 of the parts, as JSON so that no two lists of parts look alike. */
export function shortHash(...parts: readonly string[]): string {
  let [out, left, bits] = ['', 0, 0];
  for (const byte of hash('sha256', JSON.stringify(parts), 'buffer')) {
    left = ((left << 8) | byte) & 0xfff;
    for (bits += 8; bits >= 5; bits -= 5) out += ALPHABET[(left >> (bits - 5)) & 31] ?? '';
  }
  return out.slice(0, LENGTH);
}
