import { expect, test } from 'vitest';
import { createAccessWatch } from '../../../src/pipeline/runtime/watch-access.ts';
import { put } from '../../../src/pipeline/ports/store.ts';
import { AWAITS_ANSWER, GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { TRACKER_ACCESS } from '../../../src/pipeline/records/service-collections.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { killAtAsk } from '../../support/service/kill.ts';
import { handMadeIssue } from '../../support/jira/hand-made-issues.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import { openSite } from '../../support/service/site.ts';

/** Public to read, so that no limit holds it back, or shared. */
function severeOr(n: number, isSevere: boolean) {
  const access = isSevere ? { isPublic: true, principal: { AWS: '*' } } : { isPublic: false, principal: { AWS: '999988887777' } };
  return findingOf(externalEvent({ detail: { id: `f-${n}`, resource: `arn:aws:s3:::bucket-${n}`, action: ['s3:GetObject'], ...access } }));
}

test('what arrives while Jira is away counts against the limits when it can be opened', async () => {
  const site = await openSite();
  const all = { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };
  const parts = await site.start({ rules: rulesOf([all], { limits: { livePerHour: 2 } }) });
  site.jira.faults.unavailableBeforeRate = 1;
  const arrive = async (n: number, isSevere: boolean): Promise<string> => {
    const { group } = await parts.accept(severeOr(n, isSevere));
    await parts.reconcile(group);
    return group;
  };
  for (const n of range(5)) await arrive(n, true);
  expect((await parts.accessWatch.advance(), parts.access.state().access)).toBe('away');
  const waiting: string[] = [];
  for (const n of range(5)) {
    waiting.push(await arrive(5 + n, false));
    site.clock.forward(3_600_000);
  }
  for (const group of waiting) expect(await parts.group(group)).toMatchObject({ failure: { code: 'jira-server-error' }, attempts: 0 });
  site.jira.faults.unavailableBeforeRate = 0;
  for (const _ of range(2)) await parts.accessWatch.advance();
  for (const group of waiting) await parts.reconcile(group);
  expect(site.created()).toBe(2);
  expect((await Promise.all(waiting.map(parts.group))).filter((record) => record?.last?.because === 'over-limit')).toHaveLength(3);
});

test('a process that starts while Jira is away asks it before anything is sent', async () => {
  const site = await openSite();
  const first = await site.start();
  site.jira.faults.unavailableBeforeRate = 1;
  const groups: string[] = [];
  for (const n of range(8)) {
    const { group } = await first.accept(findingOf(numberedEvent(n, 1)));
    await first.reconcile(group);
    groups.push(group);
  }
  await first.stop();
  const before = site.jira.history().length;
  const second = await site.start({ owner: 'second' });
  for (const group of groups) await second.reconcile(group);
  await second.accessWatch.advance();
  const asked = site.jira.history().slice(before);
  expect(asked.map(({ operation }) => operation)).toEqual(['GET /myself']);
  expect(second.serviceEvents.filter(({ what }) => what === 'jira-away')).toHaveLength(1);
});

test('an admin who links an issue while Jira is away hears so without a call, and can do it afterwards', async () => {
  const site = await openSite();
  const parts = await site.start();
  await parts.reconcile((await parts.accept(findingOf(numberedEvent(99, 1)))).group);
  const issue = handMadeIssue(site);
  site.jira.faults.unavailableBeforeRate = 1;
  const groups: string[] = [];
  for (const n of range(8)) {
    const { group } = await parts.accept(findingOf(numberedEvent(n, 1)));
    await parts.reconcile(group);
    groups.push(group);
  }
  await parts.accessWatch.advance();
  const [group = ''] = groups.slice(-1);
  const calls = site.jira.history().length;
  expect(await parts.link(group, issue.key, 'alice')).toMatchObject({
    because: 'jira-failed',
    failure: { code: 'jira-server-error', retry: { when: 'answers-again' } },
  });
  expect(site.jira.history()).toHaveLength(calls);
  site.jira.faults.unavailableBeforeRate = 0;
  site.clock.forward(30_000);
  for (const _ of range(2)) await parts.accessWatch.advance();
  expect(await parts.link(group, issue.key, 'alice')).toEqual({ ok: true, issueKey: issue.key });
  await parts.reconcile(group);
  expect((await parts.group(group))?.issue).toMatchObject({ key: issue.key });
  expect(
    site.jira
      .history()
      .slice(calls)
      .filter(({ operation }) => operation === 'POST /issue'),
  ).toEqual([]);
});

test('the first replica to hear from Jira again tells the others before it releases what waited', async () => {
  const site = await openSite();
  const [first, second] = [await site.start(), await site.start({ owner: 'second' })];
  site.jira.faults.unavailableBeforeRate = 1;
  const fail = async (parts: typeof first, from: number): Promise<void> => {
    for (const n of range(8)) await parts.reconcile((await parts.accept(findingOf(numberedEvent(from + n, 1)))).group);
    await parts.accessWatch.advance();
  };
  await fail(first, 0);
  site.clock.forward(3_000);
  await fail(second, 8);
  expect([first.access.state().access, second.access.state().access]).toEqual(['away', 'away']);
  site.jira.faults.unavailableBeforeRate = 0;
  site.clock.forward(2_000);
  const waiting = async (): Promise<number> => (await site.store.counts(GROUPS, [AWAITS_ANSWER]))[0] ?? 0;
  const before = await waiting();
  await first.accessWatch.advance();
  expect([first.access.state().access, await waiting()]).toEqual(['accepted', before]);
  await first.accessWatch.advance();
  expect(await waiting()).toBe(0);
  const { group } = await second.accept(findingOf(numberedEvent(7, 2)));
  await second.reconcile(group);
  expect(second.access.state().access, 'long before its own next question').toBe('accepted');
  expect((await second.group(group))?.issue?.key).toMatch(/^SEC-/);
});

test('a replica that Jira does not answer asks once when another one hears from it, and not again', async () => {
  const site = await openSite();
  const parts = await site.start();
  site.jira.faults.unavailableBeforeRate = 1;
  for (const n of range(8)) await parts.reconcile((await parts.accept(findingOf(numberedEvent(n, 1)))).group);
  await parts.accessWatch.advance();
  const asked = (): number => site.jira.history().filter(({ operation }) => operation === 'GET /myself').length;
  const before = asked();
  site.clock.forward(1_000);
  await site.store.commit([put(TRACKER_ACCESS, 'jira', null, { answeredAt: site.clock.now() })]);
  for (const _ of range(3)) await parts.accessWatch.advance();
  expect([asked(), parts.access.state().access]).toEqual([before + 1, 'away']);
});

test('a process that dies while it releases what waited leaves the rest to the next look', async () => {
  const site = await openSite();
  const parts = await site.start();
  site.jira.faults.unavailableBeforeRate = 1;
  const groups: string[] = [];
  for (const n of range(12)) {
    const { group } = await parts.accept(findingOf(numberedEvent(n, 1)));
    await parts.reconcile(group);
    groups.push(group);
  }
  site.jira.faults.unavailableBeforeRate = 0;
  site.clock.forward(30_000);
  const waiting = async (): Promise<number> => (await site.store.counts(GROUPS, [AWAITS_ANSWER]))[0] ?? 0;
  const before = await waiting();
  const dying = createAccessWatch({ ...parts, store: site.store, clock: site.clock, queue: killAtAsk(parts.queue), emit: () => undefined });
  await dying.advance();
  await expect(dying.advance()).rejects.toThrow('Killed');

  expect(await waiting()).toBe(before - 1);
  for (const _ of range(2)) await parts.accessWatch.advance();
  expect(await waiting()).toBe(0);
});

test('what waited is released a few at a time, the oldest first', async () => {
  const site = await openSite();
  const parts = await site.start();
  site.jira.faults.unavailableBeforeRate = 1;
  for (const n of range(15)) {
    const { group } = await parts.accept(findingOf(numberedEvent(n, 1)));
    await parts.reconcile(group);
    site.clock.forward(1);
  }
  const waiting = async (): Promise<readonly string[]> =>
    (await site.store.page(GROUPS, { terms: [AWAITS_ANSWER], limit: 100, order: 'oldest' })).items.map(({ id }) => id);
  const before = await waiting();
  site.jira.faults.unavailableBeforeRate = 0;
  site.clock.forward(30_000);
  // Its queue is empty.
  const second = await site.start({ owner: 'second', requestsPerSecond: 10 });
  const withoutRoom = createAccessWatch({
    ...second,
    access: { ...second.access, room: () => 0 },
    store: site.store,
    clock: site.clock,
    emit: () => undefined,
  });
  for (const _ of range(2)) await withoutRoom.advance();
  expect(await waiting()).toEqual(before);
  await second.accessWatch.advance();
  expect([await waiting(), await second.queue.depth()], 'what gets its permit within a second').toEqual([before.slice(10), 10]);
  // The queue is full, and yet nothing waits for ever.
  await second.accessWatch.advance();
  expect(await waiting()).toEqual(before.slice(11));
});
