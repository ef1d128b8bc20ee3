import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { PROPERTY_KEY } from '../../../src/issues/marker.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { put, type Write } from '../../../src/pipeline/ports/store.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCall, killAtCommit } from '../../support/service/kill.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';
import { putRules } from '../../support/service/put-rules.ts';

const EDIT = 'PUT /issue/*';
const READ = 'GET /issue/*';

const time = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();

/** The n-th observation of one finding; `detail` is its content besides the time. */
function word(minute: number, detail: Readonly<Record<string, unknown>> = {}): Finding {
  return findingOf(externalEvent({ time: time(minute), detail: { updatedAt: time(minute), ...detail } }));
}

/** Open to another account each time, so that the texts change with every event. */
const account = (n: number): string => String(100_000_000_000 + n);
const openTo = (n: number): Readonly<Record<string, unknown>> => ({ isPublic: false, principal: { AWS: account(n) } });
const opened = (minute: number): Finding => word(minute, openTo(minute));

const rule = (issue: object = {}): unknown => ({
  id: 'everything',
  match: { source: ['aws.access-analyzer'] },
  action: 'issue',
  groupBy: 'resource',
  issue: { project: 'SEC', issueType: 'Task', ...issue },
});

async function emit(site: Site, parts: ServiceParts, ...findings: readonly Finding[]): Promise<string> {
  let group = '';
  for (const finding of findings) {
    ({ group } = await parts.accept(finding));
    await finish(site, parts, group);
  }
  return group;
}

