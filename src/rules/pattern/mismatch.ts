import { isJsonObject, type Json } from '../../findings/json.ts';
import { cutText } from '../cut-text.ts';
import { itemPath, propertyPath } from '../json-path.ts';
import { createMatchBudget, isSpent, type MatchBudget } from './match-budget.ts';
import { elementsOf, fieldOf, matchFields, scalarsOf } from './match-fields.ts';
import type { FieldsPattern, LeafPattern } from './pattern.ts';

/**
 * Why a pattern did not match, for one field. The path names the event's field; `[n]` is the array element that was compared
 * and `$or[n]` the alternative of the pattern that asks for it. `wanted` and `found` are short texts for people.
 */
export interface Mismatch {
  readonly path: string;
  readonly wanted: string;
  readonly found: string;
}

/** Maximum mismatches that are reported for one pattern. */
export const MAX_MISMATCHES = 20;

/** Maximum length of `path`, `wanted` and `found`, in UTF-16 code units. */
export const MAX_MISMATCH_TEXT = 200;

/** The fields on which a pattern failed, in the pattern's order; fewer where finding them would take too many steps. */
export function listMismatches(pattern: FieldsPattern, event: Json): readonly Mismatch[] {
  const list: List = { mismatches: [], budget: createMatchBudget() };
  collect(pattern, event, '', list);
  return list.mismatches;
}

interface List {
  readonly mismatches: Mismatch[];
  readonly budget: MatchBudget;
}

function isFull({ mismatches, budget }: List): boolean {
  return mismatches.length >= MAX_MISMATCHES || isSpent(budget);
}

function collect(pattern: FieldsPattern | LeafPattern, found: Json | undefined, path: string, into: List): void {
  if (isFull(into) || matchFields(pattern, found, into.budget) !== 'no' || isSpent(into.budget)) return;
  if (pattern.kind === 'leaf') {
    into.mismatches.push(mismatch(path, wantedText(pattern.alternatives), foundText(found)));
  } else if (Array.isArray(found)) {
    const elements = elementsOf(found);
    if (elements.length === 0) collect(pattern, undefined, path, into);
    collectEach(elements, into, (element, index) => collect(pattern, element, itemPath(path, index), into));
  } else if (found !== undefined && !isJsonObject(found)) {
    into.mismatches.push(mismatch(path, 'an object', foundText(found)));
  } else {
    collectEach(pattern.fields, into, ({ name, pattern: inner }) => collect(inner, fieldOf(found, name), propertyPath(path, name), into));
    if (pattern.anyOf?.every((branch) => !isFull(into) && matchFields(branch, found, into.budget) === 'no'))
      collectEach(pattern.anyOf, into, (branch, index) => collect(branch, found, itemPath(propertyPath(path, '$or'), index), into));
  }
}

function collectEach<T>(items: readonly T[], into: List, collectOne: (item: T, index: number) => void): void {
  for (const [index, item] of items.entries()) {
    if (isFull(into)) return;
    collectOne(item, index);
  }
}

function mismatch(path: string, wanted: string, found: string): Mismatch {
  return { path: cutText(path, MAX_MISMATCH_TEXT), wanted: cutText(wanted, MAX_MISMATCH_TEXT), found: cutText(found, MAX_MISMATCH_TEXT) };
}

function wantedText(alternatives: readonly unknown[]): string {
  return joinShort(alternatives, ' or ', (alternative) => JSON.stringify(alternative));
}

function foundText(found: Json | undefined): string {
  const scalars = scalarsOf(found);
  if (scalars.length > 0)
    return joinShort(scalars, ', ', (scalar) => JSON.stringify(typeof scalar === 'string' ? cutText(scalar, MAX_MISMATCH_TEXT) : scalar));
  if (found === undefined) return 'nothing';
  return Array.isArray(found) ? 'a list without values' : 'an object';
}

/** Joins no more items than can be shown. */
function joinShort<T>(items: readonly T[], separator: string, toText: (item: T) => string): string {
  let text = '';
  for (const [index, item] of items.entries()) {
    if (text.length > MAX_MISMATCH_TEXT) break;
    text += index === 0 ? toText(item) : separator + toText(item);
  }
  return text;
}
