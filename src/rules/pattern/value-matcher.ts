import type { Refuse } from '../problem.ts';

/** A leaf of an event: what an operator looks at. */
export type Scalar = string | number | boolean | null;

/** Whether one leaf of an event is what the pattern wants. Never throws, takes time linear in the leaf's length. */
export type ValueMatcher = (value: Scalar) => boolean;

/** Reads an operator's argument; null after it was refused. */
export type CompileMatcher = (argument: unknown, path: string, refuse: Refuse) => ValueMatcher | null;

export function isScalar(value: unknown): value is Scalar {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || (typeof value === 'number' && Number.isFinite(value));
}
