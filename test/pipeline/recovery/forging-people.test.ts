import { describe, expect, test } from 'vitest';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import type { IssueTracker, OursPage } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { Store, Write } from '../../../src/pipeline/ports/store.ts';
import { GROUPS, UNPROVEN } from '../../../src/pipeline/records/group-collections.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { readBack } from '../../support/service/read-back.ts';
import type { JsonObject } from '../../../src/findings/json.ts';
import { issueOf } from '../../support/jira/hand-made-issues.ts';
import { FORGINGS, keyOf } from '../../support/jira/forgings.ts';
import { findingKey, UNKNOWN_ANALYZER, type Finding } from '../../../src/findings/finding.ts';
import type { CompiledRules } from '../../../src/rules/parse-rules.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { waitsForProof } from '../../support/service/waits-for-proof.ts';
import { PROPERTY_KEY } from '../../../src/issues/marker.ts';
import { Killed, killAtCommit } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const active = (n: number, minute = 0) => findingOf(numberedEvent(n, minute));
const withAction = (action: string): JsonObject => {
  const event = numberedEvent(1, 0);
  return { ...event, detail: { ...Object(event['detail']), action: [action], updatedAt: '2026-03-01T10:00:30.000Z' } };
};
const resolved = (n: number, minute: number) => findingOf(numberedEvent(n, minute, 'RESOLVED'));

/** Findings 0, 1, … with their groups; finding n has the issue SEC-(n+1). */
async function opened(site: Site, parts: ServiceParts, count: number): Promise<readonly string[]> {
  const groups: string[] = [];
  for (const n of range(count)) {
    const { group } = await parts.accept(active(n));
    await finish(site, parts, group);
    groups.push(group);
  }
  return groups;
}

/** The issues that the service created, oldest first. */
function genuine(site: Site, count: number): readonly SimulatedIssue[] {
  return site.jira.issues().slice(0, count);
}

async function sweepThrice(site: Site, parts: ServiceParts): Promise<void> {
  for (let sweeps = 0; sweeps < 3; sweeps += 1) {
    expect(await parts.sweep.run()).toMatchObject({ swept: { restored: 0, duplicatesClosed: 0 } });
    site.clock.forward(60_000);
  }
}

/** Reconciles until the group is done or waits for an admin. */
async function finishOrWait(site: Site, parts: ServiceParts, group: string): Promise<GroupRecord> {
  await parts.reconcile(group);
  const record = await parts.group(group);
  return record?.failure?.code === 'jira-property-unproven' ? record : finish(site, parts, group);
}

describe.each(FORGINGS)('a person forges $name', ({ forge }) => {
  test('a trusted store goes by its records: nothing is closed, replaced or silenced', async () => {
    const site = await openSite();
    const parts = await site.start();
    const groups = await opened(site, parts, 3);
    forge(site, 1, 0, groups);
    forge(site, 2, 0, groups);
    await sweepThrice(site, parts);
    expect(genuine(site, 3).map(({ status }) => status)).toEqual(['To Do', 'To Do', 'To Do']);
    const words = JSON.stringify(issueOf(site, keyOf(1)).description);
    await finish(site, parts, (await parts.accept(findingOf(withAction('s3:PutObject')))).group);
    expect(JSON.stringify(issueOf(site, keyOf(1)).description)).not.toBe(words);
    for (const [n, group] of groups.entries()) {
      await parts.accept(resolved(n, 1));
      await finish(site, parts, group);
      expect((await parts.group(group))?.issue).toMatchObject({ key: keyOf(n), lastApplied: 'closed' });
      await parts.accept(active(n, 2));
      await finish(site, parts, group);
    }
    await sweepThrice(site, parts);
    expect([site.created(), ...genuine(site, 3).map(({ status }) => status)]).toEqual([3, 'To Do', 'To Do', 'To Do']);
  });

  test('after a lost store nothing is closed or replaced either; what is unproven waits for an admin, visibly', async () => {
    const site = await openSite();
    const groups = await opened(site, await site.start(), 3);
    forge(site, 1, 0, groups);
    forge(site, 0, 2, groups);
    const store = site.emptyStore();
    site.jira.faults.down = true;
    const early = await site.start({ store });
    await early.accept(active(2));
    site.jira.faults.down = false;
    const parts = await site.start({ store });
    await readBack(site, parts);
    for (const n of range(3)) {
      const { group } = await parts.accept(active(n, 1));
      const { issue, failure } = await finishOrWait(site, parts, group);
      expect([group, issue?.key ?? failure?.message]).toEqual([groups[n], expect.stringContaining(keyOf(n))]);
    }
    for (let sweeps = 0; sweeps < 3; sweeps += 1) expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
    expect([site.created(), ...genuine(site, 3).map(({ status }) => status)]).toEqual([3, 'To Do', 'To Do', 'To Do']);
    await decide(site, parts, 3);
    expect([site.created(), ...genuine(site, 3).map(({ status }) => status)]).toEqual([3, 'Done', 'Done', 'Done']);
  });
});

