import type { TLocalizedValidationError } from 'typebox/error';

/** A path and the expectation there, never the value. */
export interface FirstProblem {
  readonly path: string;
  readonly message: string;
}

/** Maximum characters: field names of a hostile message have any length. */
const MAX_PATH = 200;

/** The first error of a schema's check, as a path with dots. */
export function firstProblem(errors: readonly TLocalizedValidationError[]): FirstProblem {
  const [problem] = errors;
  if (problem === undefined) return { path: '', message: 'is not of the expected shape' };
  const missing = problem.keyword === 'required' ? problem.params.requiredProperties.slice(0, 1) : [];
  const path = [...problem.instancePath.split('/').slice(1), ...missing].join('.').slice(0, MAX_PATH);
  return { path, message: missing.length === 0 ? problem.message : 'is missing' };
}
