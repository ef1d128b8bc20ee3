import { isJsonObject, type JsonObject } from '../../findings/json.ts';
import { cutText } from '../cut-text.ts';
import { itemPath, propertyPath } from '../json-path.ts';
import { jsonSize } from '../json-size.ts';
import { OPERATOR_NAMES, OPERATORS, RESERVED_IN_OR } from './operators.ts';
import { createProblems, type Problem, type Refuse } from '../problem.ts';
import { isScalar, type Scalar, type ValueMatcher } from './value-matcher.ts';

/** A checked and compiled EventBridge pattern; only `compilePattern` creates one. */
export type CompiledPattern = FieldsPattern;

/** All of `fields` and, if there is a `$or`, at least one of `anyOf`. */
export interface FieldsPattern {
  readonly kind: 'fields';
  readonly fields: readonly { readonly name: string; readonly pattern: FieldsPattern | LeafPattern }[];
  readonly anyOf: readonly FieldsPattern[] | null;
}

/** The allowed values of one field: any of the alternatives, or absence if one of them is `{ "exists": false }`. */
export interface LeafPattern {
  readonly kind: 'leaf';
  readonly matches: ValueMatcher;
  readonly acceptsAbsence: boolean;
  /** The cost of `matches` in comparisons, besides the one lookup of all plain values. */
  readonly operators: number;
  /** As written, to show in mismatches. */
  readonly alternatives: readonly unknown[];
}

export type CompileResult =
  | { readonly ok: true; readonly pattern: CompiledPattern }
  | { readonly ok: false; readonly problems: readonly Problem[] };

/** Maximum size of a pattern, in characters of JSON. */
export const MAX_PATTERN_SIZE = 65_536;

/** Maximum nesting of objects; an Access Analyzer event needs four. */
export const MAX_PATTERN_DEPTH = 64;

/**
 * Compiles an EventBridge event pattern. Takes any value and never throws; refuses what AWS refuses, with every problem found.
 * @param path the path of the pattern, for the problems: `match`, `rules[2].match`
 */
export function compilePattern(pattern: unknown, path = 'match'): CompileResult {
  const problems = createProblems();
  const compiled =
    jsonSize(pattern, MAX_PATTERN_SIZE) > MAX_PATTERN_SIZE
      ? problems.refuse(path, `expected a pattern of at most ${MAX_PATTERN_SIZE} characters of JSON`)
      : compileFields(pattern, { path, depth: 1, insideOr: false, refuse: problems.refuse });
  const found = problems.list();
  return compiled === null || found.length > 0 ? { ok: false, problems: found } : { ok: true, pattern: compiled };
}

interface Place {
  readonly path: string;
  readonly depth: number;
  readonly insideOr: boolean;
  readonly refuse: Refuse;
}

function compileFields(pattern: unknown, place: Place): FieldsPattern | null {
  const { path, refuse } = place;
  if (!isJsonObject(pattern)) return refuse(path, 'expected an object of fields');
  if (place.depth > MAX_PATTERN_DEPTH) return refuse(path, `expected at most ${MAX_PATTERN_DEPTH} objects inside each other`);
  const entries = Object.entries(pattern);
  if (entries.length === 0) return refuse(path, 'expected at least one field; { "source": ["aws.access-analyzer"] } matches every finding');
  const fields: { name: string; pattern: FieldsPattern | LeafPattern }[] = [];
  let anyOf: readonly FieldsPattern[] | null = null;
  for (const [name, child] of entries) {
    const at = { ...place, path: propertyPath(path, name) };
    if (name === '$or') {
      anyOf = compileAnyOf(child, at);
    } else {
      const compiled = compileField(name, child, at);
      if (compiled !== null) fields.push({ name, pattern: compiled });
    }
  }
  // A copy has no room for further fields, which would take most of its memory.
  return { kind: 'fields', fields: fields.slice(), anyOf };
}

