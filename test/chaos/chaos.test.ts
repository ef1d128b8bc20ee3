import { describe, test } from 'vitest';
import { redisServerPath } from '../support/servers/redis-server.ts';
import { seedLines } from './report.ts';
import { runSeed } from './run-seed.ts';
import { scaleOf } from './scale.ts';

const SHORT = { ...scaleOf(12), blows: 4, lengthMs: 8_000, mostLagMs: 3_000, quietWithinMs: 150_000 };

/** One short seed per store; `npm run chaos` plays more and longer ones. */
describe('chaos', () => {
  test.concurrent.for([
    { store: 'embedded', seed: 1, missing: false },
    { store: 'redis', seed: 1, missing: redisServerPath() === null },
  ] as const)('store: $store, seed $seed', { timeout: 240_000 }, async ({ store, seed, missing }, { skip, expect }) => {
    skip(missing, 'no redis-server');
    const result = await runSeed({ ...SHORT, seed, store });
    expect(result.violations.length === 0 ? [] : seedLines(result)).toEqual([]);
    expect(result.issues).toBeGreaterThan(0);
    expect(Object.keys(result.blows)).not.toEqual([]);
  });
});
