import { expect, test } from 'vitest';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const HOUR_MS = 3_600_000;

async function emit(parts: ServiceParts, n: number, minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE'): Promise<string> {
  const { group } = await parts.accept(findingOf(numberedEvent(n, minute, status)));
  await parts.reconcile(group);
  return group;
}

function refuseNext({ jira }: Site, on: string, reason: string): void {
  const headers = { 'ratelimit-reason': reason, 'retry-after': '3600' };
  jira.faults.next.push({ on, fault: 'status', status: 429, headers });
}

test('a quota that is used up: every step goes back to its record and costs no attempt, and nothing is sent until the quota is reset', async () => {
  const site = await openSite();
  const parts = await site.start();
  const closing = await emit(parts, 0, 1);
  refuseNext(site, 'POST /issue', 'jira-quota-tenant-based');
  const refused = await emit(parts, 1, 1);
  const before = site.jira.history().length;
  const put = [refused, await emit(parts, 2, 1), await emit(parts, 0, 2, 'RESOLVED')];
  expect(site.jira.history()).toHaveLength(before);
  for (const group of put) {
    const record = await parts.group(group);
    expect(record).toMatchObject({ attempts: 0, failure: null, requeueAt: { because: 'rate-limited' } });
    expect((record?.requeueAt?.time ?? 0) - site.clock.now()).toBeGreaterThan(HOUR_MS - 60_000);
  }
  site.clock.forward(HOUR_MS + 1_000);
  for (const group of put) await parts.reconcile(group);
  expect(site.jira.issues()).toHaveLength(3);
  expect(await parts.group(closing)).toMatchObject({ issue: { lastApplied: 'closed' }, requeueAt: null });
});

test('an issue that was written to too often waits alone', async () => {
  const site = await openSite();
  const parts = await site.start();
  const groups = [await emit(parts, 0, 1), await emit(parts, 1, 1)];
  refuseNext(site, 'POST /issue/*/transitions', 'jira-per-issue-on-write');
  await emit(parts, 0, 2, 'RESOLVED');
  await emit(parts, 1, 2, 'RESOLVED');
  await emit(parts, 2, 1);
  expect(await parts.group(groups[0] ?? '')).toMatchObject({
    attempts: 0,
    requeueAt: { because: 'rate-limited' },
    issue: { lastApplied: 'open' },
  });
  expect(await parts.group(groups[1] ?? '')).toMatchObject({ requeueAt: null, issue: { lastApplied: 'closed' } });
  expect(site.jira.issues()).toHaveLength(3);
  site.clock.forward(HOUR_MS + 1_000);
  await parts.reconcile(groups[0] ?? '');
  expect(await parts.group(groups[0] ?? '')).toMatchObject({ requeueAt: null, issue: { lastApplied: 'closed' } });
});
