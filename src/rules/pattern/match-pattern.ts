import type { JsonObject } from '../../findings/json.ts';
import { createMatchBudget, isSpent, type MatchBudget } from './match-budget.ts';
import { listMismatches, type Mismatch } from './mismatch.ts';
import type { CompiledPattern } from './pattern.ts';
import { matchFields } from './match-fields.ts';

/** Whether an event fits a pattern. `too-costly`: not known, because the comparison would take more steps than one may. */
export type Match = 'matched' | 'mismatched' | 'too-costly';

/** A match with the fields that failed; of one that is too costly, nothing is known. */
export type MatchResult =
  | { readonly match: 'matched' | 'too-costly' }
  | { readonly match: 'mismatched'; readonly mismatches: readonly Mismatch[] };

/**
 * Compares an event with a pattern. Never throws, whatever the event holds.
 * @param budget counts down the steps that the comparison takes
 */
export function matchPattern(pattern: CompiledPattern, event: JsonObject, budget: MatchBudget = createMatchBudget()): Match {
  const match = matchFields(pattern, event, budget);
  if (isSpent(budget)) return 'too-costly';
  return match === 'no' ? 'mismatched' : 'matched';
}

/** The same answer and, if it is a mismatch, the fields that failed. */
export function explainMatch(pattern: CompiledPattern, event: JsonObject, budget: MatchBudget = createMatchBudget()): MatchResult {
  const match = matchPattern(pattern, event, budget);
  return match === 'mismatched' ? { match, mismatches: listMismatches(pattern, event) } : { match };
}
