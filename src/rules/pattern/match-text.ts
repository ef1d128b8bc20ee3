import { isJsonObject } from '../../findings/json.ts';
import { itemPath, propertyPath } from '../json-path.ts';
import type { Refuse } from '../problem.ts';
import type { CompileMatcher, ValueMatcher } from './value-matcher.ts';

/** `{ "prefix": "text" }` or `{ "prefix": { "equals-ignore-case": "text" } }`; strings only. */
export const compilePrefix: CompileMatcher = (argument, path, refuse) =>
  compileEnd(argument, path, refuse, (text, wanted) => text.startsWith(wanted));

/** `{ "suffix": "text" }` or `{ "suffix": { "equals-ignore-case": "text" } }`; strings only. */
export const compileSuffix: CompileMatcher = (argument, path, refuse) =>
  compileEnd(argument, path, refuse, (text, wanted) => text.endsWith(wanted));

/** `{ "equals-ignore-case": "text" }`; strings only. */
export const compileEqualsIgnoreCase: CompileMatcher = (argument, path, refuse) => {
  if (typeof argument !== 'string') return refuse(path, 'expected a string');
  const wanted = foldCase(argument);
  return (value) => typeof value === 'string' && foldCase(value) === wanted;
};

function compileEnd(argument: unknown, path: string, refuse: Refuse, fits: (text: string, wanted: string) => boolean): ValueMatcher | null {
  if (typeof argument === 'string') return (value) => typeof value === 'string' && fits(value, argument);
  const nested = ignoredCase(argument, path, refuse);
  if (nested === null) return null;
  const wanted = foldCase(nested);
  return (value) => typeof value === 'string' && fits(foldCase(value), wanted);
}

function ignoredCase(argument: unknown, path: string, refuse: Refuse): string | null {
  const only = isJsonObject(argument) ? Object.entries(argument) : [];
  const [name, text] = only[0] ?? [];
  if (only.length !== 1 || name !== 'equals-ignore-case') return refuse(path, 'expected a string or { "equals-ignore-case": a string }');
  return typeof text === 'string' ? text : refuse(propertyPath(path, name), 'expected a string');
}

/** Upper case, because only it gives both Greek small sigmas the same letter. */
function foldCase(text: string): string {
  return text.toUpperCase();
}

/** A string or a list of at least one string, for the operators inside `anything-but`. */
export function textsOf(argument: unknown, path: string, refuse: Refuse): readonly (readonly [text: string, path: string])[] | null {
  if (typeof argument === 'string') return [[argument, path]];
  if (!Array.isArray(argument) || argument.length === 0) return refuse(path, 'expected a string or a list of strings');
  const texts: [string, string][] = [];
  for (const [index, text] of argument.entries()) {
    if (typeof text === 'string') texts.push([text, itemPath(path, index)]);
    else refuse(itemPath(path, index), 'expected a string');
  }
  return texts.length === argument.length ? texts : null;
}
