import { describe, expect, test } from 'vitest';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { PauseScope } from '../../../src/issues/pause.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import type { CompiledRules } from '../../../src/rules/parse-rules.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { statuses } from '../../support/jira/hand-made-issues.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts, ServicePartsOptions } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';

const active = findingOf(externalEvent());

/** The first issue stays hidden from search for longer than the window, so a second one is created. */
async function withDuplicates(
  wrapTracker: NonNullable<ServicePartsOptions['wrapTracker']> = (tracker) => tracker,
): Promise<{ site: Site; parts: ServiceParts; group: string }> {
  const site = await openSite();
  Object.assign(site.jira.faults, { indexLagMs: 3_000_000, bulkFetchLagMs: 3_000_000 });
  site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
  const parts = await site.start({ wrapTracker });
  const { group } = await parts.accept(active);
  await finish(site, parts, group);
  site.clock.forward(4_000_000);
  return { site, parts, group };
}

describe('a pause', () => {
  test.each<PauseScope>(['all', 'project:SEC', 'rule:everything'])('of %s keeps a duplicate open', async (scope) => {
    const { site, parts } = await withDuplicates();
    await parts.pauses.set(scope, 'anna', 'a deploy');
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
    expect(await parts.sweep.run({ dryRun: true })).toMatchObject({ swept: { duplicatesClosed: 0 } });
    expect(statuses(site)).toEqual(['SEC-1 To Do', 'SEC-2 To Do']);
    await parts.pauses.lift(scope);
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
  });

  test.each(['SEC-1', 'SEC-2'])('of the project to which %s was moved, too: both issues are written to', async (moved) => {
    const { site, parts } = await withDuplicates();
    site.jira.person.move(moved, 'PLAT');
    site.clock.forward(4_000_000);
    await parts.pauses.set('project:PLAT', 'anna', 'a deploy');
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
  });

  test('of the rule that sends its findings to Jira, although they are in another group by now', async () => {
    const site = await openSite();
    const rules = (groupBy: string): CompiledRules =>
      rulesOf([
        { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', groupBy, issue: { project: 'SEC', issueType: 'Task' } },
      ]);
    const first = await site.start({ rules: rules('resource') });
    await finish(site, first, (await first.accept(active)).group);
    Object.assign(site.jira.faults, { indexLagMs: 3_000_000, bulkFetchLagMs: 3_000_000 });
    const parts = await site.start({ rules: rules('finding'), store: site.emptyStore() });
    await finish(site, parts, (await parts.accept(active)).group);
    site.clock.forward(4_000_000);
    await parts.sweep.run();
    await parts.pauses.set('rule:all', 'anna', 'a deploy');
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
    await parts.pauses.lift('rule:all');
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
  });

  test('does not hold a group that an admin has released', async () => {
    const { site, parts, group } = await withDuplicates();
    await parts.pauses.set('all', 'anna', 'a deploy');
    await parts.sweep.run();
    const [stored] = await site.store.read(GROUPS, [group]);
    if (stored) await site.store.commit([put(GROUPS, group, stored.version, { ...stored.doc, released: true })]);
    expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 1 } });
  });
});

test('an admin action counts while a duplicate waits for the permit to close it: linked, it stays open, and the other one is the duplicate', async () => {
  let comes: () => Promise<void> = async () => undefined;
  const wrapTracker = (tracker: IssueTracker): IssueTracker => ({
    ...tracker,
    async permit(...asked) {
      const permit = await tracker.permit(...asked);
      if (asked[0] === 'transition') await comes();
      return permit;
    },
  });
  const { site, parts, group } = await withDuplicates(wrapTracker);
  comes = async () => {
    comes = async () => undefined;
    await parts.link(group, 'SEC-2', 'anna');
  };
  expect(await parts.sweep.run()).toMatchObject({ swept: { duplicatesClosed: 0 } });
  expect(site.jira.issues()[1]).toMatchObject({ status: 'To Do', comments: [], links: [] });
  await finish(site, parts, group);
  await parts.sweep.run();
  expect(statuses(site)).toEqual(['SEC-1 Done', 'SEC-2 To Do']);
});

test('a duplicate that is linked at the very moment of its close is reopened', async () => {
  let comes: () => Promise<unknown> = async () => undefined;
  const wrapTracker = (tracker: IssueTracker): IssueTracker => ({
    ...tracker,
    async closeDuplicate(...duplicate) {
      await comes();
      return tracker.closeDuplicate(...duplicate);
    },
  });
  const { site, parts, group } = await withDuplicates(wrapTracker);
  comes = () => parts.link(group, 'SEC-2', 'anna');
  await parts.sweep.run();
  comes = async () => undefined;
  await finish(site, parts, group);
  await parts.sweep.run();
  expect(statuses(site)).toEqual(['SEC-1 Done', 'SEC-2 To Do']);
});
