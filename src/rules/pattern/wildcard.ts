import type { CompileMatcher } from './value-matcher.ts';

/** A wildcard expression cut at its stars: the text before the first, between and after them. One part: no star. */
export type Wildcard = readonly WildcardPart[];

interface WildcardPart {
  readonly text: string;
  /** For each length of a partly found text, how much of it still fits when the next character does not (Knuth, Morris, Pratt). */
  readonly fallbacks: Uint32Array;
}

/** The text that the search reads; a string is one. */
export interface Characters {
  readonly length: number;
  charCodeAt(index: number): number;
}

/** `{ "wildcard": "arn:aws:s3:::logs-*" }`: `*` is any text, also none; `\*` and `\\` are the characters themselves. Strings only. */
export const compileWildcard: CompileMatcher = (argument, path, refuse) => {
  if (typeof argument !== 'string') return refuse(path, 'expected a string');
  const wildcard = parseWildcard(argument);
  if (wildcard === 'two-stars') return refuse(path, 'expected no two * beside each other');
  if (wildcard === 'escape') return refuse(path, 'expected a backslash only before * or another backslash');
  return (value) => typeof value === 'string' && matchWildcard(wildcard, value);
};

/** Parses a wildcard expression, or returns which of two mistakes it has. */
export function parseWildcard(expression: string): Wildcard | 'two-stars' | 'escape' {
  const parts: WildcardPart[] = [];
  let start = 0;
  let text = '';
  for (let at = 0; at < expression.length; at += 1) {
    const character = expression.charAt(at);
    if (character === '\\') {
      text += expression.slice(start, at);
      at += 1;
      start = at;
      if (expression.charAt(at) !== '*' && expression.charAt(at) !== '\\') return 'escape';
    } else if (character === '*') {
      if (expression.charAt(at + 1) === '*') return 'two-stars';
      parts.push(toPart(text + expression.slice(start, at)));
      text = '';
      start = at + 1;
    }
  }
  parts.push(toPart(text + expression.slice(start)));
  return parts;
}

function toPart(text: string): WildcardPart {
  const fallbacks = new Uint32Array(text.length);
  let fits = 0;
  for (let at = 1; at < text.length; at += 1) {
    while (fits > 0 && text.charCodeAt(at) !== text.charCodeAt(fits)) fits = fallbacks[fits - 1] ?? 0;
    if (text.charCodeAt(at) === text.charCodeAt(fits)) fits += 1;
    fallbacks[at] = fits;
  }
  return { text, fallbacks };
}

/**
 * Whether the whole text fits. Beginning and end are compared in place; the text between two stars is matched at its first occurrence,
 * which leaves the most room for the rest. Each character is read a few times at most, whatever the expression and the text.
 */
export function matchWildcard(wildcard: Wildcard, text: Characters): boolean {
  const first = wildcard[0]?.text ?? '';
  const last = wildcard.at(-1)?.text ?? '';
  if (wildcard.length === 1) return text.length === first.length && standsAt(first, text, 0);
  const end = text.length - last.length;
  if (end < first.length || !standsAt(first, text, 0) || !standsAt(last, text, end)) return false;
  let from = first.length;
  for (const part of wildcard.slice(1, -1)) {
    const found = endOfFirst(part, text, from, end);
    if (found === null) return false;
    from = found;
  }
  return true;
}

function standsAt(wanted: string, text: Characters, from: number): boolean {
  for (let at = 0; at < wanted.length; at += 1) if (wanted.charCodeAt(at) !== text.charCodeAt(from + at)) return false;
  return true;
}

/** The end of the first occurrence between `from` and `end`, or null. */
function endOfFirst({ text: wanted, fallbacks }: WildcardPart, text: Characters, from: number, end: number): number | null {
  let fits = 0;
  for (let at = from; at < end; at += 1) {
    const code = text.charCodeAt(at);
    while (fits > 0 && code !== wanted.charCodeAt(fits)) fits = fallbacks[fits - 1] ?? 0;
    if (code === wanted.charCodeAt(fits)) fits += 1;
    if (fits === wanted.length) return at + 1;
  }
  return null;
}
