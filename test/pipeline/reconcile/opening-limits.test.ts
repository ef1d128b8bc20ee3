import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { JsonObject } from '../../../src/findings/json.ts';
import type { Severity } from '../../../src/findings/severity.ts';
import { reportOpenings } from '../../../src/pipeline/openings/report-openings.ts';
import { openRedisStore } from '../../../src/store/redis-store.ts';
import { eventOfManyObjects, MANY_ALTERNATIVES } from '../../support/findings/costly-events.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { redisServerPath, startRedis, type RedisServer } from '../../support/servers/redis-server.ts';
import { saveRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const HOUR = 60 * 60_000;
const MATCH = { source: ['aws.access-analyzer'] };
const IGNORING = { id: 'all', match: MATCH, action: 'ignore' };
const SENDING = { id: 'all', match: MATCH, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };

/** What makes the finding of a public or shared bucket as severe as that. */
const ACCESS: Readonly<Record<Exclude<Severity, 'low'>, JsonObject>> = {
  critical: { isPublic: true, principal: { AWS: '*' }, action: ['s3:PutBucketPolicy'] },
  high: { isPublic: true, principal: { AWS: '*' }, action: ['s3:GetObject'] },
  medium: { isPublic: false, principal: { AWS: '999988887777' }, action: ['s3:GetObject'] },
};

function finding(n: number, severity: keyof typeof ACCESS, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE') {
  const updatedAt = status === 'ACTIVE' ? '2026-03-01T10:00:00Z' : '2026-03-01T11:00:00Z';
  return findingOf(
    externalEvent({ detail: { id: `f-${n}`, resource: `arn:aws:s3:::bucket-${n}`, status, updatedAt, ...ACCESS[severity] } }),
  );
}

/** Limits as the rules file has them; the default ones where it has none. */
const limited = (rule: object, besides: Readonly<Record<string, unknown>> = {}) => rulesOf([rule], besides);

async function startLimited(
  site: Site,
  rules: ServicePartsOptions['rules'],
  more: Partial<ServicePartsOptions> = {},
): Promise<ServiceParts> {
  return site.start({ working: true, indexLagMs: 0, ...(rules === undefined ? {} : { rules }), ...more });
}

async function statesOf(parts: ServiceParts, ns: readonly number[]): Promise<Readonly<Record<string, number>>> {
  const counts: Record<string, number> = {};
  for (const n of ns) {
    const mapping = (await parts.record(finding(n, 'medium').key))?.mapping;
    const name = mapping?.state === 'held' ? `held: ${mapping.because}` : (mapping?.state ?? 'unknown');
    counts[name] = (counts[name] ?? 0) + 1;
  }
  return counts;
}

const floods = ({ serviceEvents }: ServiceParts) =>
  serviceEvents.filter(({ what }) => what === 'openings-held' || what === 'openings-released');

/** Saves rules with the default limits. */
async function saveLimited(parts: ServiceParts, rule: object, besides: Readonly<Record<string, unknown>> = {}): Promise<void> {
  expect(await saveRules(parts, [rule], besides)).toMatchObject({ saved: true });
}

test('a change of the rules that reaches 60 findings opens 50 in the first hour, the most severe first; nothing is dropped', async () => {
  const site = await openSite();
  const parts = await startLimited(site, limited(IGNORING));
  const all = range(60);
  // The last ten are the most severe ones.
  for (const n of all) await parts.accept(finding(n, n >= 50 ? 'critical' : 'medium'));
  await saveLimited(parts, SENDING);
  await until(() => site.created() === 50, 'fifty are open', 60_000);
  await until(async () => (await statesOf(parts, all))['open'] === 50, 'fifty are recorded', 60_000);
  expect(await statesOf(parts, all)).toEqual({ open: 50, 'held: over-limit': 10 });
  expect(await statesOf(parts, range(60).slice(50))).toEqual({ open: 10 });
  expect(await statesOf(parts, range(40))).toEqual({ open: 40 });
  expect(floods(parts)).toMatchObject([{ what: 'openings-held', kind: 'backlog', perHour: 50 }]);
  expect(await reportOpenings(site.store, await parts.rules.current())).toMatchObject([
    { kind: 'backlog', perHour: 50, openedLastHour: 50, held: 10, roomAt: expect.any(String) },
    { kind: 'live', held: 0, openedLastHour: 0, roomAt: null },
  ]);

  // What is public and arrives meanwhile is opened at once.
  await parts.accept(finding(100, 'critical'));
  await until(() => site.created() === 51, 'the new one is open');

  // A restart changes nothing.
  await parts.stop();
  const again = await startLimited(site, undefined);
  await again.reconcile((await again.record(finding(45, 'medium').key))?.group ?? '');
  expect([site.created(), await statesOf(again, all)]).toEqual([51, { open: 50, 'held: over-limit': 10 }]);

  // One that is fixed meanwhile takes no place.
  await again.accept(finding(49, 'medium', 'RESOLVED'));
  site.clock.forward(HOUR + 60_000);
  await until(() => site.created() === 60, 'the rest is open', 60_000);
  await until(async () => (await statesOf(again, all))['open'] === 59, 'the rest is recorded', 60_000);
  await until(() => floods(again).length === 1, 'the end is reported');
  expect([await statesOf(again, all), floods(again)]).toMatchObject([
    { open: 59, closed: 1 },
    [{ what: 'openings-released', kind: 'backlog' }],
  ]);
});

test('more live findings than the limit wait, severe ones never, and an admin lets some go', async () => {
  const site = await openSite();
  const parts = await startLimited(site, limited(SENDING, { limits: { livePerHour: 5 } }));
  for (const n of range(8)) await parts.accept(finding(n, 'medium'));
  await until(async () => (await statesOf(parts, range(8)))['held: over-limit'] === 3, 'three wait');
  for (const n of [20, 21]) await parts.accept(finding(n, n === 20 ? 'critical' : 'high'));
  await until(() => site.created() === 7, 'the severe ones are open');
  const [held] = await heldIn(parts, range(8));
  const started = await parts.operations.start({ kind: 'release', input: ['state:held', `findingId:f-${held}`], startedBy: 'anna' });
  expect(started).toMatchObject({ started: true });
  await until(() => site.created() === 8, 'one more is open');
  await until(async () => (await statesOf(parts, [held ?? -1]))['open'] === 1, 'it is the one that was released');
  // Once the limits are off, nothing is held any more.
  await saveLimited(parts, SENDING, { limits: 'off' });
  await until(() => site.created() === 10, 'all are open');
});

test.each([
  [
    'an admin releases',
    async (parts: ServiceParts) => {
      expect(await parts.operations.start({ kind: 'release', input: ['state:held'], startedBy: 'anna' })).toMatchObject({ started: true });
    },
  ],
  ['no limit applies to any more', (parts: ServiceParts) => saveLimited(parts, SENDING, { limits: 'off' })],
])('a create that %s is not held any more while its outcome is uncertain', async (_, letGo) => {
  const site = await openSite();
  const parts = await startLimited(site, limited(SENDING, { limits: { livePerHour: 1 } }));
  for (const n of [0, 1]) await parts.accept(finding(n, 'medium'));
  await until(async () => (await statesOf(parts, [0, 1]))['held: over-limit'] === 1, 'one waits');
  await until(() => floods(parts).length === 1, 'the flood is reported');
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'reset-before' });
  await letGo(parts);
  await until(async () => (await statesOf(parts, [0, 1]))['uncertain'] === 1, 'its outcome is uncertain');
  await until(() => floods(parts).length === 2, 'nothing is held any more');
  expect(floods(parts)).toMatchObject([{ what: 'openings-held' }, { what: 'openings-released', kind: 'live' }]);
});

