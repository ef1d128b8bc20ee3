import { NO_ACCOUNTS } from '../../../src/rules/known-accounts.ts';
import { describe, expect, test } from 'vitest';
import { readStatus } from '../../../src/admin/routes/status-routes.ts';
import type { Finding } from '../../../src/findings/finding.ts';
import { PAUSES } from '../../../src/pipeline/records/admin-collections.ts';
import { FINDINGS } from '../../../src/pipeline/records/finding-collections.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { createLearnRate } from '../../../src/jira/rate/learn-rate.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { UNHEARD } from '../../support/jira/rate-heard.ts';
import { EPOCHS, LEASES, SWEEPS } from '../../../src/pipeline/records/service-collections.ts';
import { UNREADABLE } from '../../../src/pipeline/records/unreadable-collections.ts';
import { createRateLease } from '../../../src/pipeline/runtime/create-rate-lease.ts';
import { SWEEP_OF_ISSUES } from '../../../src/pipeline/recovery/sweep.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite, type SiteOnDisk } from '../../support/service/site.ts';
import { spoilDocument } from '../../support/service/spoil-document.ts';
import { until } from '../../support/until.ts';

const LATER = '2026-03-02T10:00:00Z';
const UNREADABLE_ERROR = { code: 'document-unreadable' };

const named = (id: string, detail: object = {}): Finding =>
  findingOf(externalEvent({ detail: { id, resource: `arn:aws:s3:::${id}`, ...detail } }));
const resolved = (id: string): Finding => named(id, { status: 'RESOLVED', updatedAt: LATER });

const closed = (site: SiteOnDisk): number => site.jira.issues().filter(({ status }) => status === 'Done').length;

/** A running service with the issue of one finding, `bad`. */
async function withIssue(): Promise<{ site: SiteOnDisk; parts: Awaited<ReturnType<SiteOnDisk['start']>>; group: string; text: string }> {
  const site = await openSite();
  const parts = await site.start({ working: true });
  const { group } = await parts.accept(named('bad'));
  await until(() => site.created() === 1, 'the issue is opened');
  await until(
    async () => (await parts.group(group))?.generation === (await parts.group(group))?.observedGeneration,
    'nothing is left to do',
  );
  return { site, parts, group, text: JSON.stringify(await parts.group(group)) };
}

const FACTS = {
  startedAt: 0,
  mode: 'live',
  queueDepth: 0,
  queues: [],
  governor: { inFlight: 0, waiting: 0, callsPerSecond: { share: 0, of: 1, ceiling: null, because: 'start' }, retryAfterWindows: [] },
  access: { access: 'accepted', since: null, message: '' },
  store: { kind: 'embedded', durability: '', trusted: true },
} as const;
const NO_RULES = {
  current: async () => ({ projects: () => [], limitsOf: () => [], compiled: rulesOf([]), accounts: () => NO_ACCOUNTS }),
};
const statusOf = ({ store }: SiteOnDisk): ReturnType<typeof readStatus> =>
  readStatus({ store, rules: NO_RULES, version: '0', status: async () => FACTS });

describe("a group's record that can not be read", () => {
  test('gets no second issue, and stops nothing else: other groups, the sweep, the ticker, the status', async () => {
    const { site, parts, group, text } = await withIssue();
    spoilDocument(site.folder, GROUPS.name, group, text.slice(0, -10));
    await expect(parts.accept(resolved('bad'))).rejects.toMatchObject(UNREADABLE_ERROR);
    await parts.accept(named('good'));
    await until(async () => (await statusOf(site)).mappings['open'] === 2, 'the other issue is opened');
    expect(await parts.sweep.run()).toMatchObject({ ok: true, swept: { found: 2, restored: 0, duplicatesClosed: 0 } });
    expect(await statusOf(site)).toMatchObject({ mappings: { open: 2 }, lagMs: 0 });
    site.clock.forward(3_600_000);
    await parts.accept(resolved('good'));
    await until(() => closed(site) === 1, 'the other issue is closed');
    expect(site.created()).toBe(2);
    expect(parts.serviceEvents.filter(({ what }) => what === 'internal-error')).toEqual([]);

    spoilDocument(site.folder, GROUPS.name, group, text);
    await parts.accept(resolved('bad'));
    await until(() => closed(site) === 2, 'its issue is closed, once it can be read again');
    expect(await site.store.unreadable()).toEqual([]);
  });

  test('keeps no due group from its pass, even if more of them are due than one tick takes', async () => {
    const site = await openSite();
    const idle = await site.start({ working: false });
    for (let n = 0; n < 105; n += 1) {
      const { group } = await idle.accept(named(`bad-${n}`));
      spoilDocument(site.folder, GROUPS.name, group, '{}');
    }
    await idle.accept(named('good'));
    await idle.stop();
    site.clock.forward(60_000);
    await site.start({ working: true });
    await until(() => site.created() === 1, 'the one that can be read gets its issue');
    await until(async () => (await site.store.unreadable()).length === 105, 'each of the others is set aside');
    await until(async () => (await statusOf(site)).mappings['open'] === 1, 'its issue is recorded');
    expect(await statusOf(site)).toMatchObject({ mappings: { pending: 105 } });
  });

  test('is found by what it names: its finding is not taken for one without a group', async () => {
    const issue = { project: 'SEC', issueType: 'Task' };
    const rules = rulesOf([{ id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue, groupBy: 'resource' }]);
    const site = await openSite();
    const parts = await site.start({ rules });
    const { group } = await parts.accept(named('bad'));
    const [finding] = await site.store.read(FINDINGS, [named('bad').key]);
    await site.store.commit([{ collection: FINDINGS.name, id: finding?.id ?? '', expected: finding?.version ?? '', becomes: null }]);
    spoilDocument(site.folder, GROUPS.name, group, '[]');
    await expect(parts.accept(named('bad', { resource: 'arn:aws:s3:::renamed' }))).rejects.toMatchObject(UNREADABLE_ERROR);
    expect(await site.store.counts(GROUPS, [''])).toEqual([1]);
  });
});

