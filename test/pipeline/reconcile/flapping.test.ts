import { randomUUID } from 'node:crypto';
import { describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { redisServerPath, startRedis } from '../../support/servers/redis-server.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const TRANSITION = 'POST /issue/*/transitions';
const FLIPS = 100;

/** Longer than the flips take on a slow machine, shorter than a test may wait. */
const COOLDOWNS = { transitionMs: 6_000, updateMs: 0 };

async function redisStore(): Promise<Store> {
  const redis = await startRedis();
  onTestFinished(() => redis.remove());
  const store = await openRedisStore({ url: redis.url, installation: randomUUID() });
  onTestFinished(() => store.close());
  return store;
}

const KINDS: readonly { readonly name: string; readonly missing: boolean; store(site: Site): Promise<Store> }[] = [
  { name: 'embedded', missing: false, store: (site) => Promise.resolve(site.store) },
  { name: 'redis', missing: redisServerPath() === null, store: redisStore },
];

describe.for(KINDS)('a finding that flaps, store: $name', (kind) => {
  test.skipIf(kind.missing).for(['RESOLVED', 'ACTIVE'] as const)(
    `${FLIPS} flips: at most three transitions, and the issue is right in the end (%s)`,
    { timeout: 60_000 },
    async (last) => {
      const site = await openSite();
      const parts = await site.start({ store: await kind.store(site), working: true, cooldowns: COOLDOWNS });
      const { group } = await parts.accept(findingOf(numberedEvent(1, 0)));
      await until(() => site.jira.issues().length === 1, 'the issue is open');
      const first = last === 'RESOLVED' ? 'ACTIVE' : 'RESOLVED';
      for (const n of range(FLIPS)) {
        await parts.accept(findingOf(numberedEvent(1, n + 1, n % 2 === 0 ? first : last)));
        await parts.reconcile(group);
      }
      const idle = async (): Promise<boolean> => {
        const record = await parts.group(group);
        return record !== null && record.requeueAt === null && record.observedGeneration === record.generation;
      };
      await until(idle, 'the group is at rest', 40_000);
      expect(site.jira.issues().map(({ status }) => status)).toEqual([last === 'RESOLVED' ? 'Done' : 'To Do']);
      const moves = site.jira.history().filter(({ operation }) => operation === TRANSITION);
      expect(moves.length).toBeLessThanOrEqual(3);
      expect(parts.serviceEvents.filter(({ what }) => what === 'internal-error')).toEqual([]);
    },
  );
});

describe('the cooldown after a transition', () => {
  test('is a wait in the record that no event clears, and costs no call', async () => {
    const site = await openSite();
    const parts = await site.start({ cooldowns: { transitionMs: 15_000, updateMs: 0 } });
    const { group } = await parts.accept(findingOf(numberedEvent(1, 0)));
    await parts.reconcile(group);
    await parts.accept(findingOf(numberedEvent(1, 1, 'RESOLVED')));
    await parts.reconcile(group);
    const closedAt = (await parts.group(group))?.issue?.transitionedAt ?? 0;
    const calls = site.jira.history().length;
    for (const minute of [2, 3, 4]) {
      const finding = findingOf(numberedEvent(1, minute, minute % 2 === 0 ? 'ACTIVE' : 'RESOLVED'));
      await parts.accept(finding);
      await parts.reconcile(group);
      expect(await parts.group(group)).toMatchObject({ requeueAt: { because: 'cooldown', time: closedAt + 15_000 } });
      expect((await parts.record(finding.key))?.mapping.because).toBe('cooldown');
    }
    expect(site.jira.history()).toHaveLength(calls);
    await finish(site, parts, group);
    const { status, comments } = site.jira.issues()[0] ?? {};
    expect([status, comments?.length]).toEqual(['To Do', 2]);
    expect(site.jira.history().filter(({ operation }) => operation === TRANSITION)).toHaveLength(2);
  });
});