test('what waits for something else by now is not held by a limit', async () => {
  const site = await openSite();
  const limits = { livePerHour: 1 };
  const parts = await startLimited(site, limited(SENDING, { limits }));
  await parts.accept(finding(0, 'medium'));
  await until(() => site.created() === 1, 'one is open');
  const waiting = findingOf(eventOfManyObjects(ACCESS.medium));
  const { group } = await parts.accept(waiting);
  await until(async () => (await parts.record(waiting.key))?.mapping.because === 'over-limit', 'the other waits for the limit');
  await until(() => floods(parts).length === 1, 'the flood is reported');
  expect(await saveRules(parts, [{ id: 'costly', match: MANY_ALTERNATIVES, action: 'ignore' }, SENDING], { limits })).toMatchObject({
    saved: true,
  });
  await until(async () => (await parts.group(group))?.failure?.code === 'rule-too-costly', 'no rule decides about it');
  await until(() => floods(parts).length === 2, 'no limit holds it');
  expect([await parts.group(group), floods(parts)]).toMatchObject([
    { requeueAt: { because: 'backoff' } },
    [{ what: 'openings-held' }, { what: 'openings-released', kind: 'live' }],
  ]);
});

test('limits of a project and of a rule hold back their own findings only', async () => {
  const site = await openSite();
  const [sec, plat] = ['SEC', 'PLAT'].map((project) => ({ project, issueType: 'Task' }));
  const rule = (id: string, ns: readonly number[], more: object) => ({
    id,
    match: { detail: { id: ns.map((n) => `f-${n}`) } },
    action: 'issue',
    ...more,
  });
  const rules = rulesOf(
    [
      rule('narrow', range(4), { issue: sec, limits: { livePerHour: 1 } }),
      rule('free', [4, 5, 6, 7], { issue: plat, limits: 'off' }),
      rule('other', [8, 9, 10, 11], { issue: plat }),
    ],
    { limits: { projects: { PLAT: { livePerHour: 2 } } } },
  );
  const parts = await startLimited(site, rules);
  for (const n of range(12)) await parts.accept(finding(n, 'medium'));
  await until(() => site.created() === 7, 'what may be opened is open');
  const states = () => statesOf(parts, range(12));
  await until(async () => (await states())['held: over-limit'] === 5 && (await states())['open'] === 7, 'the rest waits');
  expect(await Promise.all([range(4), [4, 5, 6, 7], [8, 9, 10, 11]].map((ns) => statesOf(parts, ns)))).toEqual([
    { open: 1, 'held: over-limit': 3 },
    { open: 4 },
    { open: 2, 'held: over-limit': 2 },
  ]);
});

