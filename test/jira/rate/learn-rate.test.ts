import fc from 'fast-check';
import { expect, test } from 'vitest';
import { createLearnRate } from '../../../src/jira/rate/learn-rate.ts';
import type { LearnedRate, LearnRate, RateHeard } from '../../../src/pipeline/ports/rate-lease.ts';
import { UNHEARD } from '../../support/jira/rate-heard.ts';

const NOW = 1_000_000;

type After = Partial<LearnedRate> & Pick<LearnedRate, 'perSecond'>;

function known(perSecond: number, more: Partial<LearnedRate> = {}): LearnedRate {
  return { perSecond, because: 'raised', refusedAt: null, loweredAt: null, at: NOW - 1_000, ...more };
}

test.each<readonly [string, number | null, LearnedRate | null, Partial<RateHeard>, After]>([
  ['nothing is known: ten', null, null, {}, { perSecond: 10, because: 'start' }],
  ['nothing is known: the ceiling', 40, null, {}, { perSecond: 40, because: 'ceiling' }],
  ['nothing is known, but a lower limit is announced: half of it', null, null, { announced: 8 }, { perSecond: 4, because: 'announced' }],
  ['it is used: raised by a step', null, known(10), { passed: 9 }, { perSecond: 12, because: 'raised' }],
  ['a small rate is raised by a part of itself', null, known(1), { passed: 1 }, { perSecond: 1.2, because: 'raised' }],
  [
    'half a minute after refusals, nothing is sent: back to the first rate',
    null,
    known(1, { refusedAt: 1.1, loweredAt: NOW - 30_000 }),
    {},
    { perSecond: 10, because: 'start', refusedAt: null },
  ],
  ['or to the ceiling', 4, known(1, { refusedAt: 1.1, loweredAt: NOW - 30_000 }), {}, { perSecond: 4 }],
  ['not sooner', null, known(1, { refusedAt: 1.1, loweredAt: NOW - 29_999 }), {}, { perSecond: 1, because: 'not-used' }],
  ['not while calls go through', null, known(2, { refusedAt: 2.1, loweredAt: NOW - 60_000 }), { passed: 1 }, { perSecond: 2 }],
  ['and never down', null, known(40, { loweredAt: NOW - 60_000 }), {}, { perSecond: 40, because: 'not-used' }],
  ['it is not used', null, known(10), { passed: 6 }, { perSecond: 10, because: 'not-used' }],
  ['Jira warns', null, known(10), { passed: 10, near: true }, { perSecond: 10, because: 'near-limit' }],
  ['a long silence raises it no further than a second', null, known(10, { at: NOW - 60_000 }), { passed: 9 }, { perSecond: 12 }],
  ['what was learned an hour ago is forgotten', null, known(90, { at: NOW - 3_600_000 }), {}, { perSecond: 10, because: 'start' }],
  ['up to the ceiling', 11, known(10), { passed: 10 }, { perSecond: 11, because: 'ceiling' }],
  ['up to half of what is announced', null, known(49), { passed: 49, announced: 100 }, { perSecond: 50, because: 'announced' }],
  ['a ceiling may be above the half, for others are its matter', 80, known(79), { passed: 79, announced: 100 }, { perSecond: 80 }],
  ['but not above the whole', 80, known(80), { passed: 80, announced: 60 }, { perSecond: 60, because: 'announced' }],
  ['refused: a little less', null, known(20), { refused: true, passed: 19 }, { perSecond: 18.8, because: 'refused', loweredAt: NOW }],
  ['refused far above the limit: what went through', null, known(30), { refused: true, passed: 19 }, { perSecond: 20, because: 'refused' }],
  ['refused, and little went through: half', 100, known(100), { refused: true, passed: 3 }, { perSecond: 50, because: 'refused' }],
  ['near the rate refused last it grows slowly', null, known(19, { refusedAt: 20 }), { passed: 18 }, { perSecond: 19.03, refusedAt: 20 }],
  ['far below it, fast', null, known(10, { refusedAt: 20 }), { passed: 10 }, { perSecond: 12, refusedAt: 20 }],
  ['beyond it, that rate is forgotten', null, known(21.19, { refusedAt: 20 }), { passed: 20 }, { perSecond: 21.22, refusedAt: null }],
])('%s', (_, ceiling, before, heard, after) => {
  const learned = createLearnRate(ceiling)(before, { ...UNHEARD, ...heard }, NOW);
  expect(learned).toMatchObject({ ...after, perSecond: expect.closeTo(after.perSecond, 6), at: NOW });
});

