import { expect, test } from 'vitest';
import { asksFor } from '../../../src/rules/pattern/asks-for.ts';
import { compilePattern, type CompiledPattern } from '../../../src/rules/pattern/pattern.ts';

function compiled(pattern: unknown): CompiledPattern {
  const result = compilePattern(pattern);
  if (!result.ok) throw new Error(JSON.stringify(result.problems));
  return result.pattern;
}

test.each<readonly [boolean, unknown]>([
  [true, { detail: { findingDetails: { unusedPermissionDetails: { serviceNamespace: ['iam'] } } } }],
  [true, { detail: { findingDetails: [{ exists: false }] } }],
  [true, { detail: [{ exists: true }] }],
  [true, { source: ['aws.access-analyzer'], $or: [{ detail: { status: ['ACTIVE'] } }, { detail: { findingDetails: { x: ['y'] } } }] }],
  [true, { detail: { $or: [{ findingDetails: { x: ['y'] } }, { status: ['ACTIVE'] }] } }],
  [false, { detail: { findingDetail: ['x'], status: ['ACTIVE'] } }],
  [false, { findingDetails: ['x'] }],
  [false, { detail: { inner: { findingDetails: ['x'] } } }],
  [false, { source: ['aws.access-analyzer'] }],
])('%s for %j', (expected, pattern) => {
  expect(asksFor(compiled(pattern), ['detail', 'findingDetails'])).toBe(expected);
});
