import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { GroupRecord } from '../../../src/issues/group-record.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import type { ScriptedFault } from '../../../src/sandbox/jira/faults.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { killAtCall, Killed } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { putRules } from '../../support/service/put-rules.ts';

/** One finding at a minute of its life. @param account to which it is open */
function seen(minute: number, status: 'ACTIVE' | 'RESOLVED' = 'ACTIVE', account = '123456789012'): Finding {
  const updatedAt = new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
  return findingOf(externalEvent({ time: updatedAt, detail: { status, updatedAt, isPublic: false, principal: { AWS: account } } }));
}

const lost: ScriptedFault = { on: 'POST /issue/*/transitions', fault: 'lost-after-commit' };
const cutOff: ScriptedFault = { on: 'POST /issue/*/transitions', fault: 'reset-before' };
const unread: ScriptedFault = { on: 'GET /issue/*', fault: 'status', status: 503 };

const statusIn = (site: Site): string | undefined => site.jira.issues()[0]?.status;
const closeByHand = (site: Site): unknown => site.jira.person.transition('SEC-1', 'Done', "Won't Do");

async function emit(site: Site, parts: ServiceParts, ...findings: readonly Finding[]): Promise<GroupRecord> {
  let record: GroupRecord | null = null;
  for (const finding of findings) record = await finish(site, parts, (await parts.accept(finding)).group);
  if (record === null) throw new Error('no finding was given');
  return record;
}

describe('the answer to a reopening is lost', () => {
  /** The finding is active again, and the transition meets the fault. */
  async function reopenWith(fault: ScriptedFault, closedByPerson: boolean): Promise<{ site: Site; parts: ServiceParts; group: string }> {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await emit(site, parts, seen(0));
    if (closedByPerson) {
      await parts.accept(seen(1, 'RESOLVED'));
      closeByHand(site);
    }
    await emit(site, parts, seen(1, 'RESOLVED'));
    site.clock.forward(60_000);
    site.jira.faults.next.push(fault);
    await parts.accept(seen(2));
    await parts.reconcile(group);
    return { site, parts, group };
  }

  test('a person closes the issue before the next try: it stays closed, and the reason is recorded', async () => {
    const { site, parts, group } = await reopenWith(lost, false);
    expect(statusIn(site)).toBe('To Do');
    closeByHand(site);
    const record = await finish(site, parts, group);
    expect([statusIn(site), site.jira.issues()[0]?.resolution]).toEqual(['Done', "Won't Do"]);
    expect(record).toMatchObject({
      transition: null,
      failure: null,
      issue: { lastApplied: 'closed', closedBecause: 'by-person', status: { name: 'Done' } },
    });
    expect((await parts.record(seen(0).key))?.mapping).toMatchObject({ state: 'closed', because: 'closed-by-person' });
    expect(parts.serviceEvents).toContainEqual({ what: 'issue-closed-by-person', group, issueKey: 'SEC-1' });
  });

  test('and so are the answers after it: a close by a person meanwhile still counts as later than the reopening', async () => {
    const { site, parts, group } = await reopenWith(lost, false);
    site.clock.forward(60_000);
    closeByHand(site);
    site.jira.faults.next.push(unread, unread);
    await finish(site, parts, group);
    expect(statusIn(site)).toBe('Done');
  });

  test.each([true, false])('it never happened: the next try reopens the issue, closed by a person: %s', async (closedByPerson) => {
    const { site, parts, group } = await reopenWith(cutOff, closedByPerson);
    expect(statusIn(site)).toBe('Done');
    const record = await finish(site, parts, group);
    expect([statusIn(site), record.issue?.lastApplied]).toEqual(['To Do', 'open']);
  });

  test('the process dies before the answer, and a person closes the issue and moves it: it stays closed', async () => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('reopen', 'after') });
    const { group } = await emit(site, first, seen(0), seen(1, 'RESOLVED'));
    await first.accept(seen(2));
    await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
    closeByHand(site);
    const { key } = site.jira.person.move('SEC-1', 'PLAT');
    const record = await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect([statusIn(site), record.issue?.key]).toEqual(['Done', key]);
  });
});

