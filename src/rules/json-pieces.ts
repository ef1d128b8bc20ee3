import { isJsonObject } from '../findings/json.ts';
import type { ChunkedWork } from './chunked-work.ts';

/**
 * A JSON value cut into texts, each short enough to be parsed without holding up other work, unless it is a single long string. That way a
 * thread can hand over a value of any size.
 */
export type JsonPieces =
  | { readonly kind: 'whole'; readonly json: string }
  | { readonly kind: 'list'; readonly slices: readonly ListSlice[] }
  | { readonly kind: 'object'; readonly slices: readonly ObjectSlice[] };

/** The JSON of consecutive items as a list, or one item that is too long for that. */
type ListSlice = { readonly items: string } | { readonly item: JsonPieces };

/** The JSON of consecutive members as an object, or one member that is too long for that. */
type ObjectSlice = { readonly members: string } | { readonly name: string; readonly value: JsonPieces };

/** Characters of a piece: about a millisecond of parsing. */
const PIECE_SIZE = 32_768;

/** Cuts a value that came from a JSON text. */
export function cutJson(value: unknown): JsonPieces {
  const json = JSON.stringify(value);
  if (json.length <= PIECE_SIZE) return { kind: 'whole', json };
  if (Array.isArray(value)) {
    const slices = slicesOf(
      value.map((item: unknown) => ({ text: JSON.stringify(item), item })),
      ({ item }): ListSlice => ({ item: cutJson(item) }),
      (texts): ListSlice => ({ items: `[${texts.join(',')}]` }),
    );
    return { kind: 'list', slices };
  }
  if (!isJsonObject(value)) return { kind: 'whole', json };
  const slices = slicesOf(
    Object.entries(value).map(([name, item]) => ({ text: `${JSON.stringify(name)}:${JSON.stringify(item)}`, name, item })),
    ({ name, item }): ObjectSlice => ({ name, value: cutJson(item) }),
    (texts): ObjectSlice => ({ members: `{${texts.join(',')}}` }),
  );
  return { kind: 'object', slices };
}

function slicesOf<Part extends { readonly text: string }, Slice>(
  parts: readonly Part[],
  alone: (part: Part) => Slice,
  together: (texts: readonly string[]) => Slice,
): readonly Slice[] {
  const slices: Slice[] = [];
  let [texts, size]: [string[], number] = [[], 0];
  const flush = (): void => {
    if (texts.length > 0) slices.push(together(texts));
    [texts, size] = [[], 0];
  };
  for (const part of parts) {
    const { length } = part.text;
    if (size + length > PIECE_SIZE) flush();
    if (length > PIECE_SIZE) slices.push(alone(part));
    else {
      texts.push(part.text);
      size += length;
    }
  }
  flush();
  return slices;
}

/** Puts the value together again, in chunks of one piece. */
export function* joinJson(pieces: JsonPieces): ChunkedWork<unknown> {
  if (pieces.kind === 'whole') return parsed(pieces.json);
  if (pieces.kind === 'list') {
    const list: unknown[] = [];
    for (const slice of pieces.slices) {
      yield;
      if ('item' in slice) list.push(yield* joinJson(slice.item));
      else for (const item of itemsOf(parsed(slice.items))) list.push(item);
    }
    return list;
  }
  const object: Record<string, unknown> = {};
  for (const slice of pieces.slices) {
    yield;
    if ('name' in slice) define(object, slice.name, yield* joinJson(slice.value));
    else for (const [name, value] of membersOf(parsed(slice.members))) define(object, name, value);
  }
  return object;
}

function parsed(json: string): unknown {
  return JSON.parse(json);
}

function itemsOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function membersOf(value: unknown): readonly (readonly [string, unknown])[] {
  return isJsonObject(value) ? Object.entries(value) : [];
}

/** Defined and not assigned: a member may have any name. */
function define(object: Record<string, unknown>, name: string, value: unknown): void {
  Object.defineProperty(object, name, { value, enumerable: true, configurable: true, writable: true });
}
