import { isJsonObject } from '../../findings/json.ts';
import { itemPath, propertyPath } from '../json-path.ts';
import type { Refuse } from '../problem.ts';
import type { CompileMatcher, ValueMatcher } from './value-matcher.ts';

/** `{ "prefix": "text" }` or `{ "prefix": { "equals-ignore-case": "text" } }`; strings only. */
export const compilePrefix: CompileMatcher = (argument, path, refuse) =>
  compileEnd(
    argument,
    path,
    refuse,
    (text, wanted) => text.startsWith(wanted),
    (text, letters) => endOfLetters(letters, text, 0) !== null,
  );

/** `{ "suffix": "text" }` or `{ "suffix": { "equals-ignore-case": "text" } }`; strings only. */
export const compileSuffix: CompileMatcher = (argument, path, refuse) =>
  compileEnd(
    argument,
    path,
    refuse,
    (text, wanted) => text.endsWith(wanted),
    (text, letters) => endsInLetters(letters, text),
  );

/** `{ "equals-ignore-case": "text" }`; strings only. */
export const compileEqualsIgnoreCase: CompileMatcher = (argument, path, refuse) => {
  if (typeof argument !== 'string') return refuse(path, 'expected a string');
  const letters = lettersOf(argument);
  return (value) => typeof value === 'string' && endOfLetters(letters, value, 0) === value.length;
};

function compileEnd(
  argument: unknown,
  path: string,
  refuse: Refuse,
  fits: (text: string, wanted: string) => boolean,
  fitsIgnoringCase: (text: string, letters: readonly Letter[]) => boolean,
): ValueMatcher | null {
  if (typeof argument === 'string') return (value) => typeof value === 'string' && fits(value, argument);
  const nested = ignoredCase(argument, path, refuse);
  if (nested === null) return null;
  const letters = lettersOf(nested);
  return (value) => typeof value === 'string' && fitsIgnoringCase(value, letters);
}

function ignoredCase(argument: unknown, path: string, refuse: Refuse): string | null {
  const only = isJsonObject(argument) ? Object.entries(argument) : [];
  const [name, text] = only[0] ?? [];
  if (only.length !== 1 || name !== 'equals-ignore-case') return refuse(path, 'expected a string or { "equals-ignore-case": a string }');
  return typeof text === 'string' ? text : refuse(propertyPath(path, name), 'expected a string');
}

/**
 * The two forms of one UTF-16 unit of a pattern that ignores case. A form may be longer than the letter: `ß` is `SS` in capitals, and so is
 * not `ss`.
 */
type Letter = readonly [small: string, capital: string];

/**
 * As in AWS, each letter of the pattern stands for its own two forms and no others: the Kelvin sign is itself or `k`, while `k` is `k` or `K`.
 * Source: EqualsIgnoreCaseParser.java in https://github.com/aws/event-ruler
 */
function lettersOf(text: string): readonly Letter[] {
  return text.split('').map((letter) => [letter.toLowerCase(), letter.toUpperCase()]);
}

/** Where the letters end in the text, from an index on; null: it has others there. No letter's form begins with its other form. */
function endOfLetters(letters: readonly Letter[], text: string, from: number): number | null {
  let at = from;
  for (const forms of letters) {
    const form = forms.find((one) => text.startsWith(one, at));
    if (form === undefined) return null;
    at += form.length;
  }
  return at;
}

function endsInLetters(letters: readonly Letter[], text: string): boolean {
  let end = text.length;
  for (let index = letters.length - 1; index >= 0; index -= 1) {
    const form = letters[index]?.find((one) => text.endsWith(one, end) && one.length <= end);
    if (form === undefined) return false;
    end -= form.length;
  }
  return true;
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
