import { describe, expect, test } from 'vitest';
import { codesIn, rowsUnder, sorted, textOf } from '../support/docs/read-docs.ts';
import { createMetrics } from '../../src/telemetry/metrics.ts';
import { pageAfter, samplesOf, type Scenario } from './scenario.ts';
import { INTAKE } from './scenarios-of-intake.ts';
import { TROUBLE } from './scenarios-of-trouble.ts';
import { WORK } from './scenarios-of-work.ts';

const ALL: Readonly<Record<string, Scenario>> = { ...WORK, ...TROUBLE, ...INTAKE };

/** A few states and kinds are told apart besides. */
const nameOf = (sample: string): string => sample.replace(/\{.*/, '');

describe('what a metric is documented to say', () => {
  test.each(Object.entries(ALL))('%s', async (_what, scenario) => {
    const page = await pageAfter(scenario);
    const moved = Object.keys(scenario.moves).map((sample) => [sample, page.get(sample) ?? 0] as const);
    const shown = moved.map(([sample, value]) => [sample, scenario.moves[sample] === 'some' && value > 0 ? 'some' : value]);
    expect(Object.fromEntries(shown)).toEqual(scenario.moves);
  });

  test('is not said by a service to which nothing has happened', async () => {
    const page = await samplesOf(createMetrics());
    expect([...page].filter(([, value]) => value !== 0)).toEqual([]);
  });

  test('is shown of every metric, and of no other', () => {
    const documented = rowsUnder(textOf('docs/operations/reference.md'), 'Metrics').flatMap(([name]) => codesIn(name));
    const shown = Object.values(ALL).flatMap(({ moves }) => Object.keys(moves).map(nameOf));
    expect(sorted([...new Set(shown)])).toEqual(sorted(documented));
  });
});
