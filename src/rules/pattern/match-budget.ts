import type { LeafPattern } from './pattern.ts';
import type { Scalar } from './value-matcher.ts';

/** The steps that one comparison of an event with a pattern may still take. Counted and not timed: the answer is the same on every machine. */
export interface MatchBudget {
  left: number;
}

/**
 * Maximum steps for one event and one rule: at most about a tenth of a second. The largest findings of AWS and patterns of hundreds of values
 * need a few thousand.
 */
export const MAX_MATCH_STEPS = 200_000;

export function createMatchBudget(): MatchBudget {
  return { left: MAX_MATCH_STEPS };
}

/** @returns false when the budget is used up: the comparison must end, and its answer does not count */
export function spend(budget: MatchBudget, steps: number): boolean {
  budget.left -= steps;
  return budget.left >= 0;
}

export function isSpent({ left }: MatchBudget): boolean {
  return left < 0;
}

/** Characters that an operator reads in one step. */
const CHARACTERS_PER_STEP = 32;

/** Values that are looked up among a pattern's plain values in one step. */
export const LOOKUPS_PER_STEP = 2;

/** The steps of testing one value with a pattern's operators: each reads a text once. */
export function operatorSteps({ operators }: LeafPattern, value: Scalar): number {
  return operators * (typeof value === 'string' ? 1 + Math.floor(value.length / CHARACTERS_PER_STEP) : 1);
}
