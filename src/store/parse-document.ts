import type { Collection, FieldKind } from '../pipeline/ports/store.ts';
import type { UnreadableDocument } from '../pipeline/ports/unreadable-document.ts';
import { isEpochMs } from './check-writes.ts';

/** A document, or why its text is none. */
export type ParsedDocument<T> = { readonly doc: T } | Pick<UnreadableDocument, 'because'>;

/** Parses a document's text. It must have the fields of its collection, and its terms and times must follow from it, as they did when it was written. */
export function parseDocument<T>(from: Collection<T>, json: string | null): ParsedDocument<T> {
  let doc: T;
  try {
    doc = JSON.parse(json ?? '');
  } catch {
    return { because: 'not-json' };
  }
  return hasFields(doc, from.fields ?? {}) && isIndexable(from, doc) ? { doc } : { because: 'wrong-shape' };
}

function hasFields(raw: unknown, fields: Readonly<Record<string, FieldKind | undefined>>): boolean {
  return isObject(raw) && Object.entries(fields).every(([name, kind]) => kind === undefined || isOfKind(raw[name], kind));
}

function isOfKind(value: unknown, kind: FieldKind): boolean {
  switch (kind) {
    case 'list':
      return Array.isArray(value);
    case 'object':
      return isObject(value);
    case 'object or null':
      return value === null || isObject(value);
    case 'number or null':
      return value === null || typeof value === 'number';
    default:
      return typeof value === kind;
  }
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isIndexable<T>(from: Collection<T>, doc: T): boolean {
  try {
    const due = from.due(doc);
    return from.terms(doc).every((term) => typeof term === 'string') && isEpochMs(from.at(doc)) && (due === null || Number.isFinite(due));
  } catch {
    return false;
  }
}