describe('a finding that can not be read', () => {
  test('makes its group wait with a failure of its own, until it can be read again', async () => {
    const { site, parts, group } = await withIssue();
    const { key } = named('bad');
    const text = JSON.stringify(await parts.record(key));
    spoilDocument(site.folder, FINDINGS.name, key, '{"finding":');
    // A pass of the queue may still be ending, and then this one is left out.
    await until(async () => {
      await parts.reconcile(group);
      return parts.serviceEvents.some(({ what }) => what === 'document-needed');
    }, 'its failure is recorded');
    expect(await parts.group(group)).toMatchObject({
      failure: { code: 'document-unreadable', message: expect.stringContaining('findings/') },
      requeueAt: { because: 'backoff' },
    });
    expect(parts.serviceEvents).toContainEqual({ what: 'document-needed', doing: 'reconcile', collection: 'findings', id: key });
    await expect(parts.accept(resolved('bad'))).rejects.toMatchObject(UNREADABLE_ERROR);
    await parts.accept(named('good'));
    await until(() => site.created() === 2, 'the other issue is opened');
    expect((await parts.group(group))?.issue).not.toBeNull();

    spoilDocument(site.folder, FINDINGS.name, key, text);
    await parts.accept(resolved('bad'));
    await until(() => closed(site) === 1, 'its issue is closed');
    await until(async () => (await parts.group(group))?.failure === null, 'its failure is over');
    expect(site.created()).toBe(2);
  });
});

test('an epoch that can not be read is a store that is not trusted: our issues are read back, and no second issue is created', async () => {
  const { site, parts } = await withIssue();
  spoilDocument(site.folder, EPOCHS.name, 'epoch', '{"identity":');
  await parts.accept(named('good'));
  expect(parts.serviceEvents).toContainEqual({ what: 'store-suspect', since: null });
  for (let minute = 0; minute < 3; minute += 1) {
    site.clock.forward(60_000);
    await parts.trust.advance();
  }
  await until(() => parts.trust.isTrusted(), 'the store is trusted again');
  await until(() => site.created() === 2, 'the other issue is opened');
  expect(site.created()).toBe(2);
});

test('a pause that can not be read holds its own scope, is shown, and can be lifted', async () => {
  const site = await openSite();
  const parts = await site.start({ working: true });
  await parts.pauses.set('project:SEC', 'anna', 'audit');
  await parts.pauses.set('project:OTHER', 'anna', 'audit');
  spoilDocument(site.folder, PAUSES.name, 'project:SEC', '{');
  const { group } = await parts.accept(named('one'));
  await until(async () => (await parts.group(group))?.last?.because === 'paused', 'it is held');
  expect((await statusOf(site)).pauses.toSorted()).toEqual(['project:OTHER', 'project:SEC']);
  expect(await parts.pauses.lift('project:SEC')).toBe(true);
  spoilDocument(site.folder, PAUSES.name, 'project:OTHER', '{');
  await parts.accept(named('one', { updatedAt: LATER }));
  await until(() => site.created() === 1, 'the issue is opened, though another pause can not be read');
});

test('the notes of a sweep, the shares of the rate and expired messages are written anew or passed over', async () => {
  const site = await openSite();
  const parts = await site.start({ working: false });
  await parts.sweep.run();
  const unreadable = { because: 'not-json', path: '', message: '', body: '', queueUrl: '', times: 1, firstSeenAt: 1, lastSeenAt: 1 };
  for (const id of ['a', 'b']) {
    const becomes = { json: JSON.stringify(unreadable), terms: [], at: 1, due: UNREADABLE.due(unreadable) };
    await site.store.commit([{ collection: UNREADABLE.name, id, expected: null, becomes }]);
  }
  const lease = createRateLease({ store: site.store, learn: createLearnRate(10), replica: 'one', clock: systemClock });
  await lease.take(1, UNHEARD);
  spoilDocument(site.folder, SWEEPS.name, SWEEP_OF_ISSUES, '{}');
  spoilDocument(site.folder, LEASES.name, 'jira', 'null');
  spoilDocument(site.folder, UNREADABLE.name, 'a', '{');
  expect((await statusOf(site)).lastSweep).toBeNull();
  await parts.sweep.run();
  expect((await statusOf(site)).lastSweep).toMatchObject({ found: 0 });
  await lease.take(1, UNHEARD);
  expect((await site.store.read(LEASES, ['jira']))[0]?.doc.replicas).toHaveLength(1);
  await parts.stop();
  await site.start({ working: true });
  await until(async () => (await site.store.read(UNREADABLE, ['b']))[0] === null, 'the one that can be read is forgotten');
});
