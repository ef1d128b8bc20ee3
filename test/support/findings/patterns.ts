import { expect } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { explainMatch, matchPattern } from '../../../src/rules/pattern/match-pattern.ts';
import { compilePattern, type CompiledPattern } from '../../../src/rules/pattern/pattern.ts';
import type { Mismatch } from '../../../src/rules/pattern/mismatch.ts';
import type { Problem } from '../../../src/rules/problem.ts';

/** The compiled pattern, or a failed test that names the problems. */
export function compiled(pattern: unknown): CompiledPattern {
  const result = compilePattern(pattern);
  if (!result.ok) throw new Error(`the pattern was refused: ${JSON.stringify(result.problems)}`);
  return result.pattern;
}

/** Whether an event fits, and the fields that failed. A comparison that is too costly fails the test. */
export function match(
  pattern: unknown,
  event: JsonObject,
): { readonly matched: true } | { readonly matched: false; readonly mismatches: readonly Mismatch[] } {
  const result = explainMatch(compiled(pattern), event);
  if (result.match === 'too-costly') throw new Error('The comparison takes too many steps');
  return result.match === 'mismatched' ? { matched: false, mismatches: result.mismatches } : { matched: true };
}

/** Whether an event fits a compiled pattern. A comparison that is too costly fails the test. */
export function matches(pattern: CompiledPattern, event: JsonObject): boolean {
  const result = matchPattern(pattern, event);
  if (result === 'too-costly') throw new Error('the comparison takes too many steps');
  return result === 'matched';
}

export function problemsOf(pattern: unknown, path?: string): readonly Problem[] {
  const result = compilePattern(pattern, path);
  expect(result.ok).toBe(false);
  return result.ok ? [] : result.problems;
}
