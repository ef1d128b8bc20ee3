import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { FINDING_DICTIONARY, OTHER_DICTIONARY } from './document-dictionary.ts';

/** What a store notes of a document besides its text, so that a change knows which entries of the index to correct. */
export interface Indexed {
  readonly at: number;
  readonly terms: readonly string[];
}

/** A document as it stands in a store: its id, what is noted of its index, both as JSON, and its text. */
export interface Unpacked {
  readonly id: string;
  readonly index: string;
  readonly json: string;
}

/** The first byte: the rest is text, or was compressed with one of the dictionaries. A new dictionary would get a number of its own. */
const PLAIN = 0;
const DICTIONARIES = new Map([
  [1, FINDING_DICTIONARY],
  [2, OTHER_DICTIONARY],
]);

/**
 * Bytes of a text that is compressed. A longer one stays as it is: it would hold up the process, and a trial of whether the store has room
 * (`try-commit.ts`) must need the room that its text has.
 */
const MAX_COMPRESSED = 65_536;

/** A higher level takes longer for a twentieth of the room. Documents are short: less memory is sooner set up, and loses nothing. */
const COMPRESSION = { level: 3, windowBits: 14, memLevel: 6, chunkSize: 2_048 };

/** @param index null: it can't be read, which an upgrade keeps so */
export function packDocument(id: string, index: Indexed | null, json: string, { isPlain = false } = {}): Buffer {
  const noted = index === null ? 'null' : JSON.stringify([index.at, ...index.terms]);
  // JSON has no line break of its own, so the first two end the id and the index.
  const text = Buffer.from(`${JSON.stringify(id)}\n${noted}\n${json}`);
  const kind = isPlain || text.length > MAX_COMPRESSED ? PLAIN : json.startsWith('{"finding":') ? 1 : 2;
  const dictionary = DICTIONARIES.get(kind);
  return Buffer.concat([Buffer.of(kind), dictionary === undefined ? text : deflateRawSync(text, { ...COMPRESSION, dictionary })]);
}

/** @returns null when it is no packed document */
export function unpackDocument(bytes: Buffer): Unpacked | null {
  try {
    const [kind = PLAIN, rest] = [bytes[0], bytes.subarray(1)];
    const dictionary = DICTIONARIES.get(kind);
    if (kind !== PLAIN && dictionary === undefined) return null;
    const text = (dictionary === undefined ? rest : inflateRawSync(rest, { dictionary })).toString();
    const [idEnd, indexEnd] = [text.indexOf('\n'), text.indexOf('\n', text.indexOf('\n') + 1)];
    const id: unknown = JSON.parse(text.slice(0, idEnd));
    if (typeof id !== 'string' || indexEnd === -1) return null;
    return { id, index: text.slice(idEnd + 1, indexEnd), json: text.slice(indexEnd + 1) };
  } catch {
    return null;
  }
}

/** @returns null when what is noted can't be read */
export function indexOf(index: string): Indexed | null {
  try {
    const noted: unknown = JSON.parse(index);
    if (!Array.isArray(noted)) return null;
    const [at, ...terms]: readonly unknown[] = noted;
    return typeof at === 'number' && terms.every((term) => typeof term === 'string') ? { at, terms } : null;
  } catch {
    return null;
  }
}
