import { unpackDocument, type Unpacked } from './packed-document.ts';
import type { RawDocument } from './set-aside.ts';

/** Digits of a version in front of a packed document. */
const VERSION_DIGITS = 16;

/** The value of a document's key: version and content; null: that part of it can't be read. */
export interface RedisDocument {
  readonly version: string | null;
  readonly unpacked: Unpacked | null;
}

export function readRedisDocument(value: Buffer): RedisDocument {
  const version = value.toString('latin1', 0, VERSION_DIGITS);
  return {
    version: /^\d{16}$/.test(version) ? version : null,
    unpacked: value.length > VERSION_DIGITS ? unpackDocument(value.subarray(VERSION_DIGITS)) : null,
  };
}

export function rawDocument(id: string, { version, unpacked }: RedisDocument): RawDocument {
  return { id, version, json: unpacked?.json ?? null };
}
