import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { parseFinding } from '../../../src/findings/parse-finding.ts';
import type { Store } from '../../../src/pipeline/ports/store.ts';
import { auditWrite } from '../../../src/pipeline/records/audit.ts';
import { AUDIT } from '../../../src/pipeline/records/admin-collections.ts';
import { DETAILS } from '../../../src/pipeline/records/details-collections.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { redisServerPath, startRedis, type RedisServer } from '../../support/servers/redis-server.ts';
import { Killed, mortal } from '../../support/service/kill.ts';
import { findingOf, groupedBy, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const DAY_MS = 86_400_000;

/** A finding whose times follow the site's clock, as those of AWS do. */
function seen(site: Site, n: number, status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED', detail: object = {}): Finding {
  const at = new Date(site.clock.now()).toISOString();
  const own = { id: `f-${n}`, resource: `arn:aws:s3:::bucket-${n}`, status, createdAt: at, updatedAt: at, ...detail };
  const parsed = parseFinding(externalEvent({ time: at, detail: own }), site.clock.now());
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

async function report(parts: ServiceParts, ...findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await parts.reconcile((await parts.accept(finding)).group);
}

/** Runs the retention until its round has ended. */
async function round(parts: ServiceParts): Promise<void> {
  await until(async () => (await parts.retention.advance()) !== 'page-done', 'the round has ended');
}

/** A store whose clock is the site's. */
function onSiteClock(site: Site, store: Store): Store {
  return { ...store, now: async () => (await store.now()) + site.clock.now() - Date.now() };
}

async function opened(
  site: Site,
  store: Store,
  count: number,
): Promise<{ readonly parts: ServiceParts; readonly first: readonly Finding[] }> {
  const parts = await site.start({ store, indexLagMs: 0 });
  await until(async () => (await parts.trust.advance(), parts.trust.isTrusted()), 'the store is trusted');
  const first = Array.from({ length: count }, (_, n) => seen(site, n, 'ACTIVE'));
  await report(parts, ...first);
  site.clock.forward(60_000);
  await report(parts, ...first.map((_, n) => seen(site, n, 'RESOLVED')));
  return { parts, first };
}

function suite(name: string, missing: boolean, storeOf: (site: Site) => Promise<Store>): void {
  describe.skipIf(missing)(`findings that ended long ago, store: ${name}`, () => {
    test('shrink, and still keep each issue the only one of its finding', async () => {
      const site = await openSite();
      const store = await storeOf(site);
      const { parts, first } = await opened(site, store, 30);
      const keys = first.map(({ key }) => key);
      const before = await store.read(FINDINGS, keys);
      site.clock.forward(399 * DAY_MS);
      await round(parts);
      expect(await store.read(FINDINGS, keys)).toEqual(before);

      site.clock.forward(2 * DAY_MS);
      await round(parts);
      const shrunk = await store.read(FINDINGS, keys);
      for (const [n, stored] of shrunk.entries()) {
        const was = before[n]?.doc;
        expect(stored?.doc.finding).toMatchObject({
          shrunk: true,
          findingId: `f-${n}`,
          status: 'RESOLVED',
          principals: [],
          actions: [],
          conditions: [],
        });
        expect(stored?.doc.finding.event.detail['principal']).toBeUndefined();
        expect(stored?.doc).toMatchObject({ mapping: was?.mapping, decision: was?.decision, severity: was?.severity, group: was?.group });
        expect(stored?.doc.history.map(({ what, issueKey }) => [what, issueKey])).toEqual([['shrunk', was?.mapping.issue?.key]]);
      }
      expect(parts.serviceEvents.filter(({ what }) => what === 'old-data-shrunk')).toEqual([
        { what: 'old-data-shrunk', findings: 30, auditEntries: 0 },
      ]);
    });

    test('are recognised in old and repeated observations, which change nothing', async () => {
      const site = await openSite();
      const store = await storeOf(site);
      const { parts, first } = await opened(site, store, 3);
      const keys = first.map(({ key }) => key);
      const before = await store.read(FINDINGS, keys);
      site.clock.forward(401 * DAY_MS);
      await round(parts);
      const shrunk = await store.read(FINDINGS, keys);
      for (const [n, finding] of first.entries()) {
        expect((await parts.accept(finding)).because).toBe('older');
        expect((await parts.accept(before[n]?.doc.finding ?? finding)).because).toBe('same');
      }
      expect((await store.read(FINDINGS, keys)).map((stored) => stored?.version)).toEqual(shrunk.map((stored) => stored?.version));
    });

    test('get their own issue again when they come back', async () => {
      const site = await openSite();
      const store = await storeOf(site);
      const { parts, first } = await opened(site, store, 9);
      const keys = first.map(({ key }) => key);
      const before = await store.read(FINDINGS, keys);
      site.clock.forward(401 * DAY_MS);
      await round(parts);
      await report(parts, seen(site, 7, 'ACTIVE'));
      expect((await parts.record(keys[7] ?? ''))?.mapping).toMatchObject({
        state: 'open',
        issue: { key: before[7]?.doc.mapping.issue?.key },
      });
      await parts.sweep.run();
      expect(site.created()).toBe(9);
      expect(
        site.jira
          .issues()
          .filter(({ status }) => status === 'To Do')
          .map(({ key }) => key),
      ).toEqual([before[7]?.doc.mapping.issue?.key]);
    });

    test('leave no audit entry and no question to AWS behind', async () => {
      const site = await openSite();
      const store = await storeOf(site);
      const { parts, first } = await opened(site, store, 1);
      const [key = ''] = first.map((finding) => finding.key);
      const wanted = { version: 'v', state: 'missing', missing: null, attempts: 1, reads: 0, dueAt: null, firstWantedAt: 0 } as const;
      const audit = async (): Promise<number> => (await store.counts(AUDIT, ['']))[0] ?? 0;
      const change = { action: 'rules.saved', target: 'rules', before: null, after: null };
      const entry = async () => auditWrite({ actor: 'anna', path: '/', requestId: 'one' }, change, await store.now());
      await store.commit([{ ...entryOf(DETAILS.name, key, wanted) }]);
      for (let n = 0; n < 120; n += 1) await store.commit([await entry()]);
      site.clock.forward(401 * DAY_MS);
      await store.commit([await entry()]);
      await round(parts);
      expect(await audit()).toBe(1);
      expect(await store.read(DETAILS, [key])).toEqual([null]);
      expect(parts.serviceEvents.filter(({ what }) => what === 'old-data-shrunk')).toMatchObject([{ findings: 1, auditEntries: 120 }]);
    });
  });
}

function entryOf(collection: string, id: string, doc: object) {
  return { collection, id, expected: null, becomes: { json: JSON.stringify(doc), terms: [], at: 0, due: null } };
}

suite('embedded', false, async (site) => site.store);

let redis: RedisServer;
const noRedis = redisServerPath() === null;
beforeAll(async () => {
  if (!noRedis) redis = await startRedis();
});
afterAll(() => redis?.remove());
suite('redis', noRedis, async (site) => {
  const store = await openRedisStore({ url: redis.url, installation: randomUUID() });
  onTestFinished(() => store.close());
  return onSiteClock(site, store);
});

describe('a finding keeps its content', () => {
  const grouped = groupedBy('resource');
  const isShrunk = async (parts: ServiceParts, { key }: Finding) => (await parts.record(key))?.finding.shrunk === true;
  const same = { resource: 'arn:aws:s3:::shared' };

  test('while another finding of its issue is active, and loses it once all of them ended long ago', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: grouped });
    const [one, two] = [seen(site, 1, 'ACTIVE', same), seen(site, 2, 'ACTIVE', same)];
    await report(parts, one, two);
    site.clock.forward(60_000);
    await report(parts, seen(site, 1, 'RESOLVED', same));
    site.clock.forward(500 * DAY_MS);
    await round(parts);
    expect(await isShrunk(parts, one)).toBe(false);
    await report(parts, seen(site, 2, 'RESOLVED', same));
    site.clock.forward(2 * DAY_MS);
    await round(parts);
    expect([await isShrunk(parts, one), await isShrunk(parts, two)]).toEqual([false, false]);
    site.clock.forward(401 * DAY_MS);
    await round(parts);
    expect([await isShrunk(parts, one), await isShrunk(parts, two)]).toEqual([true, true]);
    // The issue is updated from what is left of the other one.
    await report(parts, seen(site, 2, 'ACTIVE', same));
    expect(site.jira.issues()).toMatchObject([{ status: 'To Do' }]);
    expect((await parts.record(one.key))?.mapping).toMatchObject({ state: 'open', because: 'already-open' });
  });

  test('while its issue could not be closed', async () => {
    const site = await openSite();
    const parts = await site.start();
    const one = seen(site, 1, 'ACTIVE');
    await report(parts, one);
    site.clock.forward(60_000);
    site.jira.faults.next.push({ on: 'POST /issue/*/transitions', fault: 'status', status: 403, body: { errorMessages: ['No.'] } });
    await report(parts, seen(site, 1, 'RESOLVED'));
    site.clock.forward(401 * DAY_MS);
    await round(parts);
    expect(await isShrunk(parts, one)).toBe(false);
  });

  test('while it is active, however old', async () => {
    const site = await openSite();
    const parts = await site.start();
    const one = seen(site, 1, 'ACTIVE');
    await report(parts, one);
    site.clock.forward(1_000 * DAY_MS);
    await round(parts);
    expect(await isShrunk(parts, one)).toBe(false);
  });

  test('while the time is not over; a change of the rules is no news of it, and leaves a shrunk one as it is', async () => {
    const site = await openSite();
    const parts = await site.start();
    const one = seen(site, 1, 'ACTIVE');
    await report(parts, one);
    site.clock.forward(60_000);
    await report(parts, seen(site, 1, 'RESOLVED'));
    site.clock.forward(200 * DAY_MS);
    const routed = (project: string) => [
      {
        id: `to-${project.toLowerCase()}`,
        match: { detail: { principal: { AWS: [{ exists: true }] } } },
        action: 'issue',
        issue: { project, issueType: 'Task' },
      },
    ];
    expect(await changeRules(parts, routed('PLAT'))).toEqual({ changed: 1 });
    await parts.reconcile((await parts.record(one.key))?.group ?? '');
    site.clock.forward(201 * DAY_MS);
    await round(parts);
    const before = await parts.record(one.key);
    expect(before).toMatchObject({ finding: { shrunk: true }, decision: { ruleId: 'to-plat' } });
    expect(await changeRules(parts, routed('SEC'))).toEqual({ changed: 0 });
    await parts.reconcileNow(before?.group ?? '', 'anna', () => []);
    await parts.reconcile(before?.group ?? '');
    expect(await parts.record(one.key)).toMatchObject({ decision: before?.decision, mapping: { state: 'closed' } });
  });
});

