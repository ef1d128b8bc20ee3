import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Store } from '../../src/pipeline/ports/store.ts';
import { countWouldOpen } from '../../src/pipeline/records/count-would-open.ts';
import { openRedisStore } from '../../src/store/redis-store.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { numberedEvent, range } from '../support/findings/findings-by-number.ts';
import { redisServerPath, startRedis, type RedisServer } from '../support/servers/redis-server.ts';
import { findingOf, rulesOf } from '../support/findings/parsed.ts';
import type { ServiceParts } from '../support/service/service-parts.ts';
import { openSite, type Site } from '../support/service/site.ts';
import { until } from '../support/until.ts';

const EVENTS = range(50).map((n) => numberedEvent(n, 10));
const PROJECTS = ['SEC', 'PLAT', 'OPS'];

/** Two of the findings go to PLAT, the others to SEC. */
const rules = rulesOf([
  {
    id: 'two',
    match: { detail: { resource: ['arn:aws:s3:::bucket-0', 'arn:aws:s3:::bucket-1'] } },
    action: 'issue',
    issue: { project: 'PLAT', issueType: 'Task' },
  },
  { id: 'rest', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
]);

const opening = ({ serviceEvents }: ServiceParts) => serviceEvents.filter(({ what }) => what === 'opening-observed');

async function acceptAll(parts: ServiceParts): Promise<void> {
  for (const event of EVENTS) await parts.accept(findingOf(event));
}

function suite(name: string, missing: boolean, storeOf: (site: Site) => Promise<Store>): void {
  describe.skipIf(missing)(`observing first and going live with the same store, store: ${name}`, () => {
    test('50 findings make 50 issues, none before, and the live start says how many', { timeout: 120_000 }, async () => {
      const site = await openSite();
      const store = await storeOf(site);
      const observing = await site.start({ store, rules, mode: 'observe', indexLagMs: 0 });
      await observing.start();
      await acceptAll(observing);
      const wouldOpen = () => countWouldOpen(store, PROJECTS);
      await until(async () => (await wouldOpen())['SEC'] === 48 && (await wouldOpen())['PLAT'] === 2, 'all of them are counted', 60_000);
      expect(Object.keys(await wouldOpen())).toEqual(['PLAT', 'SEC']);
      await observing.stop();
      expect([site.created(), opening(observing)]).toEqual([0, []]);

      const live = await site.start({ store, rules, mode: 'live', indexLagMs: 0 });
      await live.start();
      await until(() => site.created() >= EVENTS.length, '50 issues are open', 60_000);
      await until(async () => (await live.queue.depth()) === 0, 'nothing waits', 60_000);
      await live.stop();
      expect(opening(live)).toEqual([{ what: 'opening-observed', opens: '2 in PLAT, 48 in SEC' }]);
      expect(await wouldOpen()).toEqual({});

      const again = await site.start({ store, rules, mode: 'live', indexLagMs: 0 });
      await again.start();
      await acceptAll(again);
      await until(async () => (await again.queue.depth()) === 0, 'nothing waits', 60_000);
      expect([site.created(), opening(again)]).toEqual([EVENTS.length, []]);
    });
  });
}

suite('embedded', false, async (site) => site.store);

let redis: RedisServer;
const noRedis = redisServerPath() === null;
beforeAll(async () => {
  if (!noRedis) redis = await startRedis();
});
afterAll(() => redis?.remove());
suite('redis', noRedis, async () => {
  const store = await openRedisStore({ url: redis.url, installation: randomUUID() });
  onTestFinished(() => store.close());
  return store;
});

test('a finding that the rules send elsewhere meanwhile is counted there, and one that has ended no longer', async () => {
  const site = await openSite();
  const parts = await site.start({ rules, mode: 'observe' });
  const counted = () => countWouldOpen(site.store, PROJECTS);
  const at = (minute: number, status: 'ACTIVE' | 'RESOLVED') => findingOf(numberedEvent(0, minute, status));
  await parts.reconcile((await parts.accept(at(10, 'ACTIVE'))).group);
  expect(await counted()).toEqual({ PLAT: 1 });
  await parts.reconcile((await parts.accept(at(20, 'RESOLVED'))).group);
  expect(await counted()).toEqual({});
});

test('what an observing replica held back after a live one had started is opened within a minute', async () => {
  const site = await openSite();
  const live = await site.start({ mode: 'live' });
  await live.start();
  const observing = await site.start({ mode: 'observe' });
  const finding = findingOf(externalEvent());
  // The replica that observes takes the group first.
  await observing.accept(finding);
  await observing.reconcile((await observing.record(finding.key))?.group ?? '');
  expect((await live.record(finding.key))?.mapping.state).toBe('observed');
  site.clock.forward(61_000);
  await until(() => site.created() === 1, 'the issue is opened');
});