const heard = fc.record<RateHeard>({
  refused: fc.boolean(),
  near: fc.boolean(),
  announced: fc.option(fc.double({ min: 1, max: 10_000, noNaN: true })),
  passed: fc.integer({ min: 0, max: 2_000 }),
});
const course = fc.array(fc.tuple(heard, fc.integer({ min: -5_000, max: 60_000 })), { minLength: 1, maxLength: 60 });

/** Every rate on the way, each with what was heard before it. */
function follow(
  learn: LearnRate,
  steps: readonly (readonly [RateHeard, number])[],
): readonly { readonly heard: RateHeard; readonly rate: LearnedRate }[] {
  let [rate, now]: [LearnedRate | null, number] = [null, NOW];
  return steps.map(([one, ms]) => {
    now += ms;
    rate = learn(rate, one, now);
    return { heard: one, rate };
  });
}

test('whatever is heard, and however the clock jumps: never above the ceiling or the announced limit, and never zero', () => {
  fc.assert(
    fc.property(fc.option(fc.integer({ min: 1, max: 1_000 })), course, (ceiling, steps) => {
      for (const {
        heard: { announced },
        rate,
      } of follow(createLearnRate(ceiling), steps)) {
        expect(rate.perSecond).toBeLessThanOrEqual(ceiling ?? 1_000);
        expect(rate.perSecond).toBeLessThanOrEqual((announced ?? Infinity) * (ceiling === null ? 0.5 : 1));
        expect(rate.perSecond).toBeGreaterThanOrEqual(0.5);
      }
    }),
  );
});

test('a burst of refusals counts once, and each later one lowers the rate, by half at most', () => {
  fc.assert(
    fc.property(
      fc.double({ min: 1, max: 1_000, noNaN: true }),
      fc.array(fc.integer({ min: 0, max: 999 }), { minLength: 1 }),
      fc.nat(1_000),
      (from, burst, passed) => {
        const learn = createLearnRate(null);
        const refusal = { ...UNHEARD, refused: true, passed };
        const once = learn(known(from), refusal, NOW);
        const all = burst.toSorted((a, b) => a - b).reduce((rate, ms) => learn(rate, refusal, NOW + ms), once);
        expect(all.perSecond).toBe(once.perSecond);
        expect(once.perSecond).toBeLessThan(from);
        const later = learn(all, refusal, NOW + 1_000).perSecond;
        expect(later).toBeLessThanOrEqual(Math.max(0.5, once.perSecond * 0.94 + 1e-9));
        expect(later).toBeGreaterThanOrEqual(once.perSecond * 0.5);
      },
    ),
  );
});

test('it finds any limit that nothing announces, from above and from below, and keeps within a tenth of it', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 300 }), fc.option(fc.integer({ min: 2, max: 1_000 })), (limit, ceiling) => {
      const learn = createLearnRate(ceiling);
      const aim = Math.min(limit, ceiling ?? Infinity);
      let rate = learn(null, UNHEARD, NOW);
      const late: number[] = [];
      for (let second = 1; second <= 600; second += 1) {
        rate = learn(
          rate,
          { ...UNHEARD, refused: rate.perSecond > limit, passed: Math.floor(Math.min(limit, rate.perSecond)) },
          NOW + second * 1_000,
        );
        if (second > 300) late.push(rate.perSecond);
      }
      expect(Math.min(...late)).toBeGreaterThanOrEqual(aim * 0.9);
      expect(Math.max(...late)).toBeLessThanOrEqual(aim * 1.1);
    }),
    { numRuns: 50 },
  );
});
