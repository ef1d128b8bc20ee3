import { isJsonObject, type Json } from '../../findings/json.ts';
import { isSpent, LOOKUPS_PER_STEP, operatorSteps, spend, type MatchBudget } from './match-budget.ts';
import type { FieldsPattern, LeafPattern } from './pattern.ts';
import { isScalar, type Scalar } from './value-matcher.ts';

/** How a pattern is met: by an existing value, only by absence (`{ "exists": false }`), or not. */
export type FieldsMatch = 'by-value' | 'by-absence' | 'no';

/**
 * Compares a part of a pattern with the event's value there; undefined: there is none.
 *
 * Arrays are handled as in AWS: a leaf is met when any element meets it, and fields of one pattern object must be met within the
 * same element of an array of objects. `{ "exists": false }` next to a field that is met is judged in the element of that field;
 * alone it is met only when no element has the field. A value that is not a leaf (object, empty array) counts as absent.
 * A `$or` is judged apart from the fields beside it, so another element may meet it.
 *
 * @param budget counts down; once it is spent, the answer is no and does not count
 */
export function matchFields(pattern: FieldsPattern | LeafPattern, found: Json | undefined, budget: MatchBudget): FieldsMatch {
  if (pattern.kind === 'leaf') return matchLeaf(pattern, found, budget);
  if (!Array.isArray(found)) return matchObject(pattern, found, budget);
  const elements = elementsOf(found);
  if (!spend(budget, elements.length)) return 'no';
  if (elements.length === 0) return matchObject(pattern, undefined, budget);
  let all: FieldsMatch = 'by-absence';
  for (const element of elements) {
    const one = matchObject(pattern, element, budget);
    if (isSpent(budget)) return 'no';
    if (one === 'by-value') return one;
    if (one === 'no') all = 'no';
  }
  return all;
}

function matchLeaf(pattern: LeafPattern, found: Json | undefined, budget: MatchBudget): FieldsMatch {
  const scalars = scalarsOf(found);
  if (!spend(budget, 1 + Math.floor(scalars.length / LOOKUPS_PER_STEP))) return 'no';
  if (scalars.length === 0) return pattern.acceptsAbsence ? 'by-absence' : 'no';
  for (const scalar of scalars) {
    if (!spend(budget, operatorSteps(pattern, scalar))) return 'no';
    if (pattern.matches(scalar)) return 'by-value';
  }
  return 'no';
}

function matchObject(pattern: FieldsPattern, found: Json | undefined, budget: MatchBudget): FieldsMatch {
  if (!spend(budget, 1)) return 'no';
  let all: FieldsMatch = 'by-absence';
  for (const field of pattern.fields) {
    const one = matchFields(field.pattern, fieldOf(found, field.name), budget);
    if (one === 'no') return one;
    if (one === 'by-value') all = one;
  }
  const one = pattern.anyOf === null ? 'by-absence' : matchAnyOf(pattern.anyOf, found, budget);
  return one === 'by-absence' ? all : one;
}

/** The best match of the alternatives. */
function matchAnyOf(anyOf: readonly FieldsPattern[], found: Json | undefined, budget: MatchBudget): FieldsMatch {
  let best: FieldsMatch = 'no';
  for (const branch of anyOf) {
    const one = matchFields(branch, found, budget);
    if (isSpent(budget)) return 'no';
    if (one === 'by-value') return one;
    if (one === 'by-absence') best = one;
  }
  return best;
}

/** The event's own field: inherited properties (`constructor`) are ignored. */
export function fieldOf(found: Json | undefined, name: string): Json | undefined {
  return isJsonObject(found) && Object.hasOwn(found, name) ? found[name] : undefined;
}

/** The leaves at a field: the value itself, or those in an array of any nesting. */
export function scalarsOf(found: Json | undefined): readonly Scalar[] {
  if (isScalar(found)) return [found];
  return Array.isArray(found) ? elementsOf(found).filter(isScalar) : [];
}

/** The elements of an array and of the arrays inside it, in order; without recursion, because an event may nest them by the thousand. */
export function elementsOf(array: readonly Json[]): readonly Json[] {
  if (!array.some(Array.isArray)) return array;
  const elements: Json[] = [];
  const rest: Json[] = array.toReversed();
  while (rest.length > 0) {
    const next = rest.pop();
    if (Array.isArray(next)) for (let at = next.length - 1; at >= 0; at -= 1) rest.push(next[at]);
    else if (next !== undefined) elements.push(next);
  }
  return elements;
}