test('a shrunk finding that never had an issue stays in its group, and gets its first issue when it comes back', async () => {
  const site = await openSite();
  const rules = rulesOf([
    {
      id: 'all',
      match: { source: ['aws.access-analyzer'] },
      action: 'issue',
      groupBy: 'access',
      issue: { project: 'SEC', issueType: 'Task' },
    },
  ]);
  const parts = await site.start({ rules });
  const old = seen(site, 1, 'ACTIVE');
  site.clock.forward(60_000);
  await report(parts, seen(site, 1, 'RESOLVED'));
  site.clock.forward(401 * DAY_MS);
  await round(parts);
  const before = await parts.record(old.key);
  expect(before).toMatchObject({ finding: { shrunk: true }, mapping: { state: 'closed', issue: null } });
  await report(parts, old);
  await parts.reconcileNow(before?.group ?? '', 'anna', () => []);
  await parts.reconcile(before?.group ?? '');
  expect(await parts.record(old.key)).toMatchObject({ group: before?.group, mapping: before?.mapping, decision: before?.decision });
  await report(parts, seen(site, 1, 'ACTIVE'), old);
  expect(site.jira.issues()).toMatchObject([{ status: 'To Do' }]);
});

test('the ticker does it by itself', async () => {
  const site = await openSite();
  const { parts, first } = await opened(site, site.store, 3);
  await parts.start();
  const [key = ''] = first.map((finding) => finding.key);
  site.clock.forward(401 * DAY_MS);
  await until(async () => (await parts.record(key))?.finding.shrunk === true, 'it is shrunk');
  const late = seen(site, 9, 'ACTIVE');
  await parts.accept(late);
  await until(async () => (await parts.record(late.key))?.mapping.state === 'open', 'the service works on');
});

