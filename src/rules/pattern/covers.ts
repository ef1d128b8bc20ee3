import { canonicalJson, isJsonObject } from '../../findings/json.ts';
import { createMatchBudget, operatorSteps, spend, type MatchBudget } from './match-budget.ts';
import type { FieldsPattern, LeafPattern } from './pattern.ts';
import { isScalar } from './value-matcher.ts';

/**
 * Whether it can be proven that one pattern matches every finding that another one matches. False: there is no proof, which means nothing.
 *
 * Sound because a finding and its `detail` are objects, never lists: each of their fields is judged by itself, so it is enough if the
 * narrower pattern has every field of the wider one and allows no more there. Deeper levels may have lists, where a field that is met by
 * absence is judged in the element of the fields beside it; there the wider pattern must not ask for absence.
 *
 * @param budget counts down; once it is spent, there is no proof
 */
export function covers(wide: FieldsPattern, narrow: FieldsPattern, budget: MatchBudget = createMatchBudget()): boolean {
  return coversFields(wide, narrow, 0, budget);
}

/** The steps of comparing two operators: both are written as text. */
const OPERATOR_STEPS = 40;

/** Objects down to here are never in a list: the event itself and its `detail`. */
const PLAIN_DEPTH = 1;

function coversFields(wide: FieldsPattern, narrow: FieldsPattern, depth: number, budget: MatchBudget): boolean {
  if (!spend(budget, 1 + wide.fields.length * narrow.fields.length)) return false;
  if (depth > PLAIN_DEPTH && asksForAbsence(wide)) return false;
  return (
    wide.fields.every(({ name, pattern }) => {
      const other = narrow.fields.find((field) => field.name === name)?.pattern;
      if (other === undefined) return false;
      if (pattern.kind === 'leaf') return other.kind === 'leaf' && coversLeaf(pattern, other, budget);
      return (
        other.kind === 'fields' && coversFields(pattern, other, depth === 0 && name !== 'detail' ? PLAIN_DEPTH + 1 : depth + 1, budget)
      );
    }) && coversAnyOf(wide, narrow, depth, budget)
  );
}

/** One alternative of the wider pattern must hold whenever the narrower one does, or one for each of its alternatives. */
function coversAnyOf({ anyOf }: FieldsPattern, narrow: FieldsPattern, depth: number, budget: MatchBudget): boolean {
  if (anyOf === null) return true;
  const held = (by: FieldsPattern): boolean => anyOf.some((branch) => coversFields(branch, by, depth, budget));
  const beside: FieldsPattern = { ...narrow, anyOf: null };
  return held(beside) || (narrow.anyOf?.every(held) ?? false);
}

function coversLeaf(wide: LeafPattern, narrow: LeafPattern, budget: MatchBudget): boolean {
  if (narrow.acceptsAbsence && !wide.acceptsAbsence) return false;
  return narrow.alternatives.every((alternative) => isAbsence(alternative) || coversAlternative(wide, alternative, budget));
}

function coversAlternative(wide: LeafPattern, alternative: unknown, budget: MatchBudget): boolean {
  if (isScalar(alternative)) return spend(budget, 1 + operatorSteps(wide, alternative)) && wide.matches(alternative);
  if (!spend(budget, OPERATOR_STEPS * wide.alternatives.length)) return false;
  const wanted = canonicalJson(alternative);
  return wide.alternatives.some((one) => canonicalJson(one) === wanted || isPresence(one) || coversText(one, alternative));
}

/** A longer prefix or suffix contains the shorter one. */
function coversText(wide: unknown, narrow: unknown): boolean {
  if (!isJsonObject(wide) || !isJsonObject(narrow)) return false;
  const [prefix, suffix] = [narrow['prefix'], narrow['suffix']];
  if (typeof prefix === 'string' && typeof wide['prefix'] === 'string') return prefix.startsWith(wide['prefix']);
  return typeof suffix === 'string' && typeof wide['suffix'] === 'string' && suffix.endsWith(wide['suffix']);
}

function isAbsence(alternative: unknown): boolean {
  return isJsonObject(alternative) && alternative['exists'] === false;
}

function isPresence(alternative: unknown): boolean {
  return isJsonObject(alternative) && alternative['exists'] === true;
}

function asksForAbsence({ fields, anyOf }: FieldsPattern): boolean {
  return (
    fields.some(({ pattern }) => (pattern.kind === 'leaf' ? pattern.acceptsAbsence : asksForAbsence(pattern))) ||
    (anyOf?.some(asksForAbsence) ?? false)
  );
}
