import { expect, test } from 'vitest';
import { GROUPS, overLimitTerm } from '../../../src/pipeline/records/group-collections.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { until } from '../../support/until.ts';
import { bucket, HOUR_MS, lastSwept, openSwept, type SweptSite } from './swept-site.ts';

const SENDING = { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };

/** What makes a bucket as severe as that. */
const ACCESS = {
  critical: { isPublic: true, principal: { AWS: '*' }, action: ['s3:PutBucketPolicy'] },
  high: { isPublic: true, principal: { AWS: '*' }, action: ['s3:GetObject'] },
  medium: { isPublic: false, principal: { AWS: '999988887777' }, action: ['s3:GetObject'] },
} as const;

const OTHER_ACCOUNT = '555566667777';

/** How many findings were there before. `npm run soak` plays it with more of them. */
const OLD = Number(process.env['OLD_FINDINGS'] ?? 300);
const [CRITICAL, HIGH] = [20, 40];

/** The last 20 are critical, the 40 before them high; every tenth of the others is in another account. */
function old(n: number) {
  const access = n >= OLD - CRITICAL ? ACCESS.critical : n >= OLD - CRITICAL - HIGH ? ACCESS.high : ACCESS.medium;
  return bucket(n, { ...access, ...(access === ACCESS.medium && n % 10 === 0 ? { accountId: OTHER_ACCOUNT } : {}) });
}

/** The numbers of the buckets that have an issue, in the order of their issues. */
function opened({ site }: SweptSite): readonly number[] {
  return site.jira.issues().map(({ summary }) => Number(/bucket-(\d+)/.exec(summary)?.[1]));
}

async function held({ site }: SweptSite, kind: 'backlog' | 'live'): Promise<number> {
  return (await site.store.counts(GROUPS, [overLimitTerm(kind)]))[0] ?? 0;
}

const live = (parts: ServiceParts, n: number, access: keyof typeof ACCESS) => parts.accept(findingOf(bucket(n, ACCESS[access])));

test(
  'an empty store in front of old findings: 50 an hour, the most severe first; live public buckets at once',
  { timeout: 600_000 },
  async () => {
    const all = await openSwept();
    for (const n of range(OLD)) all.aws.follow(old(n));
    const parts = await all.start({ rules: rulesOf([SENDING], {}), working: true, indexLagMs: 0 });
    const heldAre = (count: number, what: string) => until(async () => (await held(all, 'backlog')) === count, what, 60_000);
    const openAre = (count: number, what: string) => until(() => opened(all).length === count, what, 60_000);
    await until(async () => (await lastSwept(all.site)) !== null, 'the sweep has ended', 300_000);
    await openAre(50, 'fifty are open');
    await heldAre(OLD - 50, 'the rest is held');
    const [firstHigh, firstCritical] = [OLD - CRITICAL - HIGH, OLD - CRITICAL];
    expect(opened(all).toSorted((a, b) => a - b)).toEqual([...range(firstHigh + 30).slice(firstHigh), ...range(OLD).slice(firstCritical)]);

    // A public bucket that arises meanwhile is open at once, ahead of all that wait.
    await live(parts, OLD, 'high');
    await until(() => opened(all).includes(OLD), 'the new public bucket is open');
    expect(await held(all, 'backlog')).toBe(OLD - 50);

    // So is an old one that becomes public, or comes back, while it is held.
    await parts.accept(findingOf(bucket(1, { ...ACCESS.critical, updatedAt: '2026-03-02T10:00:00Z' })));
    await until(() => opened(all).includes(1), 'the bucket that has become public is open');
    const back = firstHigh + 30;
    await parts.accept(findingOf(bucket(back, { ...ACCESS.high, status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' })));
    await heldAre(OLD - 52, 'what is fixed is held no longer');
    await parts.accept(findingOf(bucket(back, { ...ACCESS.high, updatedAt: '2026-03-03T10:00:00Z' })));
    await until(() => opened(all).includes(back), 'the bucket that is public again is open');
    expect([opened(all).length, await held(all, 'backlog')]).toEqual([53, OLD - 52]);

    // The others are released by a filter, or by time.
    const started = await parts.operations.start({
      kind: 'release',
      input: ['state:held', `accountId:${OTHER_ACCOUNT}`],
      startedBy: 'anna',
    });
    expect(started).toMatchObject({ started: true });
    const inOther = range(firstHigh).filter((n) => n % 10 === 0).length;
    await openAre(53 + inOther, 'those of one account are open');
    await heldAre(OLD - 52 - inOther, 'those of one account are held no longer');
    all.site.clock.forward(HOUR_MS + 60_000);
    await openAre(103 + inOther, 'fifty more are open');
    await heldAre(OLD - 102 - inOther, 'fifty more are held no longer');
    for (const n of range(firstCritical).slice(back + 1)) expect(opened(all)).toContain(n);
  },
);

test('300 live events of low severity, then a public bucket: 200 are open, and the bucket at once', { timeout: 120_000 }, async () => {
  const all = await openSwept();
  const parts = await all.start({ rules: rulesOf([SENDING], {}), working: true, indexLagMs: 0, analyzers: null });
  for (const n of range(300)) await live(parts, n, 'medium');
  await until(() => opened(all).length === 200, 'two hundred are open', 60_000);
  await until(async () => (await held(all, 'live')) === 100, 'the others are held', 60_000);
  await live(parts, 1_000, 'high');
  await until(() => opened(all).includes(1_000), 'the public bucket is open');
  expect([opened(all).length, await held(all, 'live')]).toEqual([201, 100]);
});

test('of two that are as severe, the one goes first whose access is older, in whatever order AWS lists them', async () => {
  const all = await openSwept();
  const days = ['03', '01', '04', '02'];
  for (const [n, day] of days.entries()) all.aws.follow(bucket(n, { ...ACCESS.medium, createdAt: `2025-06-${day}T10:00:00Z` }));
  const parts = await all.start({ rules: rulesOf([SENDING], { limits: { backlogPerHour: 2 } }), working: true, indexLagMs: 0 });
  await until(async () => opened(all).length === 2 && (await held(all, 'backlog')) === 2, 'two are open');
  expect(opened(all).toSorted((a, b) => a - b)).toEqual([1, 3]);
  expect(parts.serviceEvents.filter(({ what }) => what === 'openings-held')).toHaveLength(1);
});

test('a finding that a sweep knew as ended arises with the event that says so, and joins no queue of old ones', async () => {
  const all = await openSwept();
  for (const n of range(3)) all.aws.follow(bucket(n, { ...ACCESS.medium, status: n === 0 ? 'RESOLVED' : 'ACTIVE' }));
  const parts = await all.start({ rules: rulesOf([SENDING], { limits: { backlogPerHour: 1 } }), working: true, indexLagMs: 0 });
  await until(async () => (await held(all, 'backlog')) === 1 && opened(all).length === 1, 'one waits');
  const again = bucket(0, { ...ACCESS.medium, updatedAt: '2026-03-02T10:00:00Z' });
  await parts.accept(findingOf(again));
  await until(() => opened(all).includes(0), 'it is open');
  expect(await held(all, 'backlog')).toBe(1);
});
