import { describe, expect, test } from 'vitest';
import { explore } from './explore.ts';
import { PLANTED_FAULTS } from './planted.ts';
import { NO_FAULTS, SCENARIOS, type Scenario } from './scenarios.ts';
import type { Faults } from './world.ts';

const REPLICAS = 2;

/** Small enough for every run of the tests; `npm run explore` goes further. With the least number of worlds, lest faults and replicas no longer meet. */
const EXPLORED: readonly { readonly scenario: Scenario; readonly faults: Partial<Faults>; readonly atLeast: number }[] = [
  { scenario: SCENARIOS.opens, faults: { preemptions: Infinity }, atLeast: 600 },
  { scenario: SCENARIOS.opens, faults: { deaths: 1, lostAnswers: 1, preemptions: 1 }, atLeast: 27_000 },
  { scenario: SCENARIOS.opens, faults: { stops: 1, lostAnswers: 1 }, atLeast: 12_000 },
  { scenario: SCENARIOS.ends, faults: { preemptions: 1 }, atLeast: 1_700 },
  { scenario: SCENARIOS.ends, faults: { deaths: 1 }, atLeast: 2_400 },
  { scenario: SCENARIOS.ends, faults: { lostAnswers: 1 }, atLeast: 4_000 },
  { scenario: SCENARIOS.returns, faults: {}, atLeast: 750 },
];

function wordsOf(faults: Partial<Faults>): string {
  const words = Object.entries(faults).map(([fault, count]) => `${fault}: ${count}`);
  return words.length === 0 ? 'no faults' : words.join(', ');
}

describe('two replicas, in every order, break no promise', () => {
  test.each(EXPLORED.map((one) => ({ ...one, name: `${one.scenario.name}, ${wordsOf(one.faults)}` })))(
    '$name',
    async ({ scenario: { events }, faults, atLeast }) => {
      const { breach, worlds, ends } = await explore({ events, replicas: REPLICAS, faults: { ...NO_FAULTS, ...faults } });
      expect(breach).toBeNull();
      expect(worlds).toBeGreaterThan(atLeast);
      expect(ends).toBeGreaterThan(0);
    },
  );
});

describe('a planted fault is found', () => {
  test.each(PLANTED_FAULTS)('$name', async ({ planted, scenario: { events }, faults, breaks }) => {
    const { breach } = await explore({ events, replicas: REPLICAS, faults, planted });
    expect(breach?.promise).toBe(breaks);
    expect(breach?.schedule.length).toBeGreaterThan(1);
  });
});
