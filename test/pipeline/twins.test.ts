import { describe, expect, test } from 'vitest';
import { externalEvent } from '../support/finding-events.ts';
import { finish } from '../support/finish.ts';
import { findingOf, type ServiceParts } from '../support/service-parts.ts';
import { openSite, type Site } from '../support/site.ts';

const active = findingOf(externalEvent());
const resolved = findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } }));

/** The worst that can be: the first issue stays hidden from search for longer than the window, so that a second attempt was made. */
async function withTwins(): Promise<{ site: Site; parts: ServiceParts; group: string }> {
  const site = await openSite();
  site.jira.faults.indexLagMs = 3_000_000;
  site.jira.faults.bulkFetchLagMs = 3_000_000;
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const parts = await site.start();
  const { group } = await parts.accept(active);
  await finish(site, parts, group);
  expect(site.created()).toBe(2);
  site.clock.forward(4_000_000);
  return { site, parts, group };
}

describe('twins', () => {
  test('the lowest id stays; the other is linked, commented and closed, once, and nothing is deleted', async () => {
    const { site, parts, group } = await withTwins();
    expect((await parts.group(group))?.issue?.key).toBe('SEC-2');
    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 2, restored: 1, retired: 1 } });
    expect((await parts.group(group))?.issue?.key).toBe('SEC-1');
    const [first, second] = site.jira.issues();
    expect([first?.status, second?.status]).toEqual(['To Do', 'Done']);
    expect(second?.links).toMatchObject([{ type: 'Duplicate', direction: 'outward', issueId: first?.id }]);
    expect(JSON.stringify(second?.comments)).toContain('double of SEC-1');
    expect(first?.comments).toEqual([]);

    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 2, restored: 0, retired: 0 } });
    expect(site.jira.issues()[1]?.comments).toHaveLength(1);
    expect(site.jira.history().filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test('the one that stays goes on with its finding', async () => {
    const { site, parts } = await withTwins();
    await parts.sweep.run();
    await finish(site, parts, (await parts.accept(resolved)).group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'Done']);
    await finish(site, parts, (await parts.accept(findingOf(externalEvent({ detail: { updatedAt: '2026-03-03T10:00:00Z' } })))).group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'Done']);
  });

  test("a person's clone is no twin, and another installation's issue is none", async () => {
    const site = await openSite();
    const theirs = await site.start({ store: site.emptyStore(), installation: 'theirs' });
    await finish(site, theirs, (await theirs.accept(active)).group);
    const parts = await site.start({ installation: 'ours' });
    await finish(site, parts, (await parts.accept(active)).group);
    site.jira.person.clone('SEC-2');
    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 1, restored: 0, retired: 0 } });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do', 'To Do']);
  });

  test('a sweep that Jira does not answer changes nothing, and the next one finds the twin', async () => {
    const { site, parts } = await withTwins();
    site.jira.faults.down = true;
    expect(await parts.sweep.run()).toMatchObject({ ok: false });
    site.jira.faults.down = false;
    expect(await parts.sweep.run()).toMatchObject({ swept: { retired: 1 } });
  });
});

describe('probing for an uncertain create', () => {
  test('the numbers after the newest one are read: found before the index knows', async () => {
    const site = await openSite();
    const parts = await site.start();
    const other = findingOf(externalEvent({ detail: { id: 'other' } }));
    await finish(site, parts, (await parts.accept(other)).group);
    site.jira.faults.indexLagMs = 3_000_000;
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
    const { group } = await parts.accept(active);
    await parts.settle(group);
    site.clock.forward(5_000);
    await parts.settle(group);
    expect((await parts.group(group))?.issue?.key).toBe('SEC-2');
    expect(site.created()).toBe(2);
  });

  test('a clone at one of these numbers is not adopted, and their absence proves nothing', async () => {
    const site = await openSite();
    const parts = await site.start();
    await finish(site, parts, (await parts.accept(findingOf(externalEvent({ detail: { id: 'other' } })))).group);
    site.jira.person.clone('SEC-1');
    site.jira.faults.searchWarnings = true;
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'reset-before' });
    const { group } = await parts.accept(active);
    for (let hours = 0; hours < 5; hours += 1) {
      await parts.settle(group);
      site.clock.forward(3_600_000);
    }
    expect(await parts.group(group)).toMatchObject({ issue: null, intent: { phase: 'uncertain', looks: { valid: 0 } } });
  });
});
