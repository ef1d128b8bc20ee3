import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createLearnRate } from '../../../src/jira/rate/learn-rate.ts';
import type { RateGovernor } from '../../../src/jira/rate/rate-governor.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { createRateLease } from '../../../src/pipeline/runtime/create-rate-lease.ts';
import { parseDocument } from '../../../src/store/parse-document.ts';
import { seededRandom } from '../../../src/sandbox/samples/seeded-random.ts';
import { answered, ask, COMMENT, CREATE, governor, of, pass, refused } from '../../support/jira/rate-governor.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';

// Time passes only when a test advances it.
beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

/** A site that refuses every call above its limit in any second, and announces nothing. */
function createSite(limit: number) {
  const went: number[] = [];
  let refusals = 0;
  const site = {
    limit,
    went,
    refusals: () => refusals,
    takes(): boolean {
      const now = performance.now();
      const takes = (went.at(-site.limit) ?? -Infinity) <= now - 1_000;
      if (takes) went.push(now);
      else refusals += 1;
      return takes;
    },
  };
  return site;
}

const sleep = (ms: number): Promise<unknown> => new Promise((resolve) => setTimeout(resolve, ms));

/** Creates one issue after the other, as a worker of the service does. */
async function create(from: RateGovernor, site: ReturnType<typeof createSite>, latencyMs: () => number): Promise<void> {
  for (;;) {
    const permit = await from.permit('create');
    if (!permit.granted) {
      await sleep(permit.afterMs);
      continue;
    }
    if ((await from.blockedForMs(CREATE)) === 0) {
      await sleep(latencyMs());
      const takes = site.takes();
      await sleep(latencyMs());
      from.heard(takes ? answered(201) : refused('jira-burst-based', 1), CREATE);
    }
    permit.release();
  }
}

/** A store for one document. */
function storeOfOne(): Store {
  let [json, version]: [string | null, number] = [null, 0];
  const never = (): never => {
    throw new Error('A lease does not ask that');
  };
  return {
    async read(from) {
      const parsed = parseDocument(from, json);
      return ['doc' in parsed ? { id: 'jira', doc: parsed.doc, version: String(version) } : null];
    },
    async commit([write]) {
      if (write === undefined || write.expected !== (json === null ? null : String(version)))
        return { ok: false, because: 'conflict', id: 'jira' };
      [json, version] = [write.becomes?.json ?? null, version + 1];
      return { ok: true, versions: [String(version)] };
    },
    now: async () => Date.now(),
    page: never,
    due: never,
    counts: never,
    identity: never,
    close: never,
  };
}

test.each([
  [1, 100],
  [2, null],
])('%i replicas with the ceiling %s find an unknown limit of 20 a second with 2,000 calls', async (replicas, ceiling) => {
  const [limit, store, site, random] = [20, storeOfOne(), createSite(20), seededRandom(1)];
  for (let n = 0; n < replicas; n += 1) {
    const lease = createRateLease({ store, learn: createLearnRate(ceiling), replica: String(n), clock: systemClock });
    const from = governor(ceiling, 8, lease);
    for (let worker = 0; worker < 20; worker += 1) void create(from, site, () => 5 + 20 * random());
  }
  while (site.went.length < 2_000) await pass(1_000);
  const seconds = ((site.went[1_999] ?? NaN) - (site.went[0] ?? NaN)) / 1_000;
  expect((seconds * limit) / 2_000).toBeLessThan(1.15);
  expect(site.refusals() / 2_000).toBeLessThan(0.03);
});

test('a limit that has risen is found as well', async () => {
  const [from, site] = [governor(null, 8), createSite(5)];
  for (let n = 0; n < 40; n += 1) void create(from, site, () => 10);
  await pass(60_000);
  expect(from.state().callsPerSecond.of).toBeLessThan(6);
  site.limit = 30;
  await pass(120_000);
  expect(from.state().callsPerSecond.of).toBeGreaterThan(25);
});

test('only refusals for the rate of calls lower it; announcements count for ten minutes', async () => {
  const from = governor(null, 100);
  const rateAfter = async (...heard: Parameters<RateGovernor['heard']>): Promise<number> => {
    from.heard(...heard);
    await pass(3_000);
    ask(from, 'read');
    await pass(0);
    return from.state().callsPerSecond.of;
  };
  expect(await rateAfter(refused('jira-per-issue-on-write', 1), COMMENT)).toBe(10);
  expect(await rateAfter(refused('jira-quota-tenant-based', 1), COMMENT)).toBe(10);
  expect(await rateAfter(refused('jira-burst-based', 1), of('GET', 'user/assignable/search'))).toBe(10);
  expect(await rateAfter(answered(200, { 'x-ratelimit-limit': '4' }), of('GET', 'user/assignable/search'))).toBe(10);
  expect(await rateAfter(answered(200, { 'x-ratelimit-limit': '65000' }), COMMENT)).toBe(10);
  expect(await rateAfter(answered(200, { 'x-ratelimit-limit': 'many' }), COMMENT)).toBe(10);
  expect(await rateAfter(answered(429), COMMENT)).toBe(5);
  expect(await rateAfter(answered(200, { 'x-ratelimit-limit': '8' }), CREATE)).toBe(4);
  expect(await rateAfter(answered(200, { 'x-ratelimit-limit': '400' }), COMMENT)).toBe(4);
  expect(from.state().callsPerSecond).toMatchObject({ ceiling: null, because: 'announced' });
  await pass(600_000);
  expect(await rateAfter(answered(200), COMMENT)).toBe(10);
  expect(from.state().callsPerSecond.because).not.toBe('announced');
});
