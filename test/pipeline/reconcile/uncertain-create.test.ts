import { describe, expect, test } from 'vitest';
import type { ScriptedFault } from '../../../src/sandbox/jira/faults.ts';
import { requestPass } from '../../../src/pipeline/groups/request-pass.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const active = findingOf(externalEvent());
const resolved = findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } }));
const POST = 'POST /issue';

async function acceptAndReconcile(parts: ServiceParts, finding = active): Promise<string> {
  const { group } = await parts.accept(finding);
  await parts.reconcile(group);
  return group;
}

async function withFault(
  fault: Omit<ScriptedFault, 'on'>,
  options: { timeoutMs?: number } = {},
): Promise<{ site: Site; parts: ServiceParts; group: string }> {
  const site = await openSite();
  site.jira.faults.next.push({ on: POST, ...fault });
  const parts = await site.start({ timeoutMs: options.timeoutMs ?? 1_000 });
  return { site, parts, group: await acceptAndReconcile(parts) };
}

describe('an answer that may hide an issue', () => {
  const faults: readonly (readonly [string, Omit<ScriptedFault, 'on'>])[] = [
    ['the connection is cut after Jira did it', { fault: 'lost-after-commit' }],
    ['503 after Jira did it', { fault: 'status', status: 503, afterCommit: true }],
    ['504 after Jira did it', { fault: 'status', status: 504, afterCommit: true, body: '<html>gateway</html>' }],
    ['201 cut in the middle', { fault: 'truncated201' }],
    ['a login page with 200, done behind it', { fault: 'html200', afterCommit: true }],
    ['no answer within the time-out, done behind it', { fault: 'hangs', afterCommit: true }],
  ];
  test.each(faults)('%s: adopted, one issue', async (_, fault) => {
    const { site, parts, group } = await withFault(fault);
    expect((await parts.group(group))?.intent?.phase).toBe('uncertain');
    const record = await finish(site, parts, group);
    expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
  });

  const nothingDone: readonly (readonly [string, Omit<ScriptedFault, 'on'>])[] = [
    ['the connection is cut before Jira did it', { fault: 'reset-before' }],
    ['503 before Jira did it', { fault: 'status', status: 503 }],
    ['a login page with 200', { fault: 'html200' }],
    ['400 as a page', { fault: 'status', status: 400, body: '<html>refused by the firewall</html>' }],
  ];
  test.each(nothingDone)('%s: sent again only after valid lookups over the whole window', async (_, fault) => {
    const { site, parts, group } = await withFault(fault);
    const begun = site.clock.now();
    const record = await finish(site, parts, group);
    expect([site.created(), record.issue?.lastApplied]).toEqual([1, 'open']);
    expect(site.clock.now() - begun).toBeGreaterThanOrEqual(900_000);
    expect(site.jira.issues()[0]?.properties['findings-to-jira']).toMatchObject({ attempt: 2 });
  });
});

describe('an issue whose labels a person removed before the first lookup', () => {
  test.each([
    ['all of them', []],
    ['and added others', ['team-a']],
  ])('%s: found by its creator, among the issues without our label alone', async (_, labels) => {
    const site = await openSite();
    site.jira.faults.bulkFetchLagMs = 86_400_000;
    const parts = await site.start();
    site.jira.faults.next.push({ on: POST, fault: 'lost-after-commit' });
    const { group } = await parts.accept(active);
    await parts.reconcile(group);
    site.jira.person.edit('SEC-1', { labels });
    for (let n = 0; n < 120; n += 1) {
      const other = externalEvent({ detail: { id: `other-${n}`, resource: `arn:aws:s3:::other-${n}` } });
      await acceptAndReconcile(parts, findingOf(other));
    }
    const searches = (): number => site.jira.history().filter(({ operation }) => operation === 'POST /search/jql').length;
    const before = searches();
    const record = await finish(site, parts, group);
    expect([site.created(), record.issue?.key, searches() - before]).toEqual([121, 'SEC-1', 1]);
  });

  test('however long Jira could not be asked', async () => {
    const { site, parts, group } = await withFault({ fault: 'lost-after-commit' });
    site.jira.person.edit('SEC-1', { labels: [] });
    site.jira.faults.down = true;
    for (let hours = 0; hours < 5; hours += 1) {
      site.clock.forward(3_600_000);
      await parts.reconcile(group);
    }
    site.jira.faults.down = false;
    await finish(site, parts, group);
    expect(site.created()).toBe(1);
  });
});

test('a process that stands still after a lookup: its evidence is as old as the search, not as its record', async () => {
  const site = await openSite();
  site.jira.faults.indexLagMs = 600_000;
  site.jira.faults.bulkFetchLagMs = 600_000;
  site.jira.faults.next.push({ on: POST, fault: 'lost-after-commit' });
  let lookups = 0;
  const parts = await site.start({
    wrapTracker: (tracker) => ({
      ...tracker,
      async lookup(question) {
        const lookup = await tracker.lookup(question);
        lookups += 1;
        if (lookups === 2) site.clock.forward(900_000);
        return lookup;
      },
    }),
  });
  const group = await acceptAndReconcile(parts);
  const record = await finish(site, parts, group);
  expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
  expect(lookups).toBeGreaterThan(2);
});

