import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { redisServerPath, startRedis } from '../../support/servers/redis-server.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { until } from '../../support/until.ts';
import { bucket, lastSwept, openSwept, resolved } from './swept-site.ts';

const COUNT = 120;
const numbers = Array.from({ length: COUNT }, (_, n) => n);
/** Every 20th event is lost: of an ACTIVE finding, and of a RESOLVED one. */
const isLost = (n: number): boolean => n % 20 === 0;
const isResolved = (n: number): boolean => n % 4 === 2;
const isEndLost = (n: number): boolean => n % 20 === 2;

async function redisStore(): Promise<Store> {
  const redis = await startRedis({ appendonly: true });
  onTestFinished(() => redis.remove());
  const store = await openRedisStore({ url: redis.url, installation: randomUUID() });
  onTestFinished(() => store.close());
  return store;
}

/** Nothing waits for a pass. */
async function isAtRest(store: Store, parts: ServiceParts): Promise<boolean> {
  return (await parts.queue.depth()) === 0 && (await store.due(GROUPS, Number.MAX_SAFE_INTEGER, 1)).length === 0;
}

describe.each([
  { name: 'embedded', isMissing: false },
  { name: 'redis', isMissing: redisServerPath() === null },
])('on the store $name', ({ name, isMissing }) => {
  test.skipIf(isMissing)('5 % of events lost, ACTIVE and RESOLVED: one sweep opens and closes the rest', { timeout: 120_000 }, async () => {
    const all = await openSwept();
    const store = name === 'redis' ? await redisStore() : all.site.store;
    const parts = await all.start({ store, soleOwner: name === 'embedded', working: true, sweepIntervalMs: 0 });
    for (const n of numbers) {
      all.aws.follow(bucket(n));
      if (!isLost(n)) await parts.accept(findingOf(bucket(n)));
    }
    await until(() => all.site.jira.issues().length === COUNT - COUNT / 20, 'what came has its issues', 60_000);
    for (const n of numbers.filter(isResolved)) {
      all.aws.follow(resolved(n));
      if (!isEndLost(n)) await parts.accept(findingOf(resolved(n)));
    }
    await until(async () => isAtRest(store, parts), 'nothing is left to do', 60_000);
    const before = all.site.jira.history().length;
    await parts.operations.start({ kind: 'sweep', input: {}, startedBy: 'test' });
    await until(async () => (await lastSwept({ store })) !== null, 'the sweep has ended', 60_000);
    const swept = await lastSwept({ store });
    expect(swept).toMatchObject({ listed: COUNT, added: COUNT / 20, changed: COUNT / 20, missing: 0, gone: 0, complete: 1 });
    // A page of ACTIVE findings and one of all others, a hundred a page.
    expect(swept?.calls).toEqual({ ListAnalyzers: 1, ListFindings: 2 });
    await until(async () => all.site.jira.issues().length === COUNT && (await isAtRest(store, parts)), 'nothing is left to do', 60_000);
    const found = all.site.jira.issues().map(({ summary, status }) => [Number(/bucket-(\d+)/.exec(summary)?.[1]), status === 'Done']);
    expect(found.toSorted(([a], [b]) => Number(a) - Number(b))).toEqual(numbers.map((n) => [n, isResolved(n)]));
    expect(all.site.created()).toBe(COUNT);
    expect(all.site.jira.history().length).toBeGreaterThan(before);
  });
});
