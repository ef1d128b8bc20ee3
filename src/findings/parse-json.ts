import { isJsonObject, jsonShape, type JsonShape } from './json.ts';

/** The content of a JSON text, or why it was not parsed or does not count. */
export type ParsedJson = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly because: JsonFault };

/** `forbidden-name`: an object has a member that could change the prototype of an object into which it is copied. */
export type JsonFault = 'too-deep' | 'too-many-values' | 'not-json' | 'forbidden-name';

/** Parses a JSON text of unknown origin. Never throws; a text beyond the bounds is not parsed at all. */
export function parseJson(text: string, bounds: JsonShape): ParsedJson {
  const { depth, values } = jsonShape(text);
  if (depth > bounds.depth) return { ok: false, because: 'too-deep' };
  if (values > bounds.values) return { ok: false, because: 'too-many-values' };
  try {
    const value: unknown = JSON.parse(text);
    return MAY_BE_FORBIDDEN.test(text) && hasForbiddenName(value) ? { ok: false, because: 'forbidden-name' } : { ok: true, value };
  } catch {
    return { ok: false, because: 'not-json' };
  }
}

/** A name may be written with escapes. */
const MAY_BE_FORBIDDEN = /__proto__|constructor|\\u/;

function hasForbiddenName(value: unknown): boolean {
  const rest: unknown[] = [value];
  while (rest.length > 0) {
    const next = rest.pop();
    if (Array.isArray(next)) for (const item of next) rest.push(item);
    if (!isJsonObject(next)) continue;
    if (Object.hasOwn(next, '__proto__')) return true;
    const made = Object.hasOwn(next, 'constructor') ? next['constructor'] : null;
    if (isJsonObject(made) && Object.hasOwn(made, 'prototype')) return true;
    for (const child of Object.values(next)) rest.push(child);
  }
  return false;
}