function compileAnyOf(branches: unknown, place: Place): readonly FieldsPattern[] | null {
  if (!Array.isArray(branches) || branches.length < 2) return place.refuse(place.path, 'expected a list of at least two patterns');
  const compiled: FieldsPattern[] = [];
  for (const [index, branch] of branches.entries()) {
    const fields = compileFields(branch, { ...place, path: itemPath(place.path, index), depth: place.depth + 1, insideOr: true });
    if (fields !== null) compiled.push(fields);
  }
  return compiled;
}

function compileField(name: string, pattern: unknown, place: Place): FieldsPattern | LeafPattern | null {
  const { path, refuse } = place;
  if (place.insideOr && RESERVED_IN_OR.has(name)) return refuse(path, 'expected a field inside $or, not the name of an operator');
  if (Array.isArray(pattern)) return compileLeaf(pattern, path, refuse);
  if (isJsonObject(pattern)) return compileFields(pattern, { ...place, depth: place.depth + 1 });
  if (OPERATOR_NAMES.includes(name)) return refuse(path, `expected an operator to stand in a list: [{ ${JSON.stringify(name)}: ... }]`);
  return refuse(path, 'expected a list of values, such as ["value"], or an object of fields');
}

function compileLeaf(alternatives: readonly unknown[], path: string, refuse: Refuse): LeafPattern | null {
  if (alternatives.length === 0) return refuse(path, 'expected at least one value in the list');
  const operators: ValueMatcher[] = [];
  let acceptsAbsence = false;
  let comparisons = 0;
  for (const [index, alternative] of alternatives.entries()) {
    const at = itemPath(path, index);
    if (isScalar(alternative)) continue;
    if (!isJsonObject(alternative)) refuse(at, 'expected a string, number, true, false, null or an operator');
    else {
      const matches = compileOperator(alternative, at, refuse);
      if (matches === 'absence') acceptsAbsence = true;
      else if (matches !== null) {
        operators.push(matches);
        comparisons += comparisonsOf(alternative);
      }
    }
  }
  return {
    kind: 'leaf',
    matches: matcherOf(alternatives.every(isScalar) ? alternatives : alternatives.filter(isScalar), operators),
    acceptsAbsence,
    operators: comparisons,
    alternatives,
  };
}

/** Up to as many plain values are looked up one by one: sets of their own would take most of the memory of ten thousand rules. */
const FEW = 8;

function matcherOf(plain: readonly Scalar[], operators: readonly ValueMatcher[]): ValueMatcher {
  const isPlain = lookupOf(plain);
  return operators.length === 0 ? isPlain : (value) => isPlain(value) || operators.some((fits) => fits(value));
}

function lookupOf(plain: readonly Scalar[]): ValueMatcher {
  if (plain.length <= FEW) return (value) => plain.includes(value);
  const all = new Set(plain);
  return (value) => all.has(value);
}

/** What testing an address costs, in comparisons: it is parsed for every block. */
const CIDR_COMPARISONS = 8;

/** Only `anything-but` with an operator takes a list of texts that are compared one by one; other lists are looked up. */
function comparisonsOf({ 'anything-but': unwanted, cidr }: JsonObject): number {
  if (cidr !== undefined) return CIDR_COMPARISONS;
  const [texts] = isJsonObject(unwanted) ? Object.values(unwanted) : [];
  return Array.isArray(texts) ? texts.length : 1;
}

function compileOperator(operator: object, path: string, refuse: Refuse): ValueMatcher | 'absence' | null {
  const only = Object.entries(operator);
  const [name = '', argument] = only[0] ?? [];
  if (only.length !== 1) return refuse(path, `expected exactly one operator in an object: ${OPERATOR_NAMES.join(', ')}`);
  const at = propertyPath(path, name);
  if (name === 'exists') {
    if (typeof argument !== 'boolean') return refuse(at, 'expected true or false');
    return argument ? () => true : 'absence';
  }
  const compile = OPERATORS.get(name);
  if (compile !== undefined) return compile(argument, at, refuse);
  return refuse(path, `expected one of the operators ${OPERATOR_NAMES.join(', ')}, not ${JSON.stringify(cutText(name, 40))}`);
}
