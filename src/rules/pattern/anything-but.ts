import { isJsonObject } from '../../findings/json.ts';
import { cutText } from '../cut-text.ts';
import { itemPath, propertyPath } from '../json-path.ts';
import { compileEqualsIgnoreCase, compilePrefix, compileSuffix, textsOf } from './match-text.ts';
import type { Refuse } from '../problem.ts';
import type { CompileMatcher, Scalar, ValueMatcher } from './value-matcher.ts';
import { compileWildcard } from './wildcard.ts';

/** The operators that are allowed inside `anything-but`, each with a string or a list of strings. */
const NEGATED: ReadonlyMap<string, CompileMatcher> = new Map([
  ['prefix', compileNonEmpty(compilePrefix)],
  ['suffix', compileNonEmpty(compileSuffix)],
  ['equals-ignore-case', compileEqualsIgnoreCase],
  ['wildcard', compileWildcard],
]);

/**
 * `{ "anything-but": "a" }`, a list of strings, a list of numbers, or one operator: a leaf that exists and is none of these.
 * A leaf of another type is none of these either: `{ "anything-but": "a" }` matches 1, true and null.
 */
export const compileAnythingBut: CompileMatcher = (argument, path, refuse) => {
  const unwanted = isJsonObject(argument) ? compileNegated(argument, path, refuse) : compileValues(argument, path, refuse);
  return unwanted === null ? null : (value) => !unwanted(value);
};

function compileNegated(argument: object, path: string, refuse: Refuse): ValueMatcher | null {
  const only = Object.entries(argument);
  const [name = '', nested] = only[0] ?? [];
  const known = [...NEGATED.keys()].join(', ');
  if (only.length !== 1) return refuse(path, `expected one operator in anything-but: ${known}`);
  const compile = NEGATED.get(name);
  if (compile === undefined)
    return refuse(path, `expected one of the operators ${known} in anything-but, not ${JSON.stringify(cutText(name, 40))}`);
  const texts = textsOf(nested, propertyPath(path, name), refuse);
  const matchers = texts?.map(([text, at]) => compile(text, at, refuse)) ?? [null];
  const compiled = matchers.filter((matcher) => matcher !== null);
  return compiled.length < matchers.length ? null : (value) => compiled.some((matches) => matches(value));
}

function compileValues(argument: unknown, path: string, refuse: Refuse): ValueMatcher | null {
  const list: readonly unknown[] = Array.isArray(argument) ? argument : [argument];
  const values = new Set<Scalar>();
  for (const [index, value] of list.entries()) {
    if (typeof value === 'string' || (typeof value === 'number' && Number.isFinite(value))) values.add(value);
    else refuse(Array.isArray(argument) ? itemPath(path, index) : path, EXPECTED_VALUES);
  }
  if (list.length === 0 || new Set(list.map((value) => typeof value)).size > 1) return refuse(path, EXPECTED_VALUES);
  return values.size === 0 ? null : (value) => values.has(value);
}

const EXPECTED_VALUES = 'expected a string, a number, a list of only strings or only numbers, or one operator';

/** Every text has an empty prefix and suffix, so "anything but" these could never match. */
function compileNonEmpty(compile: CompileMatcher): CompileMatcher {
  return (argument, path, refuse) => (argument === '' ? refuse(path, 'expected at least one character') : compile(argument, path, refuse));
}