test('a bare detail, which names no analyzer, finds the shrunk finding as well', async () => {
  const site = await openSite();
  const { parts, first } = await opened(site, site.store, 1);
  site.clock.forward(401 * DAY_MS);
  await round(parts);
  const [finding] = first;
  if (finding === undefined) throw new Error('there is one');
  const bare = findingOf({ ...finding.event, resources: ['unknown'] });
  const accepted = await parts.accept(bare);
  expect(accepted).toMatchObject({ because: 'older', group: (await parts.record(finding.key))?.group });
  expect(site.created()).toBe(1);
});

test('a shrunk finding that was known without its analyzer is recognised by an event with it, old or new', async () => {
  const site = await openSite();
  const parts = await site.start({
    rules: rulesOf([
      { id: 'public', match: { detail: { principal: { AWS: ['*'] } } }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } },
    ]),
  });
  const bare = (status: 'ACTIVE' | 'RESOLVED') => findingOf({ ...seen(site, 1, status).event, resources: ['unknown'] });
  const named = seen(site, 1, 'ACTIVE');
  await report(parts, bare('ACTIVE'));
  site.clock.forward(60_000);
  await report(parts, bare('RESOLVED'));
  site.clock.forward(401 * DAY_MS);
  await round(parts);
  await report(parts, named);
  const mapping = { state: 'closed', issue: { key: 'SEC-1' } };
  const kept = { decision: { ruleId: 'public' }, severity: 'high', mapping };
  expect(await parts.record(named.key)).toMatchObject({ finding: { shrunk: true, status: 'RESOLVED' }, ...kept });
  await report(parts, seen(site, 1, 'ACTIVE'));
  expect((await parts.record(named.key))?.finding.principals).not.toEqual([]);
  expect(site.jira.issues()).toMatchObject([{ status: 'To Do' }]);
});