/** An admin links the genuine issue wherever a decision is awaited; then everything is resolved. */
async function decide(site: Site, parts: ServiceParts, count: number): Promise<void> {
  for (const n of range(count)) {
    const { group } = await parts.accept(active(n, 2));
    const record = await finishOrWait(site, parts, group);
    if (record.failure !== null && record.issue === null) await parts.link(group, keyOf(n), 'anna');
    else if (record.failure !== null) await parts.reconcileNow(group, 'anna');
    await finish(site, parts, group);
    await parts.accept(resolved(n, 3));
    expect((await finish(site, parts, group)).issue?.key).toBe(keyOf(n));
  }
}

test.each(['garbage', null])(
  'a finding that ended before its issue, with property %j, was read back waits for an admin, visibly',
  async (property) => {
    const site = await openSite();
    const [group = ''] = await opened(site, await site.start(), 1);
    site.jira.person.writeProperty(keyOf(0), PROPERTY_KEY, property ?? undefined);
    const store = site.emptyStore();
    site.jira.faults.down = true;
    const early = await site.start({ store });
    await early.accept(resolved(0, 1));
    await early.reconcile(group);
    expect(await early.group(group)).toMatchObject({ issue: null, failure: null });
    site.jira.faults.down = false;
    const parts = await site.start({ store });
    await readBack(site, parts);
    expect(await parts.group(group)).toMatchObject({ generation: 2, observedGeneration: 1 });
    await parts.reconcile(group);
    expect((await parts.group(group))?.failure).toMatchObject({
      code: 'jira-property-unproven',
      message: expect.stringContaining(keyOf(0)),
    });
    await parts.link(group, keyOf(0), 'anna');
    await finish(site, parts, group);
    expect([site.created(), genuine(site, 1)[0]?.status]).toEqual([1, 'Done']);
  },
);

/** A store that has forgotten the issue of a finding that ended; it does not know SEC-1, which is still open. */
async function endedBesideOpenIssue(site: Site): Promise<{ store: Store; group: string }> {
  const [group = ''] = await opened(site, await site.start(), 1);
  const store = site.emptyStore();
  site.jira.faults.down = true;
  const early = await site.start({ store });
  await early.accept(resolved(0, 1));
  await early.reconcile(group);
  site.jira.faults.down = false;
  return { store, group };
}

describe('a process dies while it holds an issue back: the wait for an admin shows after the restart', () => {
  const isHold = (writes: readonly Write[]): boolean => writes.some(({ collection }) => collection === UNPROVEN.name);
  const none = async (): Promise<OursPage> => ({ ok: true, found: [], nextCursor: null });
  const hidden = (tracker: IssueTracker): IssueTracker => ({ ...tracker, ours: none, fresh: none });

  /** The ticker of the new process finds the group. */
  async function expectWaiting(store: Store, site: Site, group: string): Promise<void> {
    const parts = await site.start({ store });
    site.clock.forward(31_000);
    expect(await store.due(GROUPS, site.clock.now(), 10)).toEqual([group]);
    await parts.reconcile(group);
    expect((await parts.group(group))?.failure).toMatchObject({ code: 'jira-property-unproven', message: expect.stringContaining('SEC-') });
  }

  test('found by a sweep', async () => {
    const site = await openSite();
    const { store, group } = await endedBesideOpenIssue(site);
    await readBack(site, await site.start({ store, wrapTracker: hidden }));
    site.jira.person.writeProperty(keyOf(0), PROPERTY_KEY);
    const dying = await site.start({ store: killAtCommit(store, isHold, 'after') });
    await expect(dying.sweep.run()).rejects.toBeInstanceOf(Killed);
    await expectWaiting(store, site, group);
  });

  test.each(FORGINGS.filter(({ name }) => ['nothing, by removing it', 'a linked copy', 'its own tombstone'].includes(name)))(
    'read back: a person forged $name',
    async ({ forge }) => {
      const site = await openSite();
      const { store, group } = await endedBesideOpenIssue(site);
      forge(site, 0, 0, [group]);
      // Nothing but the copy speaks for the finding then.
      if (site.jira.issues().length > 1) site.jira.person.delete(keyOf(0));
      site.clock.forward(31_000);
      await expect(site.start({ store: killAtCommit(store, isHold, 'after') })).rejects.toBeInstanceOf(Killed);
      // Another one reads on, and dies before any pass: what the queue was asked is lost.
      await readBack(site, await site.start({ store }));
      await expectWaiting(store, site, group);
    },
  );
});

