import { compileAnythingBut } from './anything-but.ts';
import { compileCidr } from './cidr.ts';
import { compileEqualsIgnoreCase, compilePrefix, compileSuffix } from './match-text.ts';
import { compileNumeric } from './numeric.ts';
import type { CompileMatcher } from './value-matcher.ts';
import { compileWildcard } from './wildcard.ts';

/**
 * The operators of an EventBridge pattern that test one leaf; pattern.ts handles `exists` (absence) and `$or` (other fields).
 * Source: https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
 */
export const OPERATORS: ReadonlyMap<string, CompileMatcher> = new Map([
  ['prefix', compilePrefix],
  ['suffix', compileSuffix],
  ['equals-ignore-case', compileEqualsIgnoreCase],
  ['wildcard', compileWildcard],
  ['anything-but', compileAnythingBut],
  ['numeric', compileNumeric],
  ['cidr', compileCidr],
]);

export const OPERATOR_NAMES: readonly string[] = [...OPERATORS.keys(), 'exists'];

/**
 * Names that AWS refuses for fields inside `$or`, so that an operator without its brackets is not taken for a field.
 * Source: RESERVED_FIELD_NAMES_IN_OR_RELATIONSHIP in https://github.com/aws/event-ruler/blob/main/src/main/software/amazon/event/ruler/Constants.java
 */
export const RESERVED_IN_OR: ReadonlySet<string> = new Set([
  ...OPERATOR_NAMES,
  'exactly',
  '=',
  '<',
  '<=',
  '>',
  '>=',
  'regex',
  'not-wildcard',
  'not-equals-ignore-case',
  'date-after',
  'date-on-or-after',
  'date-before',
  'date-on-or-before',
  'in-date-range',
  'ip-address-in-range',
  'ip-address-not-in-range',
]);