test('issues of shrunk findings are read back into an empty store, as those of others are', async () => {
  const site = await openSite();
  const { parts, first } = await opened(site, site.store, 3);
  site.clock.forward(401 * DAY_MS);
  await round(parts);
  await parts.stop();
  const store = site.emptyStore();
  const next = await site.start({ store, indexLagMs: 0 });
  await until(async () => (await next.trust.advance(), next.trust.isTrusted()), 'the store is trusted');
  await report(next, ...first.map((_, n) => seen(site, n, 'ACTIVE')));
  expect(site.created()).toBe(3);
  expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do', 'To Do']);
});

test.each(['before', 'after'] as const)('a process that dies %s any of its writes loses nothing', async (when) => {
  for (let commits = 1; ; commits += 1) {
    const site = await openSite();
    const { parts, first } = await opened(site, site.store, 3);
    await parts.stop();
    const { store, dieAt, isDead } = mortal(site.store);
    const dying = await site.start({ store });
    site.clock.forward(401 * DAY_MS);
    dieAt(commits, when);
    const error: unknown = await round(dying).catch((thrown: unknown) => thrown);
    expect(error instanceof Killed).toBe(isDead());
    const next = await site.start();
    site.clock.forward(61_000);
    await round(next);
    const records = await site.store.read(
      FINDINGS,
      first.map(({ key }) => key),
    );
    expect(records.map((stored) => stored?.doc.finding.shrunk)).toEqual([true, true, true]);
    await report(next, ...first.map((_, n) => seen(site, n, 'ACTIVE')));
    expect(site.created()).toBe(3);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do', 'To Do']);
    if (!isDead()) break;
  }
});