function only(site: Site): SimulatedIssue {
  const [issue, ...others] = site.jira.issues();
  if (issue === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} issues`);
  return issue;
}

const calls = (site: Site, from = 0): string[] =>
  site.jira
    .history()
    .slice(from)
    .map(({ operation }) => operation);
const edits = (site: Site): number => calls(site).filter((operation) => operation === EDIT).length;
const tells = ({ summary }: SimulatedIssue, n: number): boolean => summary.includes(account(n));
const text = ({ description }: SimulatedIssue): string => JSON.stringify(description);

describe('the content of an issue', () => {
  test('follows the finding: one read and one write, and nothing for an event that changes nothing', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1));
    await emit(site, parts, opened(2)); // our own account is read once
    const before = site.jira.history().length;
    await emit(site, parts, opened(3));
    expect(calls(site, before)).toEqual([READ, EDIT]);
    expect([tells(only(site), 3), text(only(site)).includes(account(3))]).toEqual([true, true]);
    await emit(site, parts, word(4, openTo(3)), word(5, openTo(3)));
    expect(site.jira.history()).toHaveLength(before + 2);
    expect((await parts.record(opened(1).key))?.history).toContainEqual(
      expect.objectContaining({ what: 'updated', because: 'summary, description', issueKey: 'SEC-1' }),
    );
    expect((await parts.record(opened(1).key))?.mapping).toMatchObject({ state: 'open', because: 'already-open', error: null });
  });

  test('follows a rule with the next pass', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule({ labels: ['old', 'both'], priority: 'Low' })]) });
    const group = await emit(site, parts, word(1));
    await putRules(site.store, [rule({ labels: ['new', 'both'], priority: 'High', dueInDays: 3 })]);
    expect(edits(site)).toBe(0);
    await finish(site, parts, group);
    expect(edits(site)).toBe(1);
    const issue = only(site);
    expect(issue.labels.toSorted()).toEqual(['both', expect.stringMatching(/^f2j-/), 'findings-to-jira', 'new']);
    const due = new Date(Date.parse(issue.created) + 3 * 86_400_000).toISOString().slice(0, 10);
    expect([issue.priority, issue.dueDate]).toEqual(['High', due]);
  });

  test('follows the severity and the rule in fields for which the project has ids of its own', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', components: ['Storage', 'Network', 'Mine'] }] });
    const parts = await site.start({ rules: rulesOf([rule({ components: ['Storage'] })]) });
    const group = await emit(site, parts, word(1, openTo(1)));
    const before = only(site).priority;
    await emit(site, parts, word(2, { isPublic: true, principal: { AWS: '*' }, action: ['s3:PutObject'] }));
    expect([before, only(site).priority]).toEqual(['Medium', 'Highest']);
    const stored = only(site).otherFields;
    await putRules(site.store, [rule({ components: ['Network'] })]);
    await finish(site, parts, group);
    expect(only(site).otherFields).not.toEqual(stored);
    await putRules(site.store, [rule({ components: ['Storage'] })]);
    await finish(site, parts, group);
    expect(only(site).otherFields).toEqual(stored);
    const mine = site.jira.person.edit('SEC-1', { components: [{ name: 'Mine' }] }).otherFields;
    await putRules(site.store, [rule({ components: ['Network'] })]);
    await finish(site, parts, group);
    expect(only(site).otherFields).toEqual(mine);
  });

  test('leaves out a priority that the project does not have, and does not send it again', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule({ priority: 'Low' })]) });
    const group = await emit(site, parts, word(1));
    await putRules(site.store, [rule({ priority: 'Forgotten', labels: ['new'] })]);
    await finish(site, parts, group);
    expect([edits(site), only(site).priority, only(site).labels.includes('new')]).toEqual([1, 'Low', true]);
    expect((await parts.record(word(1).key))?.history).toContainEqual(expect.objectContaining({ what: 'updated', because: 'labels' }));
    const calls = site.jira.history().length;
    await emit(site, parts, word(2));
    expect(site.jira.history()).toHaveLength(calls);
  });

  test('lists the findings of its group, and its property names them: joined, resolved, and no comment about it', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule()]) });
    const second = { id: 'second', principal: { AWS: '999988887777' } };
    await emit(site, parts, word(1), word(2, second));
    const keys = [word(1).key, word(2, second).key];
    expect(only(site).properties[PROPERTY_KEY]).toMatchObject({ findings: keys, attempt: 1 });
    expect(text(only(site))).toContain('second');
    const before = site.jira.history().length;
    await emit(site, parts, word(3, { ...second, status: 'RESOLVED' }));
    expect(calls(site, before)).toEqual([READ, EDIT]);
    expect(text(only(site)).toLowerCase()).toContain('resolved');
    expect(only(site)).toMatchObject({ status: 'To Do', comments: [] });
    const again = await site.start({ store: site.emptyStore() });
    await again.accept(word(2, second));
    expect((await again.record(keys[1] ?? ''))?.group).toBe((await parts.record(keys[1] ?? ''))?.group);
  });

  test('is written once for changes that come together', async () => {
    const site = await openSite();
    const parts = await site.start({ cooldowns: { transitionMs: 0, updateMs: 30_000 } });
    const { group } = await parts.accept(opened(1));
    await parts.reconcile(group);
    for (const minute of [2, 3, 4]) {
      await parts.accept(opened(minute));
      await parts.reconcile(group);
    }
    expect([edits(site), (await parts.group(group))?.requeueAt?.because]).toEqual([0, 'gathering']);
    await finish(site, parts, group);
    expect([edits(site), tells(only(site), 4)]).toEqual([1, true]);
  });

  test('waits for the cooldown of an update, but closing does not', async () => {
    const site = await openSite();
    const parts = await site.start({ cooldowns: { transitionMs: 0, updateMs: 30_000 } });
    const { group } = await parts.accept(opened(1));
    await parts.reconcile(group);
    await parts.accept(opened(2));
    await parts.reconcile(group);
    await parts.accept(word(3, { status: 'RESOLVED' }));
    await parts.reconcile(group);
    expect([only(site).status, edits(site)]).toEqual(['Done', 0]);
  });

  test('is not rewritten while it is closed, and is when it is open again', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1), word(2, { status: 'RESOLVED', ...openTo(2) }));
    expect(edits(site)).toBe(0);
    await emit(site, parts, opened(3));
    expect([only(site).status, tells(only(site), 3)]).toEqual(['To Do', true]);
  });

  test('is left as it is where the rules now send it to another project', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule()]) });
    await emit(site, parts, opened(1));
    await putRules(site.store, [rule({ project: 'PLAT' })]);
    await emit(site, parts, opened(2));
    expect([edits(site), only(site).key]).toEqual([0, 'SEC-1']);
  });

  test('of an issue that a person moved is written without the fields that are a project’s own', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule({ priority: 'Low' })]) });
    await emit(site, parts, opened(1));
    site.jira.person.move('SEC-1', 'PLAT');
    await putRules(site.store, [rule({ priority: 'High' })]);
    await emit(site, parts, opened(2));
    expect(only(site)).toMatchObject({ key: 'PLAT-1', priority: 'Low', summary: expect.stringContaining(account(2)) });
  });

  test('after the store was lost is written again only where it has changed', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1));
    site.jira.person.edit('SEC-1', { summary: 'Mine' });
    await emit(site, parts, opened(2));
    const again = await site.start({ store: site.emptyStore() });
    const before = edits(site);
    await emit(site, again, opened(2));
    expect(edits(site)).toBe(before);
    await emit(site, again, opened(3));
    expect([edits(site), only(site).summary, text(only(site)).includes(account(3))]).toEqual([before + 1, 'Mine', true]);
  });
});

describe('people win', () => {
  test('their summary, labels, priority and assignee survive twenty later events, and the fields that they left alone are still updated', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1));
    const { person } = site.jira;
    const dana = { accountId: '712020:9e250a0d-0000-4000-8000-00000000da4a' };
    person.edit('SEC-1', { summary: 'Our bucket', labels: ['ours', 'findings-to-jira'], priority: { name: 'Lowest' }, assignee: dana });
    for (let event = 2; event <= 21; event += 1) {
      // Everything that can change does: severity, actions, principals.
      const isPublic = event % 2 === 0;
      await emit(site, parts, word(event, { action: [`s3:Deed${event}`], isPublic, principal: { AWS: isPublic ? '*' : account(event) } }));
    }
    const issue = only(site);
    expect(issue).toMatchObject({
      summary: 'Our bucket',
      labels: ['ours', 'findings-to-jira'],
      priority: 'Lowest',
      assignee: dana.accountId,
      status: 'To Do',
      comments: [],
    });
    expect(text(issue)).toContain(account(21));
    expect(edits(site)).toBeLessThanOrEqual(20);
    expect((await parts.group((await parts.record(opened(1).key))?.group ?? ''))?.issue?.written).toMatchObject({
      summary: null,
      priority: null,
      description: expect.any(String),
    });
  });

  test('their description survives, too, and is not even read again', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1));
    const mine = { type: 'doc', version: 1, content: [] };
    site.jira.person.edit('SEC-1', { summary: 'Mine', description: mine });
    await emit(site, parts, opened(2));
    expect(only(site)).toMatchObject({ summary: 'Mine', description: mine });
    const before = site.jira.history().length;
    for (const minute of [3, 4, 5]) await emit(site, parts, opened(minute));
    expect(site.jira.history()).toHaveLength(before);
  });

  test('a label that a person adds to ours stays, and so do all labels from then on', async () => {
    const site = await openSite();
    const parts = await site.start({ rules: rulesOf([rule({ labels: ['one'] })]) });
    const group = await emit(site, parts, opened(1));
    site.jira.person.edit('SEC-1', { labels: [...only(site).labels, 'theirs'] });
    const labels = only(site).labels;
    await putRules(site.store, [rule({ labels: ['two'] })]);
    await finish(site, parts, group);
    expect(only(site).labels).toEqual(labels);
  });

  test('an issue that a person closed while the finding is open is noticed by the next update, and left alone', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, opened(1));
    site.jira.person.transition('SEC-1', 'Done');
    const before = only(site);
    const from = site.jira.history().length;
    await emit(site, parts, opened(2));
    expect(calls(site, from).filter((operation) => operation !== 'GET /myself')).toEqual([READ]);
    expect(only(site)).toEqual(before);
    expect((await parts.record(opened(1).key))?.mapping).toMatchObject({ state: 'closed', because: 'closed-by-person' });
    await emit(site, parts, opened(3), opened(4));
    expect(site.jira.history().length).toBe(from + calls(site, from).length);
    expect((await parts.group(group))?.issue).toMatchObject({ lastApplied: 'closed', closedBecause: 'by-person' });
    await emit(site, parts, word(5, { status: 'RESOLVED' }));
    expect(only(site)).toEqual(before);
    await emit(site, parts, opened(6));
    expect(only(site).status).toBe('To Do');
  });

  test('an issue that we closed ourselves, which the store has forgotten, is reopened for a finding that is open', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, opened(1));
    const [before] = await site.store.read(GROUPS, [group]);
    await emit(site, parts, word(2, { status: 'RESOLVED' }));
    const [after] = await site.store.read(GROUPS, [group]);
    const issue = before?.doc.issue ?? null;
    if (!after || issue === null) throw new Error('there is no issue');
    await site.store.commit([put(GROUPS, group, after.version, { ...after.doc, issue })]);
    await emit(site, parts, opened(3));
    expect([only(site).status, tells(only(site), 3)]).toEqual(['To Do', true]);
  });

  test.each([1, 2])('where Jira returns %i entries of a long history, a field without a certain author is left alone', async (entries) => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1));
    site.jira.person.edit('SEC-1', { description: { type: 'doc', version: 1, content: [] } });
    for (let n = 0; n < 5; n += 1) {
      site.clock.forward(1_000);
      site.jira.person.edit('SEC-1', { priority: { name: n % 2 === 0 ? 'Low' : 'High' } });
    }
    site.jira.faults.changelogEntries = entries;
    await emit(site, parts, opened(2));
    // The summary is as we sent it; the text can't be compared.
    expect(only(site)).toMatchObject({ summary: expect.stringContaining(account(2)), description: { content: [] } });
  });
});

/** True for the commit that records an update. */
function isUpdated(writes: readonly Write[]): boolean {
  return writes.some(({ becomes }) => becomes !== null && JSON.parse(becomes.json).last?.step === 'update');
}

describe('an update that fails', () => {
  const REFUSED = {
    errorMessages: [],
    errors: { priority: "Field 'priority' cannot be set. It is not on the appropriate screen, or unknown." },
  };

  test('refused: a visible failure, no storm of tries, and no obstacle to closing', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(opened(1));
    await parts.reconcile(group);
    site.jira.faults.next.push({ on: EDIT, fault: 'status', status: 400, body: REFUSED });
    await parts.accept(opened(2));
    await parts.reconcile(group);
    const shown = async () => (await parts.record(opened(1).key))?.mapping;
    expect(await shown()).toMatchObject({
      state: 'failed',
      error: { code: 'jira-invalid-request', words: expect.stringContaining('priority') },
    });
    const before = site.jira.history().length;
    for (const minute of [3, 4, 5]) {
      await parts.accept(word(minute, openTo(2)));
      await parts.reconcile(group);
    }
    expect(site.jira.history()).toHaveLength(before);
    expect(await shown()).toMatchObject({ state: 'failed', because: 'backoff' });
    await parts.accept(word(6, { status: 'RESOLVED' }));
    await parts.reconcile(group);
    expect(only(site).status).toBe('Done');
    expect(await shown()).toMatchObject({ state: 'closed', error: null });
  });

  test('refused, and sent again when an admin reconciles the group', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(opened(1));
    await parts.reconcile(group);
    site.jira.faults.next.push({ on: EDIT, fault: 'status', status: 400, body: REFUSED });
    await parts.accept(opened(2));
    await parts.reconcile(group);
    await parts.reconcileNow(group, 'anna');
    await parts.reconcile(group);
    expect(only(site).summary).toContain(account(2));
  });

  test('refused, and another text: tried once', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(opened(1));
    await parts.reconcile(group);
    site.jira.faults.next.push({ on: EDIT, fault: 'status', status: 400, body: REFUSED });
    await parts.accept(opened(2));
    await parts.reconcile(group);
    await parts.accept(opened(3));
    await parts.reconcile(group);
    expect(only(site).summary).toContain(account(3));
    expect((await parts.group(group))?.issue).not.toHaveProperty('refused');
  });

  test.each(['lost-after-commit', 'reset-before', 'html200'] as const)(
    'its answer is lost (%s): read, and written again',
    async (fault) => {
      const site = await openSite();
      const parts = await site.start();
      await emit(site, parts, opened(1));
      site.jira.faults.next.push({ on: EDIT, fault });
      await emit(site, parts, opened(2));
      expect(only(site).summary).toContain(account(2));
      expect(calls(site).filter((operation) => operation === READ || operation === EDIT)).toEqual([READ, EDIT, READ, EDIT]);
    },
  );

  test('a person changes it while the answer is lost: their change stays', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, opened(1));
    site.jira.faults.next.push({ on: EDIT, fault: 'lost-after-commit' });
    await parts.accept(opened(2));
    await parts.reconcile(group);
    site.clock.forward(1);
    site.jira.person.edit('SEC-1', { summary: 'Mine' });
    await finish(site, parts, group);
    expect(only(site).summary).toBe('Mine');
  });

  test.each(['before', 'after'] as const)('the process dies %s the call: the next one writes', async (when) => {
    const site = await openSite();
    const first = await site.start({ wrapTracker: killAtCall('update', when) });
    const { group } = await first.accept(opened(1));
    await first.reconcile(group);
    await first.accept(opened(2));
    await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
    const again = await site.start({ owner: 'after the restart' });
    const record = await finish(site, again, group);
    expect([record.issue?.writtenAt !== undefined, tells(only(site), 2)]).toEqual([true, true]);
    expect(only(site).changelog.filter(({ field }) => field === 'summary')).toHaveLength(1);
  });

  test.each(['before', 'after'] as const)('the process dies %s the record of it: the next one knows or finds out', async (when) => {
    const site = await openSite();
    const store = killAtCommit(site.store, isUpdated, when);
    const first = await site.start({ store });
    const { group } = await first.accept(opened(1));
    await first.reconcile(group);
    await first.accept(opened(2));
    await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
    await finish(site, await site.start({ owner: 'after the restart' }), group);
    expect(only(site).summary).toContain(account(2));
    expect(edits(site)).toBe(when === 'before' ? 2 : 1);
  });

  /** A process that is stopped for a while at its update. @param sends before or after it is stopped */
  async function stopped(
    site: Site,
    sends: 'before' | 'after',
    options: Partial<ServicePartsOptions> = {},
  ): Promise<{ readonly parts: ServiceParts; readonly goOn: () => void; readonly begun: () => boolean }> {
    let begun = false;
    let goOn = (): void => undefined;
    const going = new Promise<void>((resolve) => {
      goOn = resolve;
    });
    const parts = await site.start({
      ...options,
      owner: 'stopped',
      soleOwner: false,
      wrapTracker: (tracker) => ({
        ...tracker,
        update: async (issue, update) => {
          begun = true;
          if (sends === 'after') await going;
          const outcome = await tracker.update(issue, update);
          if (sends === 'before') await going;
          return outcome;
        },
      }),
    });
    return { parts, goOn, begun: () => begun };
  }

  test.each(['before', 'after'] as const)(
    'two passes at once, and the one with the older text sends %s it is stopped: the newest text stays',
    async (sends) => {
      const site = await openSite();
      await site.start(); // makes the store trusted
      const awake = await site.start({ owner: 'awake', soleOwner: false });
      const { group } = await awake.accept(opened(1));
      await awake.reconcile(group);
      const { parts, goOn } = await stopped(site, sends);
      await parts.accept(opened(2));
      const held = parts.reconcile(group);
      if (sends === 'before') await until(() => tells(only(site), 2), 'it has sent');
      await awake.accept(opened(3));
      await finish(site, awake, group);
      expect(tells(only(site), 3)).toBe(true);
      goOn();
      await held;
      await finish(site, awake, group);
      expect(tells(only(site), 3)).toBe(true);
      expect(text(only(site))).toContain(account(3));
    },
  );

  test('two overlap so that the older text comes last, and its process dies: it is written once more', async () => {
    const site = await openSite();
    await site.start(); // makes the store trusted
    const awake = await site.start({ owner: 'awake', soleOwner: false });
    const { group } = await awake.accept(opened(1));
    await awake.reconcile(group);
    const older = await stopped(site, 'after', { store: killAtCommit(site.store, isUpdated, 'after') });
    await older.parts.accept(opened(2));
    const dying = older.parts.reconcile(group);
    await until(() => older.begun(), 'the older text is about to be sent');
    const newer = await stopped(site, 'before');
    await newer.parts.accept(opened(3));
    const held = newer.parts.reconcile(group);
    await until(() => tells(only(site), 3), 'the newer text is sent');
    older.goOn();
    await expect(dying).rejects.toBeInstanceOf(Killed);
    expect(tells(only(site), 2)).toBe(true);
    newer.goOn();
    await held;
    await finish(site, awake, group);
    expect(tells(only(site), 3)).toBe(true);
  });

  test('closed by another pass while it was under way: the close is known, and the text is not written over it', async () => {
    const site = await openSite();
    await site.start(); // makes the store trusted
    const awake = await site.start({ owner: 'awake', soleOwner: false });
    const { group } = await awake.accept(opened(1));
    await awake.reconcile(group);
    const { parts, goOn } = await stopped(site, 'before');
    await parts.accept(opened(2));
    const held = parts.reconcile(group);
    await until(() => tells(only(site), 2), 'it has sent');
    await awake.accept(word(3, { status: 'RESOLVED', ...openTo(2) }));
    await finish(site, awake, group);
    goOn();
    await held;
    expect(await finish(site, awake, group)).toMatchObject({
      issue: { lastApplied: 'closed', status: { category: 'done' }, closedBecause: 'resolved' },
    });
    expect(only(site).comments).toHaveLength(1);
  });

  test('an issue that is gone is a failure, tried seldom', async () => {
    const site = await openSite();
    const parts = await site.start();
    const { group } = await parts.accept(opened(1));
    await parts.reconcile(group);
    site.jira.person.delete('SEC-1');
    await parts.accept(opened(2));
    await parts.reconcile(group);
    expect((await parts.record(opened(1).key))?.mapping).toMatchObject({ state: 'failed', error: { code: 'jira-not-found' } });
    const before = site.jira.history().length;
    await parts.accept(word(3, openTo(2)));
    await parts.reconcile(group);
    expect([site.jira.history().length, site.created()]).toEqual([before, 1]);
  });

  test('a property that names another group keeps nothing from an issue that the record has, and stays as it is', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, opened(1));
    const foreign = { installation: 'other', group: 'f-other', findings: [], attempt: 1 };
    await fetch(`${site.jira.url}/rest/api/3/issue/SEC-1/properties/${PROPERTY_KEY}`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${site.jira.credentials.bearerToken}`, 'content-type': 'application/json' },
      body: JSON.stringify(foreign),
    });
    await emit(site, parts, opened(2));
    expect(only(site)).toMatchObject({ properties: { [PROPERTY_KEY]: foreign }, summary: expect.stringContaining(account(2)) });
    expect(edits(site)).toBe(1);
  });
});
