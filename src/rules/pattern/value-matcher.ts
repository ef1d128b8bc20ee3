import type { Refuse } from '../problem.ts';

/** A leaf of an event: the value that an operator tests. */
export type Scalar = string | number | boolean | null;

/** Whether one leaf of an event matches the pattern. Never throws, takes time linear in the leaf's length. */
export type ValueMatcher = (value: Scalar) => boolean;

/** Compiles an operator's argument; null if it was refused. */
export type CompileMatcher = (argument: unknown, path: string, refuse: Refuse) => ValueMatcher | null;

export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