test('the evidence of a lookup outlasts other writers of the group, however often they write', async () => {
  const site = await openSite();
  site.jira.faults.next.push({ on: POST, fault: 'reset-before' });
  let written = 0;
  const parts: ServiceParts = await site.start({
    wrapTracker: (tracker) => ({
      ...tracker,
      async lookup(question) {
        const lookup = await tracker.lookup(question);
        const [stored] = await site.store.read(GROUPS, [(await parts.record(active.key))?.group ?? '']);
        if (stored) await requestPass(site.store, stored.id);
        written += 1;
        return lookup;
      },
    }),
  });
  const group = await acceptAndReconcile(parts);
  site.clock.forward(60_000);
  await parts.reconcile(group);
  expect([written, await parts.group(group)]).toMatchObject([
    1,
    { intent: { phase: 'uncertain', lookups: { made: 1, valid: 1 } }, requeueAt: { because: 'lookup' } },
  ]);
  await finish(site, parts, group);
  expect(site.created()).toBe(1);
});

describe('no evidence', () => {
  test('a lookup that Jira asks to delay comes no sooner', async () => {
    const { site, parts, group } = await withFault({ fault: 'lost-after-commit' });
    site.jira.faults.next.push({ on: 'GET /myself', fault: 'status', status: 503, headers: { 'retry-after': '3600' } });
    site.clock.forward(60_000);
    await parts.reconcile(group);
    const waiting = await parts.group(group);
    expect(waiting).toMatchObject({ intent: { phase: 'uncertain' }, requeueAt: { because: 'lookup' } });
    expect((waiting?.requeueAt?.time ?? 0) - site.clock.now()).toBeGreaterThan(3_500_000);
  });

  test('lookups that prove nothing do not delay the next one for minutes', async () => {
    const { site, parts, group } = await withFault({ fault: 'lost-after-commit' });
    for (let tries = 0; tries < 6; tries += 1) {
      site.jira.faults.next.push({ on: 'GET /myself', fault: 'status', status: 503 });
      // A newer event goes ahead of the wait, so that lookups come faster than they should.
      await acceptAndReconcile(parts, findingOf(externalEvent({ detail: { updatedAt: `2026-03-01T1${tries}:30:00Z` } })));
    }
    const waiting = await parts.group(group);
    expect(waiting).toMatchObject({ intent: { phase: 'uncertain', lookups: { made: 6, valid: 0 } }, requeueAt: { because: 'lookup' } });
    expect((waiting?.requeueAt?.time ?? Infinity) - site.clock.now()).toBeLessThanOrEqual(60_000);
    site.clock.forward(60_000);
    await parts.reconcile(group);
    expect([site.created(), (await parts.group(group))?.issue?.key]).toEqual([1, 'SEC-1']);
  });

  test('anonymous lookups: the create stays uncertain, however long', async () => {
    const { site, parts, group } = await withFault({ fault: 'reset-before' });
    site.jira.faults.anonymous = true;
    for (let hours = 0; hours < 10; hours += 1) {
      site.clock.forward(3_600_000);
      await parts.reconcile(group);
    }
    expect((await parts.group(group))?.intent).toMatchObject({ phase: 'uncertain', lookups: { valid: 0, firstValidAt: null } });
    expect(site.created()).toBe(0);
    site.jira.faults.anonymous = false;
    await finish(site, parts, group);
    expect(site.created()).toBe(1);
  });

  test('lookups with warnings', async () => {
    const { site, parts, group } = await withFault({ fault: 'reset-before' });
    site.jira.faults.searchWarnings = true;
    site.clock.forward(3_600_000);
    await parts.reconcile(group);
    expect(await parts.group(group)).toMatchObject({ intent: { lookups: { made: 1, valid: 0 } }, failure: { code: 'jira-search-blind' } });
    site.jira.faults.searchWarnings = false;
    site.clock.forward(3_600_000);
    await parts.reconcile(group);
    expect(await parts.group(group)).toMatchObject({ intent: { lookups: { made: 2, valid: 1 } }, failure: null });
  });

  test('lookups that do not even see an issue that exists', async () => {
    const site = await openSite();
    const parts = await site.start();
    await acceptAndReconcile(parts, findingOf(externalEvent({ detail: { id: 'control' } })));
    site.jira.faults.next.push({ on: POST, fault: 'reset-before' });
    const group = await acceptAndReconcile(parts);
    site.jira.person.edit('SEC-1', { labels: [] });
    for (let hours = 0; hours < 5; hours += 1) {
      site.clock.forward(3_600_000);
      await parts.reconcile(group);
    }
    expect(await parts.group(group)).toMatchObject({
      intent: { phase: 'uncertain', lookups: { valid: 0 } },
      failure: { code: 'jira-search-blind' },
    });
  });

  test('an outage of Jira that is longer than the window does not count as lookups', async () => {
    const { site, parts, group } = await withFault({ fault: 'lost-after-commit' });
    site.jira.faults.down = true;
    for (let hours = 0; hours < 5; hours += 1) {
      site.clock.forward(3_600_000);
      await parts.reconcile(group);
    }
    site.jira.faults.down = false;
    await finish(site, parts, group);
    expect(site.created()).toBe(1);
  });

  test('an issue that search found once and loses again was adopted the first time', async () => {
    const { site, parts, group } = await withFault({ fault: 'lost-after-commit' });
    site.jira.faults.indexLosesAgain = true;
    const record = await finish(site, parts, group);
    expect([site.created(), record.issue?.key]).toEqual([1, 'SEC-1']);
  });
});

