import { expect, test } from 'vitest';
import { closeOutcomeOf } from '../../src/issues/close-outcome.ts';

test('only a resolved finding counts as fixed, and only an archived one as accepted', () => {
  const reasons = ['resolved', 'archived', 'ended', 'unmonitored', 'unanalysed', 'unrouted'] as const;
  expect(reasons.map(closeOutcomeOf)).toEqual(['resolved', 'archived', ...Array.from({ length: 4 }, () => 'unmonitored')]);
});
