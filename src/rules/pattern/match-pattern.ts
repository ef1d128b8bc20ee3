import type { JsonObject } from '../../findings/json.ts';
import { listMismatches, type Mismatch } from './mismatch.ts';
import type { CompiledPattern } from './pattern.ts';
import { matchFields } from './match-fields.ts';

export type MatchResult = { readonly matched: true } | { readonly matched: false; readonly mismatches: readonly Mismatch[] };

/** Whether the event matches the pattern. Never throws, whatever the event holds; time is linear in pattern and event. */
export function matchesPattern(pattern: CompiledPattern, event: JsonObject): boolean {
  return matchFields(pattern, event) !== 'no';
}

/** The same answer and, if it is no, the fields that failed. */
export function matchPattern(pattern: CompiledPattern, event: JsonObject): MatchResult {
  return matchesPattern(pattern, event) ? { matched: true } : { matched: false, mismatches: listMismatches(pattern, event) };
}