test('a person closes the issue while our own close is uncertain, and the finding comes back: it is reopened, however many tries that takes', async () => {
  const site = await openSite();
  const parts = await site.start();
  const { group } = await emit(site, parts, seen(0));
  site.jira.faults.next.push(cutOff);
  await parts.accept(seen(1, 'RESOLVED'));
  await parts.reconcile(group);
  site.clock.forward(60_000);
  closeByHand(site);
  site.clock.forward(60_000);
  site.jira.faults.next.push(cutOff);
  await parts.accept(seen(2));
  await parts.reconcile(group);
  expect((await parts.group(group))?.transition).toMatchObject({ to: 'open', uncertain: true });
  await finish(site, parts, group);
  expect(statusIn(site)).toBe('To Do');
});

test('an issue that a sweep found before the lookup did; a person closes it; the next sweep leaves it closed', async () => {
  const site = await openSite();
  const parts = await site.start();
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const { group } = await parts.accept(seen(0));
  await parts.reconcile(group);
  await parts.sweep.run();
  expect((await finish(site, parts, group)).issue?.key).toBe('SEC-1');
  site.clock.forward(1_800_000);
  closeByHand(site);
  site.clock.forward(1_800_000);
  await parts.sweep.run();
  site.jira.faults.next.push(unread, unread);
  const record = await finish(site, parts, group);
  expect(statusIn(site)).toBe('Done');
  expect(record.issue).toMatchObject({ closedBecause: 'by-person', status: { name: 'Done' } });
  await emit(site, parts, seen(1, 'RESOLVED'), seen(2));
  expect(statusIn(site)).toBe('To Do');
});

describe('an issue that is known to be closed by a person', () => {
  async function closedByHand(): Promise<{ site: Site; parts: ServiceParts; group: string }> {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await emit(site, parts, seen(0));
    closeByHand(site);
    // An update notices it.
    const { issue } = await emit(site, parts, seen(1, 'ACTIVE', '210987654321'));
    expect(issue?.closedBecause).toBe('by-person');
    return { site, parts, group };
  }

  test('is left alone when a transition of it is uncertain', async () => {
    const { site, parts, group } = await closedByHand();
    const [stored] = await site.store.read(GROUPS, [group]);
    if (!stored) throw new Error('there is no group');
    const move = { to: 'closed', owner: '', sentAt: site.clock.now(), uncertain: true } as const;
    await site.store.commit([
      put(GROUPS, group, stored.version, { ...stored.doc, transition: move, generation: stored.doc.generation + 1 }),
    ]);
    expect(await finish(site, parts, group)).toMatchObject({ transition: null, issue: { closedBecause: 'by-person' } });
    expect(statusIn(site)).toBe('Done');
  });

  test('is reopened when its finding was gone and comes back, even if the answer to the close was lost', async () => {
    const { site, parts, group } = await closedByHand();
    site.clock.forward(60_000);
    site.jira.faults.next.push(unread);
    await parts.accept(seen(2, 'RESOLVED'));
    await parts.reconcile(group);
    expect((await parts.group(group))?.transition).toMatchObject({ to: 'closed', uncertain: true });
    await emit(site, parts, seen(3));
    expect(statusIn(site)).toBe('To Do');
  });
});

describe('an ACTIVE finding that the rules send nowhere for a while, and whose rule says close', () => {
  const match = { source: ['aws.access-analyzer'] };
  const rule = { id: 'everything', match, action: 'issue', issue: { project: 'SEC', issueType: 'Task' }, whenUnrouted: 'close' };
  const ignoring = { id: 'nothing', match, action: 'ignore' };

  async function unroute(before: (site: Site) => unknown): Promise<{ site: Site; closedBecause: string | undefined }> {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule]) });
    const { group } = await emit(site, parts, seen(0));
    await before(site);
    await putRules(site.store, [ignoring, rule]);
    const { issue } = await finish(site, parts, group);
    expect(statusIn(site)).toBe('Done');
    await putRules(site.store, [rule]);
    await finish(site, parts, group);
    return { site, closedBecause: issue?.closedBecause };
  }

  test('a person had closed its issue: it stays closed when the rule is back', async () => {
    const { site, closedBecause } = await unroute(closeByHand);
    expect([statusIn(site), closedBecause]).toEqual(['Done', 'by-person']);
    expect(site.jira.issues()[0]?.comments).toEqual([]);
  });

  test('the answer to our own close was lost: it is reopened when the rule is back', async () => {
    const { site, closedBecause } = await unroute(({ jira }) => jira.faults.next.push(lost));
    expect([statusIn(site), closedBecause]).toEqual(['To Do', 'unrouted']);
  });
});
