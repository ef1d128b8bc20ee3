import { expect } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import { matchPattern, type MatchResult } from '../../../src/rules/pattern/match-pattern.ts';
import { compilePattern, type CompiledPattern } from '../../../src/rules/pattern/pattern.ts';
import type { Problem } from '../../../src/rules/problem.ts';

/** The compiled pattern, or a failed test that names the problems. */
export function compiled(pattern: unknown): CompiledPattern {
  const result = compilePattern(pattern);
  if (!result.ok) throw new Error(`the pattern was refused: ${JSON.stringify(result.problems)}`);
  return result.pattern;
}

export function match(pattern: unknown, event: JsonObject): MatchResult {
  return matchPattern(compiled(pattern), event);
}

export function problemsOf(pattern: unknown, path?: string): readonly Problem[] {
  const result = compilePattern(pattern, path);
  expect(result.ok).toBe(false);
  return result.ok ? [] : result.problems;
}
