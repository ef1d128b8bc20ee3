import { deflateRawSync, inflateRawSync } from 'node:zlib';
import { DOCUMENT_DICTIONARY } from './document-dictionary.ts';

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

/** The first byte: whether the rest is text, or compressed. */
const PLAIN = 0;
const DEFLATED = 1;

/** The dictionary belongs to what was written with it: a new one gets a number of its own. */
const OPTIONS = { level: 3, dictionary: DOCUMENT_DICTIONARY } as const;

/** @param index null: it can't be read, which an upgrade keeps so */
export function packDocument(id: string, index: Indexed | null, json: string, { isPlain = false } = {}): Buffer {
  const noted = index === null ? 'null' : JSON.stringify([index.at, ...index.terms]);
  // JSON has no line break of its own, so the first two end the id and the index.
  const text = Buffer.from(`${JSON.stringify(id)}\n${noted}\n${json}`);
  return isPlain ? Buffer.concat([Buffer.of(PLAIN), text]) : Buffer.concat([Buffer.of(DEFLATED), deflateRawSync(text, OPTIONS)]);
}

/** @returns null when it is no packed document */
export function unpackDocument(bytes: Buffer): Unpacked | null {
  try {
    const rest = bytes.subarray(1);
    const text = (bytes[0] === DEFLATED ? inflateRawSync(rest, OPTIONS) : rest).toString();
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
