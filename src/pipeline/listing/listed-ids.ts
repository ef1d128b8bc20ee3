import { createHash } from 'node:crypto';
import { partsOfKey, type FindingKey } from '../../findings/finding.ts';

/** Characters of one id: 48 bits. Two findings of one id would only hide that one of them is missing, and never end one. */
const LENGTH = 8;

/** A short hash of a finding's id, so that a listing of many thousands is small in memory and in the store. */
export function shortId(findingId: string): string {
  return createHash('sha256').update(findingId).digest('base64url').slice(0, LENGTH);
}

/** The short id of the finding that a key names. */
export function shortIdOf(key: FindingKey): string {
  return shortId(partsOfKey(key)?.findingId ?? '');
}

/** Short ids as one text. */
export function packIds(ids: Iterable<string>): string {
  return [...ids].join('');
}

/** @see packIds */
export function unpackIds(packed: string): ReadonlySet<string> {
  return new Set(Array.from({ length: packed.length / LENGTH }, (_, at) => packed.slice(at * LENGTH, (at + 1) * LENGTH)));
}