describe('issues that are not ours', () => {
  test("a person's clone has the label and is not adopted", async () => {
    const site = await openSite();
    const parts = await site.start();
    site.jira.faults.next.push({ on: POST, fault: 'lost-after-commit' });
    const group = await acceptAndReconcile(parts);
    site.jira.person.clone('SEC-1');
    site.jira.person.delete('SEC-1');
    const record = await finish(site, parts, group);
    expect(record.issue?.key).toBe('SEC-3');
  });

  test("another installation's issue for the same finding is not adopted", async () => {
    const site = await openSite();
    const theirs = await site.start({ store: site.emptyStore(), installation: 'theirs' });
    await acceptAndReconcile(theirs);
    site.jira.faults.next.push({ on: POST, fault: 'lost-after-commit' });
    const ours = await site.start({ installation: 'ours' });
    const group = await acceptAndReconcile(ours);
    const record = await finish(site, ours, group);
    expect([site.created(), record.issue?.key]).toEqual([2, 'SEC-2']);
  });
});

describe('refusals and waits', () => {
  test('a refused create is parked with the words of Jira, burns no more numbers, and shows', async () => {
    const site = await openSite();
    const body = { errorMessages: ['A validator of the workflow says no.'], errors: {} };
    for (let tries = 0; tries < 20; tries += 1) site.jira.faults.next.push({ on: POST, fault: 'status', status: 400, body });
    const parts = await site.start();
    const group = await acceptAndReconcile(parts);
    const posts = site.jira.history().filter(({ operation }) => operation === POST).length;
    for (let minutes = 0; minutes < 20; minutes += 1) {
      site.clock.forward(60_000);
      await acceptAndReconcile(parts);
    }
    expect([posts, site.jira.history().filter(({ operation }) => operation === POST).length]).toEqual([1, 1]);
    const record = await parts.record(active.key);
    expect(record?.mapping).toMatchObject({
      state: 'failed',
      error: { code: 'jira-invalid-request', words: body.errorMessages[0] },
    });
    expect((await parts.group(group))?.intent?.phase).toBe('reserved');
  });

  test('it is resolved while a create waits for an hour: closed at once, nothing is opened', async () => {
    const site = await openSite();
    site.jira.faults.next.push({ on: POST, fault: 'status', status: 429, headers: { 'retry-after': '3600' } });
    const parts = await site.start();
    const group = await acceptAndReconcile(parts);
    expect((await parts.group(group))?.requeueAt).toMatchObject({ because: 'rate-limited' });
    await acceptAndReconcile(parts, resolved);
    expect((await parts.record(active.key))?.mapping).toMatchObject({ state: 'closed', because: 'never-opened' });
    expect(site.jira.issues()).toEqual([]);
  });

  test('it is resolved while a reopen waits for hours: closed at once, and the issue is left closed', async () => {
    const site = await openSite();
    const parts = await site.start();
    await acceptAndReconcile(parts);
    await acceptAndReconcile(parts, resolved);
    for (let tries = 0; tries < 12; tries += 1)
      site.jira.faults.next.push(
        { on: 'GET /issue/*', fault: 'status', status: 503 },
        { on: 'POST /issue/*/transitions', fault: 'status', status: 503 },
      );
    const again = findingOf(externalEvent({ detail: { updatedAt: '2026-03-03T10:00:00Z' } }));
    const group = await acceptAndReconcile(parts, again);
    for (let tries = 0; tries < 5; tries += 1) {
      site.clock.forward(6 * 3_600_000);
      await parts.reconcile(group);
    }
    const waiting = await parts.group(group);
    expect((waiting?.requeueAt?.time ?? 0) - site.clock.now()).toBeGreaterThan(1_800_000);
    site.jira.faults.next.length = 0;
    await acceptAndReconcile(parts, findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-04T10:00:00Z' } })));
    expect(await parts.group(group)).toMatchObject({ requeueAt: null, failure: null, issue: { lastApplied: 'closed' } });
    expect(site.jira.issues()[0]?.status).toBe('Done');
  });

  test('an open issue whose close waits for hours is closed at once by the next event', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await acceptAndReconcile(parts);
    site.jira.faults.next.push({ on: 'GET /issue/*', fault: 'status', status: 503, headers: { 'retry-after': '3600' } });
    await acceptAndReconcile(parts, resolved);
    expect((await parts.group(group))?.requeueAt?.because).toBe('backoff');
    await acceptAndReconcile(parts, findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T11:00:00Z' } })));
    expect(site.jira.issues()[0]?.status).toBe('Done');
  });
});
