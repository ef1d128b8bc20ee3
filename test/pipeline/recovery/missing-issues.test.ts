import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { Swept } from '../../../src/pipeline/recovery/swept.ts';
import type { CompiledRules } from '../../../src/rules/parse-rules.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { killAtCall, Killed } from '../../support/service/kill.ts';
import { saveRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const HOUR_MS = 3_600_000;

/** A finding at a minute of its life. */
function seen(minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE', id = 'finding-1'): Finding {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  return findingOf(externalEvent({ time: updatedAt, detail: { id, status, updatedAt } }));
}

const ruleThat = (whenDeleted: 'leave' | 'recreate'): CompiledRules =>
  rulesOf([
    { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', whenDeleted, issue: { project: 'SEC', issueType: 'Task' } },
  ]);

async function opened(
  options: Partial<ServicePartsOptions> = {},
): Promise<{ readonly site: Site; readonly parts: ServiceParts; readonly group: string }> {
  const site = await openSite();
  const parts = await site.start(options);
  const { group } = await parts.accept(seen(0));
  await finish(site, parts, group);
  return { site, parts, group };
}

async function sweep(parts: ServiceParts, how: { dryRun?: boolean } = {}): Promise<Swept> {
  const ran = await parts.sweep.run(how);
  if (!ran.ok) throw new Error(ran.failure?.message ?? 'no permit');
  return ran.swept;
}

/** Two sweeps, an hour apart, and the passes after them. */
async function sweepTwice(site: Site, parts: ServiceParts, group: string): Promise<void> {
  await sweep(parts);
  site.clock.forward(HOUR_MS);
  await sweep(parts);
  await finish(site, parts, group);
}

const mappingOf = async (parts: ServiceParts): Promise<unknown> => (await parts.record(seen(0).key))?.mapping;
const keysIn = (site: Site): readonly string[] => site.jira.issues().map(({ key }) => key);

/** The issue was deleted, and two sweeps have confirmed it. */
async function deleted(options: Partial<ServicePartsOptions> = {}): ReturnType<typeof opened> {
  const { site, parts, group } = await opened(options);
  site.jira.person.delete('SEC-1');
  await sweepTwice(site, parts, group);
  return { site, parts, group };
}

describe('an issue that a person deleted', () => {
  test('one sweep proves nothing, and neither do two at once', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.delete('SEC-1');
    expect(await sweep(parts, { dryRun: true })).toMatchObject({ missing: 1, issues: [{ key: 'SEC-1', is: 'missing' }] });
    expect((await parts.group(group))?.issue).not.toHaveProperty('missing');
    for (let sweeps = 0; sweeps < 2; sweeps += 1) expect(await sweep(parts)).toMatchObject({ missing: 1, deleted: 0, vanished: [] });
    await finish(site, parts, group);
    expect(await mappingOf(parts)).toMatchObject({ state: 'open' });
    site.clock.forward(HOUR_MS);
    expect(await sweep(parts)).toMatchObject({ missing: 0, deleted: 1, issues: [{ key: 'SEC-1', is: 'deleted' }] });
    expect(parts.serviceEvents).toContainEqual({ what: 'issue-deleted', group, issueKey: 'SEC-1' });
    expect(await sweep(parts)).toMatchObject({ missing: 0, deleted: 0 });
  });

  test('of an active finding: the mapping says so, news changes nothing, and an admin gets another one', async () => {
    const { site, parts, group } = await deleted();
    const gone = { state: 'closed', because: 'issue-deleted', error: null, issue: { key: 'SEC-1', closedAt: null } };
    expect(await mappingOf(parts)).toMatchObject(gone);
    expect((await parts.record(seen(0).key))?.history).toContainEqual(
      expect.objectContaining({ what: 'deleted', because: 'issue-deleted' }),
    );
    await parts.accept(seen(1));
    const sent = site.jira.history().length;
    expect(await finish(site, parts, group)).toMatchObject({ failure: null, requeueAt: null });
    expect([await mappingOf(parts), site.jira.history().length, site.created()]).toMatchObject([gone, sent, 1]);
    await parts.reconcileNow(group, 'anna');
    expect(await finish(site, parts, group)).toMatchObject({ issue: { key: 'SEC-2', lastApplied: 'open' } });
    expect(await parts.group(group)).not.toHaveProperty('deletedIssue');
    expect([await mappingOf(parts), keysIn(site)]).toMatchObject([{ state: 'open', issue: { key: 'SEC-2' } }, ['SEC-2']]);
  });

  test('is replaced by itself if the rule says so, and meets the limits of openings', async () => {
    const { site, parts } = await deleted({ rules: ruleThat('recreate') });
    expect([await mappingOf(parts), keysIn(site)]).toMatchObject([{ state: 'open', issue: { key: 'SEC-2' } }, ['SEC-2']]);
    await sweep(parts);
    expect(keysIn(site)).toEqual(['SEC-2']);
  });

  test('is replaced once the rule says so: the change of the rule reaches it', async () => {
    const { site, parts, group } = await deleted({ rules: ruleThat('leave') });
    expect(await mappingOf(parts)).toMatchObject({ because: 'issue-deleted' });
    const saved = await saveRules(parts, ruleThat('recreate').ruleSet.rules);
    if (!saved.saved || saved.operation === null) throw new Error('not saved');
    await until(async () => {
      await parts.operations.advance();
      return (await parts.operations.read(saved.operation ?? ''))?.state === 'done';
    }, 'the change has reached the findings');
    await finish(site, parts, group);
    expect(keysIn(site)).toEqual(['SEC-2']);
  });

  test('of a finding that has ended: nothing is left to do, and one that opens again gets another issue', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.delete('SEC-1');
    await parts.accept(seen(1, 'RESOLVED'));
    await parts.reconcile(group);
    expect(await mappingOf(parts)).toMatchObject({ state: 'failed', error: { code: 'jira-not-found' } });
    await sweepTwice(site, parts, group);
    expect(await mappingOf(parts)).toMatchObject({ state: 'closed', because: 'issue-deleted', error: null });
    expect(await parts.group(group)).toMatchObject({ failure: null, requeueAt: null, deletedIssue: { key: 'SEC-1' } });
    await parts.accept(seen(2));
    await finish(site, parts, group);
    expect(keysIn(site)).toEqual(['SEC-2']);
  });

  test('ends while its deletion is known: it is over, and the next opening is an opening like any other', async () => {
    const { site, parts, group } = await deleted();
    await parts.accept(seen(1, 'RESOLVED'));
    await finish(site, parts, group);
    expect(await mappingOf(parts)).toMatchObject({ state: 'closed', because: 'issue-deleted', issue: null });
    await parts.accept(seen(2));
    await finish(site, parts, group);
    expect(keysIn(site)).toEqual(['SEC-2']);
  });

  test.each([
    ['read', 'before'],
    ['read', 'after'],
    ['create', 'before'],
    ['create', 'after'],
  ] as const)('the process dies at %s, %s it: one issue takes its place', async (call, when) => {
    const { site, parts, group } = await opened({ rules: ruleThat('recreate') });
    site.jira.person.delete('SEC-1');
    await sweep(parts);
    site.clock.forward(HOUR_MS);
    await sweep(parts);
    const dying = await site.start({ rules: ruleThat('recreate'), wrapTracker: killAtCall(call, when) });
    await expect(dying.reconcile(group)).rejects.toBeInstanceOf(Killed);
    await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect(keysIn(site)).toEqual(['SEC-2']);
  });

  test('a store, a token or a project that fails at the last look keeps another one from being made', async () => {
    const { site, parts, group } = await deleted();
    site.jira.faults.next.push({ on: 'GET /issue/*', fault: 'status', status: 503 });
    await parts.reconcileNow(group, 'anna');
    await parts.reconcile(group);
    expect(await mappingOf(parts)).toMatchObject({ state: 'failed', error: { code: 'jira-server-error' } });
    site.jira.person.hideProject('SEC');
    site.clock.forward(HOUR_MS);
    await parts.reconcile(group);
    expect([await mappingOf(parts), site.created()]).toMatchObject([{ error: { code: 'project-not-visible' } }, 1]);
    site.jira.person.showProject('SEC');
    await finish(site, parts, group);
    expect(keysIn(site)).toEqual(['SEC-2']);
  });
});

