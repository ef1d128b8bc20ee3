import { expect, test } from 'vitest';
import type { Refusal } from '../../../src/pipeline/ports/details-source.ts';
import { createKnownRefusals } from '../../../src/pipeline/details/known-refusals.ts';

const refusal = (concerns: Refusal['concerns']): Refusal => ({ code: 'denied', message: 'no', afterMs: null, concerns });
const [ONE, OTHER] = [
  'arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/one',
  'arn:aws:access-analyzer:eu-west-1:111122223333:analyzer/other',
];

test.each([
  ['finding', [false, false, false]],
  ['analyzer', [true, false, false]],
  ['all', [true, true, true]],
] as const)('a refusal that concerns %s', (concerns, known) => {
  const refusals = createKnownRefusals();
  refusals.remember('list', ONE, { refusal: refusal(concerns), until: 10 });
  const heard = [refusals.of('list', ONE, 9), refusals.of('list', OTHER, 9), refusals.of('policy', ONE, 9)];
  expect(heard.map((one) => one !== null)).toEqual(known);
  expect(refusals.of('list', ONE, 10)).toBeNull();
});

test('more analyzers than an organization has do not fill the memory', () => {
  const refusals = createKnownRefusals();
  for (let n = 0; n < 30_000; n += 1) refusals.remember('list', `analyzer ${n}`, { refusal: refusal('analyzer'), until: 10 });
  const known = Array.from({ length: 30_000 }, (_, n) => refusals.of('list', `analyzer ${n}`, 1)).filter((one) => one !== null);
  expect(known.length).toBeLessThanOrEqual(10_000);
  expect(refusals.of('list', 'analyzer 29999', 1)).not.toBeNull();
});
