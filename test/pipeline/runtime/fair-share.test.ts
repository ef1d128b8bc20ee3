import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fairShare } from '../../../src/pipeline/runtime/create-rate-lease.ts';

test.each<readonly [string, number, readonly number[], number]>([
  ['alone and wanting all', 50, [], 20],
  ['two that want all', 50, [50], 10],
  ['three that want all', 50, [30, 21], 20 / 3],
  ['what another does not want', 50, [4], 16],
  ['what two others do not want', 50, [4, 50], 8],
  ['less than an equal part', 4, [50], 4],
  ['wanting nothing', 0, [50], 0],
  ['more than enough: a part of the rest, and one for a newcomer', 2, [3], 7],
  ['alone and wanting little', 2, [], 11],
])('%s', (_what, wanted, rivals, share) => {
  expect(fairShare(20, wanted, rivals)).toBeCloseTo(share, 9);
});

const wants = fc.double({ min: 0, max: 1_000, noNaN: true });

test('the parts are never more than the rate, and use all of it when all of it is wanted', () => {
  fc.assert(
    fc.property(fc.double({ min: 0.1, max: 200, noNaN: true }), fc.array(wants, { minLength: 1, maxLength: 8 }), (rate, all) => {
      const parts = all.map((wanted, me) =>
        fairShare(
          rate,
          wanted,
          all.filter((_, other) => other !== me),
        ),
      );
      const given = parts.reduce((sum, part) => sum + part, 0);
      const total = all.reduce((sum, wanted) => sum + wanted, 0);
      expect(given).toBeLessThanOrEqual(rate * (1 + 1e-9));
      expect(given).toBeGreaterThanOrEqual(Math.min(rate, total) * (1 - 1e-9));
      for (const [me, part] of parts.entries()) {
        expect(part).toBeGreaterThanOrEqual(Math.min(all[me] ?? 0, rate / all.length) * (1 - 1e-9));
      }
    }),
  );
});