describe('an issue that is hidden', () => {
  test('and shown before it counts as deleted is as before', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.hide('SEC-1');
    await sweep(parts);
    expect((await parts.group(group))?.issue).toHaveProperty('missing');
    site.jira.person.show('SEC-1');
    site.clock.forward(HOUR_MS);
    expect(await sweep(parts)).toMatchObject({ missing: 0, deleted: 0 });
    expect((await parts.group(group))?.issue).not.toHaveProperty('missing');
  });

  test.each([
    ['its finding is active', [], 'To Do', 'open'],
    ['its finding has ended meanwhile', [seen(1, 'RESOLVED')], 'Done', 'closed'],
  ] as const)('and comes back is used again, no second one is made: %s', async (_name, news, status, side) => {
    const { site, parts, group } = await opened();
    site.jira.person.hide('SEC-1');
    await sweepTwice(site, parts, group);
    expect(await mappingOf(parts)).toMatchObject({ state: 'closed', because: 'issue-deleted' });
    for (const finding of news) await parts.accept(finding);
    await finish(site, parts, group);
    site.jira.person.show('SEC-1');
    await sweep(parts);
    await finish(site, parts, group);
    expect(await parts.group(group)).toMatchObject({ issue: { key: 'SEC-1', lastApplied: side }, transition: null, failure: null });
    expect([site.created(), site.jira.issues()[0]?.status]).toEqual([1, status]);
  });

  test('and comes back before the other one is made: it is used again', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.hide('SEC-1');
    await sweepTwice(site, parts, group);
    site.jira.person.show('SEC-1');
    await parts.reconcileNow(group, 'anna');
    await finish(site, parts, group);
    expect([await mappingOf(parts), site.created()]).toMatchObject([{ state: 'open', issue: { key: 'SEC-1' } }, 1]);
    expect(parts.serviceEvents).toContainEqual({ what: 'issue-found-again', group, issueKey: 'SEC-1' });
  });

  test('and comes back beside the one that replaced it: the lower id stays, the other is closed as a duplicate', async () => {
    const { site, parts, group } = await opened({ rules: ruleThat('recreate') });
    site.jira.person.hide('SEC-1');
    await sweepTwice(site, parts, group);
    expect((await parts.group(group))?.issue?.key).toBe('SEC-2');
    site.jira.person.show('SEC-1');
    expect(await sweep(parts)).toMatchObject({ duplicatesClosed: 1 });
    expect(await finish(site, parts, group)).toMatchObject({ issue: { key: 'SEC-1', lastApplied: 'open' } });
    expect(site.jira.issues().map(({ key, status }) => [key, status])).toEqual([
      ['SEC-1', 'To Do'],
      ['SEC-2', 'Done'],
    ]);
  });
});