describe('the issue stands under a former name of its group, and a person removes its property: after a lost store', () => {
  const as = (finding: Finding): Finding => finding;
  const bare = (finding: Finding): Finding => ({
    ...finding,
    analyzerArn: UNKNOWN_ANALYZER,
    key: findingKey(UNKNOWN_ANALYZER, finding.findingId),
  });
  const by = (groupBy: 'finding' | 'access' | 'resource') =>
    rulesOf([
      { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy, issue: { project: 'SEC', issueType: 'Task' } },
    ]);
  type Form = (finding: Finding) => Finding;
  type Row = [what: string, rules: CompiledRules, first: Form, now: CompiledRules, later: Form];
  const rows: readonly Row[] = [
    ['by resource, now by finding', by('resource'), as, by('finding'), as],
    ['by access, now by resource', by('access'), as, by('resource'), as],
    ['by finding, now by access', by('finding'), as, by('access'), as],
    ['without its analyzer, now with it', by('finding'), bare, by('finding'), as],
    ['with its analyzer, now without it', by('finding'), as, by('finding'), bare],
  ];

  async function lost(rules: CompiledRules, first: Form, now: CompiledRules, later: Form) {
    const site = await openSite();
    const before = await site.start({ rules });
    await finish(site, before, (await before.accept(first(active(0)))).group);
    site.jira.person.writeProperty(keyOf(0), PROPERTY_KEY);
    const store = site.emptyStore();
    const parts = await site.start({ store, rules: now });
    await readBack(site, parts);
    // Another finding names the analyzer.
    await parts.accept(resolved(1, 1));
    const { group } = await parts.accept(later(active(0, 1)));
    await waitsForProof(site, parts, group);
    expect((await parts.group(group))?.failure?.message).toContain(keyOf(0));
    return { site, store, parts, group };
  }

  test.each(rows)('%s: it waits for an admin, who links the issue', async (_what, ...row) => {
    const { site, parts, group } = await lost(...row);
    expect(await parts.link(group, keyOf(0), 'anna')).toMatchObject({ ok: true });
    expect((await finish(site, parts, group)).issue?.key).toBe(keyOf(0));
    expect(site.created()).toBe(1);
  });

  test.each(rows)('%s, and it has ended before the issue was read back: it waits all the same', async (_what, rules, first, now, later) => {
    const site = await openSite();
    const before = await site.start({ rules });
    await finish(site, before, (await before.accept(first(active(0)))).group);
    site.jira.person.writeProperty(keyOf(0), PROPERTY_KEY);
    const store = site.emptyStore();
    site.jira.faults.down = true;
    const early = await site.start({ store, rules: now });
    await early.accept(resolved(1, 1));
    const { group } = await early.accept(later(resolved(0, 1)));
    await early.reconcile(group);
    expect(await early.group(group)).toMatchObject({ issue: null, failure: null });
    site.jira.faults.down = false;
    const parts = await site.start({ store, rules: now });
    await readBack(site, parts);
    expect(await parts.group(group)).toMatchObject({ generation: 2, observedGeneration: 1 });
    const waiting = await waitsForProof(site, parts, group);
    await parts.sweep.run();
    expect(await parts.group(group), 'a sweep asks no more').toEqual(waiting);
    expect(await parts.link(group, keyOf(0), 'anna')).toMatchObject({ ok: true });
    await finish(site, parts, group);
    expect([site.created(), genuine(site, 1)[0]?.status]).toEqual([1, 'Done']);
  });

  test('forty ended findings that may have had it wait, each for itself', async () => {
    const site = await openSite();
    const before = await site.start({ rules: by('resource') });
    await finish(site, before, (await before.accept(active(0))).group);
    site.jira.person.writeProperty(keyOf(0), PROPERTY_KEY);
    const store = site.emptyStore();
    site.jira.faults.down = true;
    const early = await site.start({ store, rules: by('finding') });
    const groups: string[] = [];
    for (const n of range(40)) {
      const ended = findingOf(externalEvent({ detail: { id: `sibling-${n}`, resource: active(0).resource, status: 'RESOLVED' } }));
      const { group } = await early.accept(ended);
      await early.reconcile(group);
      groups.push(group);
    }
    site.jira.faults.down = false;
    const parts = await site.start({ store, rules: by('finding') });
    await readBack(site, parts);
    for (const group of groups) {
      expect(await parts.group(group)).toMatchObject({ generation: 2, observedGeneration: 1 });
      expect((await waitsForProof(site, parts, group)).failure?.message).toContain(keyOf(0));
    }
  });

  test('each finding that may have had it waits for itself, until a group has the issue', async () => {
    const { site, parts, group } = await lost(by('resource'), as, by('finding'), as);
    const sibling = findingOf(externalEvent({ detail: { id: 'sibling', resource: active(0).resource } }));
    const second = (await parts.accept(sibling)).group;
    await waitsForProof(site, parts, second);
    await parts.reconcileNow(group, 'anna');
    expect((await finish(site, parts, group)).issue?.key).toBe('SEC-2');
    // What was decided about one of them decides nothing about the other.
    await waitsForProof(site, parts, second);
    const third = (await parts.accept({ ...sibling, findingId: 'third', key: findingKey(sibling.analyzerArn, 'third') })).group;
    await waitsForProof(site, parts, third);
    expect(await parts.link(second, keyOf(0), 'anna')).toMatchObject({ ok: true });
    await parts.reconcileNow(third, 'anna');
    for (const [of, key] of [
      [second, keyOf(0)],
      [third, 'SEC-3'],
    ] as const)
      expect((await finish(site, parts, of)).issue?.key).toBe(key);
  });
});

