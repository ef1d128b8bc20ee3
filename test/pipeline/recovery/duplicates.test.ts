import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { PageQuery, Store } from '../../../src/pipeline/ports/store.ts';
import type { CompiledRules } from '../../../src/rules/parse-rules.ts';
import type { JiraSimulatorOptions } from '../../../src/sandbox/jira-simulator.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed } from '../../support/service/kill.ts';
import { saveRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const active = findingOf(externalEvent());
const second = findingOf(externalEvent({ detail: { id: 'finding-2' } }));
const resolved = findingOf(externalEvent({ detail: { status: 'RESOLVED', updatedAt: '2026-03-02T10:00:00Z' } }));

/** The worst case: the first issue stays hidden from search for longer than the window, so a second one is created. */
async function withDuplicates(
  options: JiraSimulatorOptions = {},
  rules: CompiledRules = rulesOf([ruleBy('finding')]),
): Promise<{ site: Site; parts: ServiceParts; group: string }> {
  const site = await openSite(options);
  site.jira.faults.indexLagMs = 3_000_000;
  site.jira.faults.bulkFetchLagMs = 3_000_000;
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const parts = await site.start({ rules });
  const { group } = await parts.accept(active);
  await finish(site, parts, group);
  expect(site.created()).toBe(2);
  site.clock.forward(4_000_000);
  return { site, parts, group };
}

/** The store is lost while the issue is hidden from search for longer than the service waits, and the rules group differently then. */
async function withDuplicateElsewhere(others: readonly Finding[] = []): Promise<{ site: Site; parts: ServiceParts; store: Store }> {
  const site = await openSite();
  const first = await site.start({ rules: rulesOf([ruleBy('resource')]) });
  for (const finding of [active, ...others]) await finish(site, first, (await first.accept(finding)).group);
  site.jira.faults.indexLagMs = 3_000_000;
  site.jira.faults.bulkFetchLagMs = 3_000_000;
  const store = site.emptyStore();
  const parts = await site.start({ rules: rulesOf([ruleBy('finding')]), store });
  await finish(site, parts, (await parts.accept(active)).group);
  expect(site.created()).toBe(2);
  site.clock.forward(4_000_000);
  return { site, parts, store };
}

function unlessKilled(error: unknown): void {
  if (!(error instanceof Killed)) throw error;
}

function ruleBy(groupBy: 'resource' | 'finding'): object {
  return { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy, issue: { project: 'SEC', issueType: 'Task' } };
}

describe('duplicates', () => {
  test('the lowest id stays; the other is linked, commented and closed, once, and nothing is deleted', async () => {
    const { site, parts, group } = await withDuplicates();
    expect((await parts.group(group))?.issue?.key).toBe('SEC-2');
    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 2, restored: 1, duplicatesClosed: 1 } });
    expect((await parts.group(group))?.issue?.key).toBe('SEC-1');
    const [first, second] = site.jira.issues();
    expect([first?.status, second?.status]).toEqual(['To Do', 'Done']);
    expect(second?.links).toMatchObject([{ type: 'Duplicate', direction: 'outward', issueId: first?.id }]);
    expect(JSON.stringify(second?.comments)).toContain('duplicate of SEC-1');
    expect(first?.comments).toEqual([]);

    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 2, restored: 0, duplicatesClosed: 0 } });
    expect(site.jira.issues()[1]?.comments).toHaveLength(1);
    expect(site.jira.history().filter(({ method }) => method === 'DELETE')).toEqual([]);
  });

  test('the issue that stays follows its finding', async () => {
    const { site, parts } = await withDuplicates();
    await parts.sweep.run();
    await finish(site, parts, (await parts.accept(resolved)).group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'Done']);
    await finish(site, parts, (await parts.accept(findingOf(externalEvent({ detail: { updatedAt: '2026-03-03T10:00:00Z' } })))).group);
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'Done']);
  });

  test('two groups have an issue of one finding each: the group that the finding is in keeps its own', async () => {
    const { site, parts } = await withDuplicateElsewhere();
    expect(await parts.sweep.run({ dryRun: true })).toMatchObject({ swept: { issues: [{ key: 'SEC-1', is: 'restored' }] } });
    await parts.sweep.run();
    expect(await parts.sweep.run({ dryRun: true })).toMatchObject({
      swept: { duplicatesClosed: 1, issues: [{ key: 'SEC-1', is: 'duplicate-closed' }] },
    });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 2, restored: 0, duplicatesClosed: 1 } });
    const [first, second] = site.jira.issues();
    expect([first?.status, second?.status]).toEqual(['Done', 'To Do']);
    expect(first?.links).toMatchObject([{ type: 'Duplicate', direction: 'outward', issueId: second?.id }]);
    site.clock.forward(4_000_000);
    expect(await parts.sweep.run({ dryRun: true })).toMatchObject({ swept: { restored: 0, duplicatesClosed: 0 } });
    const asked = site.jira.history().length;
    expect(await parts.sweep.run()).toMatchObject({ swept: { restored: 0, duplicatesClosed: 0 } });
    expect(
      site.jira
        .history()
        .slice(asked)
        .filter(({ operation }) => operation.includes('/issue/*')),
    ).toEqual([]);
  });

  test('it serves a finding that has joined its group meanwhile, although it does not name that finding yet', async () => {
    const { site, parts } = await withDuplicateElsewhere();
    await parts.sweep.run();
    await saveRules(parts, [ruleBy('resource')]);
    await parts.accept(second);
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
    expect(site.jira.issues()[0]?.status).toBe('To Do');
  });

  test('it serves a finding whose other group has no issue, because an admin unlinked it', async () => {
    const { site, parts } = await withDuplicateElsewhere([second]);
    const { group } = await parts.accept(second);
    await finish(site, parts, group);
    await parts.unlink(group, 'a person');
    for (let sweeps = 0; sweeps < 2; sweeps += 1) expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
  });

  test.each<[string, (closeDuplicate: IssueTracker['closeDuplicate'], comes: () => Promise<void>) => IssueTracker['closeDuplicate']]>([
    ['afterwards', (closeDuplicate) => closeDuplicate],
    [
      'after the process died at its close',
      (closeDuplicate) =>
        async (...duplicate) => {
          await closeDuplicate(...duplicate);
          throw new Killed('after the close of the duplicate');
        },
    ],
    [
      'during its close',
      (closeDuplicate, comes) =>
        async (...duplicate) => {
          await comes();
          return closeDuplicate(...duplicate);
        },
    ],
  ])('a finding that joins the group of such a duplicate %s has an open issue', async (_, wrap) => {
    const { site, parts, store } = await withDuplicateElsewhere();
    await parts.sweep.run();
    await saveRules(parts, [ruleBy('resource')]);
    const comes = async (): Promise<void> => void (await finish(site, parts, (await parts.accept(second)).group));
    const wrapTracker = (tracker: IssueTracker): IssueTracker => ({ ...tracker, closeDuplicate: wrap(tracker.closeDuplicate, comes) });
    const sweeping = await site.start({ store, wrapTracker });
    await sweeping.sweep.run().catch(unlessKilled);
    expect(site.jira.issues()[0]?.status).toBe('Done');
    await comes();
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
    expect((await parts.group((await parts.accept(second)).group))?.issue).toMatchObject({ key: 'SEC-1', lastApplied: 'open' });
  });

  test('no duplicate of that kind is closed before all issues have been read back', async () => {
    const { site, parts, store } = await withDuplicateElsewhere();
    await parts.sweep.run();
    const untrusting = await site.start({ store, wrapTrust: (trust) => ({ ...trust, isTrusted: async () => false }) });
    expect(await untrusting.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
  });

  test('a finding whose group gets an issue while it is being moved to another group stays where it is', async () => {
    const site = await openSite();
    const first = await site.start({ rules: rulesOf([ruleBy('resource')]) });
    await finish(site, first, (await first.accept(active)).group);
    site.jira.faults.indexLagMs = 3_000_000;
    site.jira.faults.bulkFetchLagMs = 3_000_000;
    const store = site.emptyStore();
    const rules = rulesOf([ruleBy('finding')]);
    const aboutMembers = ({ terms }: PageQuery): boolean => terms.some((term) => term.startsWith('member:'));
    // As if it had read which groups name the finding a moment earlier.
    const blind: Store['page'] = (from, query) => store.page(from, aboutMembers(query) ? { ...query, terms: ['none'] } : query);
    const parts = await site.start({ rules, store: { ...store, page: blind } });
    const { group } = await parts.accept(active);
    site.clock.forward(4_000_000);
    const late: Store['page'] = async (from, query) => {
      const found = await store.page(from, query);
      if (aboutMembers(query)) await finish(site, parts, group);
      return found;
    };
    const sweeping = await site.start({ rules, store: { ...store, page: late }, owner: 'sweeps' });
    await sweeping.sweep.run();
    expect(await parts.record(active.key)).toMatchObject({ group, mapping: { issue: { key: 'SEC-2' } } });
    await parts.sweep.run();
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['Done', 'To Do']);
  });

  test('a finding that is known by name only may be in no other group', async () => {
    const { site, parts } = await withDuplicateElsewhere([second]);
    for (let sweeps = 0; sweeps < 3; sweeps += 1) expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
  });

  test("a person's clone is no duplicate, and neither is another installation's issue", async () => {
    const site = await openSite();
    const theirs = await site.start({ store: site.emptyStore(), installation: 'theirs' });
    await finish(site, theirs, (await theirs.accept(active)).group);
    const parts = await site.start({ installation: 'ours' });
    await finish(site, parts, (await parts.accept(active)).group);
    site.jira.person.clone('SEC-2');
    expect(await parts.sweep.run()).toMatchObject({ swept: { found: 1, restored: 0, duplicatesClosed: 0 } });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do', 'To Do']);
  });

  test('a link that was not made is made by the next sweep, before the issue is closed', async () => {
    const { site, parts } = await withDuplicates();
    site.jira.faults.next.push({ on: 'POST /issueLink', fault: 'status', status: 503 });
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
    expect(site.jira.issues()[1]).toMatchObject({ status: 'To Do', comments: [], links: [] });
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
    expect(site.jira.issues()[1]).toMatchObject({ status: 'Done', links: [{ type: 'Duplicate' }] });
  });

  test('on a site that refuses the link, the comment names the issue that stays', async () => {
    const { site, parts } = await withDuplicates();
    const body = { errorMessages: ["No issue link type with name 'Duplicate' found."] };
    site.jira.faults.next.push({ on: 'POST /issueLink', fault: 'status', status: 404, body });
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
    expect(JSON.stringify(site.jira.issues()[1]?.comments)).toContain('duplicate of SEC-1');
  });

  test('it is closed as the rule of its findings says', async () => {
    const close = { resolution: "Won't Do" };
    const { site, parts } = await withDuplicates(
      { projects: [{ key: 'SEC', workflow: 'strict' }] },
      rulesOf([{ ...ruleBy('finding'), close }]),
    );
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
    expect(site.jira.issues()[1]).toMatchObject({ status: 'Closed', resolution: "Won't Do" });
  });

  test('a sweep that Jira does not answer changes nothing, and the next one closes the duplicate', async () => {
    const { site, parts } = await withDuplicates();
    site.jira.faults.down = true;
    expect(await parts.sweep.run()).toMatchObject({ ok: false });
    site.jira.faults.down = false;
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
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
    await parts.reconcile(group);
    site.clock.forward(5_000);
    await parts.reconcile(group);
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
      await parts.reconcile(group);
      site.clock.forward(3_600_000);
    }
    expect(await parts.group(group)).toMatchObject({ issue: null, intent: { phase: 'uncertain', lookups: { valid: 0 } } });
  });
});