describe('many issues that are gone at once', () => {
  async function many(site: Site, parts: ServiceParts, count: number): Promise<void> {
    for (let at = 0; at < count; at += 1) await finish(site, parts, (await parts.accept(seen(0, 'ACTIVE', `finding-${at}`))).group);
  }

  test.each(['gone', 'archived'] as const)('with their project, which is %s, are no deletions, however few they are', async (how) => {
    const { site, parts, group } = await opened({ rules: ruleThat('recreate') });
    site.jira.person.hideProject('SEC', how);
    for (let sweeps = 0; sweeps < 3; sweeps += 1) {
      expect(await sweep(parts)).toMatchObject({ missing: 0, deleted: 0, vanished: [{ projectKey: 'SEC', missing: 1, of: 1 }] });
      site.clock.forward(HOUR_MS);
    }
    expect(parts.serviceEvents).toContainEqual({ what: 'issues-vanished', projectKey: 'SEC', missing: 1, of: 1 });
    site.jira.person.showProject('SEC');
    expect(await sweep(parts)).toMatchObject({ missing: 0, vanished: [] });
    await finish(site, parts, group);
    expect([site.created(), await mappingOf(parts)]).toMatchObject([1, { state: 'open' }]);
  });

  test('in a project that Jira shows are no deletions from twenty on', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: ruleThat('recreate') });
    await many(site, parts, 20);
    for (const key of keysIn(site)) site.jira.person.hide(key);
    site.jira.person.show('SEC-7');
    for (let sweeps = 0; sweeps < 2; sweeps += 1) {
      expect(await sweep(parts)).toMatchObject({ missing: 19, deleted: 0, vanished: [] });
    }
    site.jira.person.hide('SEC-7');
    site.clock.forward(HOUR_MS);
    expect(await sweep(parts)).toMatchObject({ missing: 0, deleted: 0, vanished: [{ projectKey: 'SEC', missing: 20, of: 20 }] });
    expect(site.created()).toBe(20);
  });

  test.each([
    ['Jira fails to read them', { on: 'POST /issue/bulkfetch', fault: 'status', status: 503 }],
    ['Jira fails to show the project', { on: 'GET /project/*', fault: 'status', status: 503 }],
  ] as const)('%s: nothing is known of them', async (_name, fault) => {
    const { site, parts } = await opened();
    site.jira.person.delete('SEC-1');
    site.jira.faults.next.push(fault);
    expect(await sweep(parts)).toMatchObject({ missing: 0, vanished: [] });
  });
});