test('the issue of a lost answer names a finding that lacks its analyzer, by a forged property: its group does not get that one', async () => {
  const site = await openSite();
  const parts = await site.start();
  const { findingId } = active(1);
  const bare = { ...active(1), analyzerArn: UNKNOWN_ANALYZER, key: findingKey(UNKNOWN_ANALYZER, findingId) };
  await finish(site, parts, (await parts.accept(bare)).group);
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const { group } = await parts.accept(active(0));
  await parts.reconcile(group);
  const property = Object(site.jira.issues()[1]?.properties[PROPERTY_KEY]);
  site.jira.person.writeProperty('SEC-2', PROPERTY_KEY, { ...property, findings: [bare.key] });
  await parts.sweep.run();
  expect(await parts.group(group)).toMatchObject({ members: [active(0).key], issue: { key: 'SEC-2' } });
});

test('twenty issues, each forged in another way: after three sweeps and a lost store all findings have their own issue', async () => {
  const site = await openSite();
  const first = await site.start();
  const count = 20;
  const groups = await opened(site, first, count);
  for (const n of range(count)) FORGINGS[n % FORGINGS.length]?.forge(site, n, (n + 7) % count === n ? 0 : (n * 3) % count, groups);
  await sweepThrice(site, first);
  expect(genuine(site, count).every(({ status }) => status === 'To Do')).toBe(true);
  const parts = await site.start({ store: site.emptyStore() });
  await readBack(site, parts);
  for (let sweeps = 0; sweeps < 3; sweeps += 1) await parts.sweep.run();
  for (const n of range(count)) await finishOrWait(site, parts, (await parts.accept(active(n, 1))).group);
  for (let sweeps = 0; sweeps < 3; sweeps += 1) await parts.sweep.run();
  expect([site.created(), ...genuine(site, count).map(({ status }) => status)]).toEqual([count, ...range(count).map(() => 'To Do')]);
  await decide(site, parts, count);
  expect([site.created(), ...genuine(site, count).map(({ status }) => status)]).toEqual([count, ...range(count).map(() => 'Done')]);
});
