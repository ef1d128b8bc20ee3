import { itemPath } from '../json-path.ts';
import type { Refuse } from '../problem.ts';
import type { CompileMatcher, ValueMatcher } from './value-matcher.ts';

/** EventBridge compares numbers up to this, positive or negative. */
const MAX_NUMERIC = 5e9;

type Comparison = (value: number, bound: number) => boolean;

const COMPARISONS: ReadonlyMap<unknown, Comparison> = new Map([
  ['=', (value: number, bound: number) => value === bound],
  ['<', (value: number, bound: number) => value < bound],
  ['<=', (value: number, bound: number) => value <= bound],
  ['>', (value: number, bound: number) => value > bound],
  ['>=', (value: number, bound: number) => value >= bound],
]);

/** `{ "numeric": [">", 0] }` or, lower bound first, `{ "numeric": [">=", 0, "<", 10] }`; numbers only. */
export const compileNumeric: CompileMatcher = (argument, path, refuse) => {
  if (!Array.isArray(argument) || (argument.length !== 2 && argument.length !== 4)) {
    return refuse(path, 'expected [comparison, number] or a range such as [">=", 0, "<", 10]');
  }
  const lower = compileBound(argument, 0, path, refuse);
  if (argument.length === 2) return lower === null ? null : toMatcher([lower]);
  const upper = compileBound(argument, 2, path, refuse);
  if (lower === null || upper === null) return null;
  if (argument[0] !== '>' && argument[0] !== '>=') return refuse(itemPath(path, 0), 'expected > or >= first in a range');
  if (argument[2] !== '<' && argument[2] !== '<=') return refuse(itemPath(path, 2), 'expected < or <= second in a range');
  if (lower.bound >= upper.bound) return refuse(path, 'expected the lower bound to be less than the upper');
  return toMatcher([lower, upper]);
};

interface Bound {
  readonly holds: Comparison;
  readonly bound: number;
}

function compileBound(range: readonly unknown[], at: number, path: string, refuse: Refuse): Bound | null {
  const holds = COMPARISONS.get(range[at]);
  const bound = range[at + 1];
  if (holds === undefined) return refuse(itemPath(path, at), 'expected one of = < <= > >=');
  if (typeof bound !== 'number' || !(Math.abs(bound) <= MAX_NUMERIC))
    return refuse(itemPath(path, at + 1), 'expected a number from -5e9 to 5e9');
  return { holds, bound };
}

function toMatcher(bounds: readonly Bound[]): ValueMatcher {
  return (value) => typeof value === 'number' && bounds.every(({ holds, bound }) => holds(value, bound));
}