test('what a rule only observes is counted, and is backlog once the rule goes live', async () => {
  const site = await openSite();
  const parts = await startLimited(site, limited({ ...SENDING, mode: 'observe' }, { limits: { backlogPerHour: 2 } }));
  for (const n of range(3)) await parts.accept(finding(n, 'critical'));
  await until(async () => (await statesOf(parts, range(3)))['observed'] === 3, 'they are observed');
  const evaluation = await parts.evaluate({ finding: finding(0, 'critical'), rules: await parts.rules.current(), preflight: false });
  expect(evaluation.outcome).toMatchObject({ step: 'nothing', because: 'rule-observes', request: { method: 'POST' } });
  await saveLimited(parts, SENDING, { limits: { backlogPerHour: 2 } });
  await until(() => site.created() === 2, 'two are open');
  await until(async () => (await statesOf(parts, range(3)))['held: over-limit'] === 1, 'one waits');
  // Its issues are left alone while a rule observes.
  await saveLimited(parts, { ...SENDING, mode: 'observe' }, { limits: { backlogPerHour: 2 } });
  const [open] = await openIn(parts, range(3));
  await parts.accept(finding(open ?? -1, 'critical', 'RESOLVED'));
  await until(
    async () => (await parts.record(finding(open ?? -1, 'critical').key))?.mapping.because === 'rule-observes',
    'it is left alone',
  );
  expect(site.jira.history().filter(({ operation }) => operation === 'POST /issue/*/transitions')).toEqual([]);
});

test('evaluating names the limit that would hold a finding back, with the request', async () => {
  const site = await openSite();
  const parts = await site.start({ rules: limited(SENDING, { limits: { livePerHour: 1 } }) });
  const outcome = async () =>
    (await parts.evaluate({ finding: finding(1, 'medium'), rules: await parts.rules.current(), preflight: false })).outcome;
  expect(await outcome()).toMatchObject({ step: 'create', because: 'not-opened-yet' });
  await parts.reconcile((await parts.accept(finding(0, 'medium'))).group);
  expect(await outcome()).toMatchObject({ step: 'nothing', because: 'over-limit', request: { method: 'POST' } });
});

async function heldIn(parts: ServiceParts, ns: readonly number[]): Promise<readonly number[]> {
  return inState(parts, ns, 'held');
}

async function openIn(parts: ServiceParts, ns: readonly number[]): Promise<readonly number[]> {
  return inState(parts, ns, 'open');
}

async function inState(parts: ServiceParts, ns: readonly number[], state: string): Promise<readonly number[]> {
  const records = await Promise.all(ns.map((n) => parts.record(finding(n, 'medium').key)));
  return ns.filter((_, at) => records[at]?.mapping.state === state);
}

describe.skipIf(redisServerPath() === null)('two replicas on Redis', () => {
  let redis: RedisServer;
  beforeAll(async () => {
    redis = await startRedis();
  });
  afterAll(() => redis?.remove());

  test('together open no more than the limit, and report the flood once', async () => {
    const site = await openSite();
    const open = async () => {
      const store = await openRedisStore({ url: redis.url, installation });
      onTestFinished(() => store.close());
      return store;
    };
    const installation = randomUUID();
    const rules = limited(SENDING, { limits: { livePerHour: 7 } });
    const a = await startLimited(site, rules, { store: await open(), owner: 'a', soleOwner: false });
    const b = await startLimited(site, rules, { store: await open(), owner: 'b', soleOwner: false });
    const replicas = [a, b];
    await Promise.all(range(30).map((n) => (n % 2 === 0 ? a : b).accept(finding(n, 'medium'))));
    const states = () => statesOf(a, range(30));
    await until(
      async () => (await states())['held: over-limit'] === 23 && (await states())['open'] === 7,
      'seven are open, the rest waits',
      60_000,
    );
    await until(() => replicas.flatMap(floods).length > 0, 'the flood is reported');
    expect([site.created(), replicas.flatMap(floods).length]).toEqual([7, 1]);
  });
});
