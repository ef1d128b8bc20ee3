import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { parseFinding } from '../../../src/findings/parse-finding.ts';
import { DAY_MS } from '../../../src/issues/due-date.ts';
import { newGroup, type GroupRecord } from '../../../src/issues/group-record.ts';
import type { OwnIssue } from '../../../src/issues/own-issue.ts';
import { MAX_WRITES, put, type Store } from '../../../src/pipeline/ports/store.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { createReports } from '../../../src/pipeline/reports/create-reports.ts';
import { readReport, type Report } from '../../../src/pipeline/reports/read-report.ts';
import { createYielder } from '../../../src/pipeline/rulebook/yielder.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingRecord, keepFindings } from '../../support/findings/finding-records.ts';
import { onBothStores } from '../../support/service/on-both-stores.ts';
import { rulesOf } from '../../support/findings/parsed.ts';
import { testClock, type ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const RULES = rulesOf([
  {
    id: 'all',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    groupBy: 'resource',
    issue: { project: 'SEC', issueType: 'Task', dueInDays: 7 },
  },
]);
const clock = testClock();
const yielder = createYielder(clock);

function seen(site: Site, n: number, status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED', detail: object = {}): Finding {
  const at = new Date(site.clock.now()).toISOString();
  const own = {
    id: `f-${n}`,
    resource: `arn:aws:s3:::bucket-${n}`,
    accountId: `${n % 2}`.repeat(12),
    status,
    createdAt: at,
    updatedAt: at,
  };
  const parsed = parseFinding(externalEvent({ time: at, detail: { ...own, ...detail } }), site.clock.now());
  if (!parsed.ok) throw new Error(`${parsed.path}: ${parsed.message}`);
  return parsed.finding;
}

async function report(parts: ServiceParts, ...findings: readonly Finding[]): Promise<void> {
  for (const finding of findings) await parts.reconcile((await parts.accept(finding)).group);
}

onBothStores('a report', (storeOf) => {
  test('counts each issue once, and as fixed only what AWS says is resolved', async () => {
    const site = await openSite();
    const store = await storeOf(site);
    const parts = await site.start({ store, indexLagMs: 0, rules: RULES });
    await until(async () => (await parts.trust.advance(), parts.trust.isTrusted()), 'the store is trusted');
    const from = await store.now();
    const read = async (): Promise<Report> => readReport(store, yielder, { from, to: (await store.now()) + 1 });
    // Issue 0 has two findings; 1 is archived, 2 is deleted in AWS, 3 is closed by a person, 4 stays open.
    await report(parts, ...[0, 1, 2, 3, 4].map((n) => seen(site, n, 'ACTIVE')), seen(site, 0, 'ACTIVE', { id: 'f-0b' }));
    expect((await read()).total).toMatchObject({ fixed: 0, timeToFix: null, open: 5, overdue: 0, age: { of: 5, longest: 0 } });

    site.clock.forward(3 * DAY_MS);
    await report(parts, seen(site, 0, 'RESOLVED'), seen(site, 0, 'RESOLVED', { id: 'f-0b' }));
    await report(parts, seen(site, 1, 'ARCHIVED'), seen(site, 2, 'ACTIVE', { isDeleted: true }));
    site.jira.person.transition('SEC-4', 'Done');
    site.clock.forward(7 * DAY_MS);
    await parts.sweep.run();
    await report(parts, seen(site, 3, 'ACTIVE'));

    const after = await read();
    const days = (n: number) => ({ of: 1, median: n * DAY_MS, p90: n * DAY_MS, longest: n * DAY_MS });
    expect(after.total).toEqual({ fixed: 1, timeToFix: days(3), open: 1, overdue: 1, age: days(10) });
    expect(after.by.accountId).toEqual({
      items: [{ value: '000000000000', ...after.total }],
      others: null,
    });
    expect(after.by.owner.items).toMatchObject([{ value: null, fixed: 1, open: 1 }]);
    expect(after.by.severity.items).toMatchObject([{ value: 'high', fixed: 1 }]);
    expect(after.by.projectKey.items).toMatchObject([{ value: 'SEC', fixed: 1 }]);

    // Outside of the range, a fix does not count.
    expect((await readReport(store, yielder, { from: from + 5 * DAY_MS, to: await store.now() })).total).toMatchObject({
      fixed: 0,
      open: 1,
    });
    // Open again: it is no fix any more.
    await report(parts, seen(site, 0, 'ACTIVE'));
    expect((await read()).total).toMatchObject({ fixed: 0, open: 2, overdue: 2 });
  });
});

const TO = Date.parse('2025-06-01T00:00:00Z');

/** A group with an issue that was fixed `n` hours after its opening, in one of several months; every third has no finding that is known. */
function fixedGroup(n: number): GroupRecord {
  const closedAt = TO - (n % 80) * DAY_MS - 1;
  const issue: OwnIssue = {
    id: `${n}`,
    key: `SEC-${n}`,
    projectKey: n % 2 === 0 ? 'SEC' : 'PLAT',
    issueType: 'Task',
    ruleId: 'all',
    lastApplied: 'closed',
    closedBecause: 'resolved',
    status: null,
    openedAt: closedAt - n * 3_600_000,
    closedAt,
  };
  return {
    ...newGroup(`g-${n}`, n % 3 === 0 ? ['#short'] : ['#short', findingRecord({ detail: { id: `f-${n}` } }).finding.key], 1),
    issue,
  };
}

async function storeWithGroups(count: number): Promise<Store> {
  const { store } = await openSite();
  const groups = Array.from({ length: count }, (_, n) => fixedGroup(n));
  await keepFindings(
    store,
    groups.map((group, n) => findingRecord({ detail: { id: `f-${n}` } }, { group: group.group })),
  );
  for (let at = 0; at < groups.length; at += MAX_WRITES)
    await store.commit(groups.slice(at, at + MAX_WRITES).map((group) => put(GROUPS, group.group, null, group)));
  return store;
}

test('a report over many pages and months counts every issue once, those without a known finding as unknown', async () => {
  const store = await storeWithGroups(501);
  const { total, by } = await readReport(store, yielder, { from: TO - 90 * DAY_MS, to: TO });
  expect(total).toMatchObject({ fixed: 501, open: 0, timeToFix: { of: 501, median: 250 * 3_600_000, p90: 450 * 3_600_000 } });
  expect(by.severity.items.map(({ value, fixed }) => [value, fixed])).toEqual([
    ['high', 334],
    [null, 167],
  ]);
  const part = await readReport(store, yielder, { from: TO - 10 * DAY_MS, to: TO - 5 * DAY_MS });
  expect(part.total.fixed).toBe(Array.from({ length: 501 }, (_, n) => n % 80).filter((day) => day >= 5 && day < 10).length);
  expect((await readReport(store, yielder, { from: 0, to: TO + 9_000 * DAY_MS })).total.fixed).toBe(501);
});

describe('reports', () => {
  /** A store whose pages wait for `release`, and the number of reports that were read. */
  async function slow() {
    const store = await storeWithGroups(3);
    let [release, began] = [() => {}, 0];
    const released = new Promise<void>((resolve) => (release = resolve));
    const slowStore: Store = {
      ...store,
      page: async (from, query) => {
        if (query.terms[0] === 'issue:open') began += 1;
        await released;
        return store.page(from, query);
      },
    };
    const time = { ms: 0 };
    const reports = createReports({ store: slowStore, yielder, clock: { monotonic: () => time.ms } });
    const ask = async (from: number | null): Promise<Report> => {
      const reading = reports.read(from, TO);
      if (reading === null) throw new Error('too many are being read');
      return reading;
    };
    return { ask, release, time, began: () => began };
  }

  test('are read once for all who ask within a minute, one after the other', async () => {
    const { ask, release, time, began } = await slow();
    const all = [ask(null), ask(null), ask(0)];
    await until(() => began() === 1, 'the first is being read');
    release();
    const [one, same, other] = await Promise.all(all);
    expect([one === same, one?.total.fixed, other?.from]).toEqual([true, 3, 0]);
    expect([one?.from, one?.to]).toEqual([TO - 90 * DAY_MS, TO]);
    expect(began()).toBe(2);
    time.ms = 59_999;
    expect(await ask(null)).toBe(one);
    time.ms = 60_001;
    expect(await ask(null)).not.toBe(one);
    expect(began()).toBe(3);
  });

  test('that are being read are bounded, and kept ones give way', async () => {
    const { ask, release } = await slow();
    const all = Array.from({ length: 20 }, (_, n) => ask(n));
    await expect(ask(99)).rejects.toThrow('too many');
    all.push(ask(5));
    release();
    const reports = await Promise.all(all);
    expect(reports[5]).toBe(reports[20]);
    expect((await ask(99)).from).toBe(99);
  });

  test('that could not be read are read again', async () => {
    const store = await storeWithGroups(3);
    let isAway = true;
    const flaky: Store = {
      ...store,
      now: async () => {
        if (isAway) throw new Error('the store is away');
        return store.now();
      },
    };
    const reports = createReports({ store: flaky, yielder, clock });
    await expect(reports.read(null, TO)).rejects.toThrow('away');
    isAway = false;
    expect((await reports.read(null, TO))?.total.fixed).toBe(3);
  });
});
