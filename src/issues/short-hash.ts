import { createHash } from 'node:crypto';

const ALPHABET = 'abcdefghijklmnopqrstuvwxyz234567';

/** The first 26 base32 characters (130 bits) of the sha256 of the parts, as JSON so that no two lists of parts look alike. */
export function shortHash(...parts: readonly string[]): string {
  const bytes = createHash('sha256').update(JSON.stringify(parts)).digest();
  let bits = 0n;
  for (const byte of bytes.subarray(0, 17)) bits = (bits << 8n) | BigInt(byte);
  let out = '';
  for (let at = 0; at < 26; at += 1) out += ALPHABET[Number((bits >> BigInt(17 * 8 - 5 * (at + 1))) & 31n)] ?? '';
  return out;
}
