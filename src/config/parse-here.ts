import { jsonShape, type JsonShape } from '../findings/json.ts';
import { parseJson, type JsonFault } from '../findings/parse-json.ts';
import type { YamlFault } from './read-yaml.ts';
import { readYamlInParts } from './read-yaml-parts.ts';

/** A format in which a request may come. */
export type TextFormat = 'json' | 'yaml';

/** Why a text has no content. */
export type UnparsedBecause = JsonFault;

export type ParsedHere =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly because: 'not-yaml'; readonly faults: readonly YamlFault[] }
  | { readonly ok: false; readonly because: UnparsedBecause };

/** Events are nested 64 levels at most, and so are patterns; a few levels around them are the request's own. Ten thousand rules have 300,000 values. */
const BOUNDS: JsonShape = { depth: 100, values: 500_000 };

/** Parses a text in the thread that asks. Never throws. */
export function parseHere(text: string, format: TextFormat): ParsedHere {
  if (format === 'json') return parseJson(text, BOUNDS);
  const read = readYamlInParts(text);
  if (!read.ok) return { ok: false, because: 'not-yaml', faults: read.faults };
  try {
    const { depth, values } = jsonShape(JSON.stringify(read.input));
    if (depth > BOUNDS.depth) return { ok: false, because: 'too-deep' };
    return values > BOUNDS.values ? { ok: false, because: 'too-many-values' } : { ok: true, value: read.input };
  } catch {
    return { ok: false, because: 'too-deep' };
  }
}