describe('a person', () => {
  test('moves an issue: the record follows, its texts go on, and it is closed there', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.move('SEC-1', 'PLAT');
    expect(await sweep(parts)).toMatchObject({ moved: 1, issues: [{ key: 'PLAT-1', is: 'moved' }] });
    expect(await mappingOf(parts)).toMatchObject({ projectKey: 'PLAT', issue: { key: 'PLAT-1' } });
    expect(parts.serviceEvents).toContainEqual({ what: 'issue-moved', group, issueKey: 'PLAT-1', fromKey: 'SEC-1' });
    expect(await sweep(parts)).toMatchObject({ moved: 0 });
    const other = externalEvent({
      time: '2026-03-01T10:05:00Z',
      detail: { id: 'finding-1', updatedAt: '2026-03-01T10:05:00Z', isPublic: false, principal: { AWS: '999988887777' } },
    });
    await parts.accept(findingOf(other));
    await finish(site, parts, group);
    expect(site.jira.issues()[0]?.summary).toContain('999988887777');
    await parts.accept(seen(9, 'RESOLVED'));
    expect(await finish(site, parts, group)).toMatchObject({ issue: { key: 'PLAT-1', lastApplied: 'closed' } });
    site.jira.person.move('PLAT-1', 'SEC');
    await sweep(parts);
    expect((await parts.group(group))?.issue).not.toHaveProperty('movedFrom');
  });

  test('moves an issue, and the process dies before the sweep has followed: the next one does', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.move('SEC-1', 'PLAT');
    const before = await parts.group(group);
    site.jira.faults.next.push({ on: 'POST /issue/bulkfetch', fault: 'status', status: 503 });
    await sweep(parts);
    expect(await parts.group(group)).toEqual(before);
    expect(await sweep(parts)).toMatchObject({ moved: 1 });
  });

  test('closes the issue of an active finding: the next sweep notices it without an event, and it stays closed', async () => {
    const { site, parts, group } = await opened();
    site.jira.person.transition('SEC-1', 'Done', "Won't Do");
    await sweep(parts);
    expect(await finish(site, parts, group)).toMatchObject({
      issue: { lastApplied: 'closed', closedBecause: 'by-person' },
      transition: null,
    });
    expect(await mappingOf(parts)).toMatchObject({ state: 'closed', because: 'closed-by-person' });
    expect(site.jira.issues()[0]).toMatchObject({ status: 'Done', resolution: "Won't Do", comments: [] });
    const sent = site.jira.history().length;
    await sweep(parts);
    await finish(site, parts, group);
    expect(
      site.jira
        .history()
        .slice(sent)
        .map(({ operation }) => operation),
    ).toEqual(['GET /myself', 'POST /search/jql']);
  });
});
