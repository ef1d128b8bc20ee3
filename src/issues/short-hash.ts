import { hash } from 'node:crypto';

/** Bytes of the sha256 that the characters take. */
const BYTES = 17;
const LENGTH = 26;
const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first 26 base32 characters (130 bits) of the sha256 of the parts, as JSON so that no two lists of parts look alike. */
export function shortHash(...parts: readonly string[]): string {
  let [out, bits, held] = ['', 0, 0];
  for (const byte of hash('sha256', JSON.stringify(parts), 'buffer').subarray(0, BYTES)) {
    bits = ((bits << 8) | byte) & 0xfff;
    for (held += 8; held >= 5; held -= 5) out += ALPHABET[(bits >> (held - 5)) & 31] ?? '';
  }
  return out.slice(0, LENGTH);
}
