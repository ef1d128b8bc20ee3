import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { closingComment, reopeningComment } from '../../../src/issues/text/comments.ts';
import type { OwnIssue } from '../../../src/issues/own-issue.ts';
import type { Write } from '../../../src/pipeline/ports/store.ts';
import { SIMPLE_WORKFLOW, type Workflow } from '../../../src/sandbox/jira/workflow.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killAtCall, killAtCommit, killDuringTransition } from '../../support/service/kill.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';

const [TRANSITION, SAY, EDIT] = ['POST /issue/*/transitions', 'POST /issue/*/comment', 'PUT /issue/*'];
const seen = (minute: number, status: 'ACTIVE' | 'RESOLVED' | 'ARCHIVED' = 'ACTIVE', n = 1): Finding =>
  findingOf(numberedEvent(n, minute, status));
const CLOSED = { body: closingComment('resolved') };
const REOPENED = { body: reopeningComment('active-again') };
const BUSY = { on: SAY, fault: 'status', status: 429, headers: { 'retry-after': '1800' } } as const;

async function emit(site: Site, parts: ServiceParts, finding: Finding): Promise<string> {
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  // So that no comment passes for one of the next transition.
  site.clock.forward(60_000);
  return group;
}

const [issueOf, commentsOf] = [
  (site: Site) => site.jira.issues()[0],
  (site: Site) => site.jira.issues()[0]?.comments.map(({ body }) => ({ body })),
];
const restart = (site: Site): Promise<ServiceParts> => site.start({ owner: 'after the restart' });

async function dies(work: Promise<unknown>): Promise<void> {
  await expect(work).rejects.toBeInstanceOf(Killed);
}

describe('a comment that could not be added with the transition', () => {
  test('is added when Jira takes it again, on every issue', async () => {
    const site = await openSite();
    const parts = await site.start();
    for (const n of range(5)) await emit(site, parts, seen(1, 'ACTIVE', n));
    const fault = { ...BUSY, headers: { 'retry-after': '30', 'ratelimit-reason': 'jira-burst-based' } };
    site.jira.faults.next.push(fault);
    const groups: string[] = [];
    for (const n of range(5)) {
      const { group } = await parts.accept(seen(2, 'RESOLVED', n));
      await parts.reconcile(group);
      groups.push(group);
    }
    expect(site.jira.issues().map(({ status }) => status)).toContain('Done');
    for (const group of groups) await finish(site, parts, group);
    expect(site.jira.issues()).toMatchObject(range(5).map(() => ({ status: 'Done', comments: [CLOSED] })));
  });

  test.each<readonly [string, object]>([
    ['the connection breaks before it is added', { fault: 'reset-before' }],
    ['the connection breaks after it was added', { fault: 'lost-after-commit' }],
    ['Jira fails and has not added it', { fault: 'status', status: 503 }],
    ['Jira fails and has added it', { fault: 'status', status: 503, afterCommit: true }],
  ])('is added once: %s', async (_, fault) => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, seen(1));
    for (const minute of [2, 4]) {
      site.jira.faults.next.push({ on: SAY, fault: 'status', ...fault });
      await emit(site, parts, seen(minute, 'RESOLVED'));
      site.jira.faults.next.push({ on: SAY, fault: 'status', ...fault });
      await emit(site, parts, seen(minute + 1));
    }
    expect(commentsOf(site)).toEqual([CLOSED, REOPENED, CLOSED, REOPENED]);
    expect((await parts.group((await parts.accept(seen(5))).group))?.issue).not.toHaveProperty('pendingWork');
  });

  test('is a failure until then, counted and reported, and the issue counts as closed', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, seen(1));
    for (let tries = 0; tries < 3; tries += 1) site.jira.faults.next.push({ on: SAY, fault: 'status', status: 503 });
    await parts.accept(seen(2, 'RESOLVED'));
    for (const attempts of [1, 2, 3]) {
      await parts.reconcile(group);
      expect(await parts.group(group)).toMatchObject({
        attempts,
        failure: { code: 'jira-server-error' },
        requeueAt: { because: 'backoff' },
        transition: null,
        issue: { lastApplied: 'closed', pendingWork: { to: 'closed', ifOurs: false } },
      });
      site.clock.forward(((await parts.group(group))?.requeueAt?.time ?? 0) - site.clock.now() + 1);
    }
    expect(parts.serviceEvents.filter(({ what }) => what === 'jira-failed')).toMatchObject(
      range(3).map(() => ({ call: 'finish', code: 'jira-server-error' })),
    );
    const record = await parts.record(seen(1).key);
    expect(record?.mapping).toMatchObject({ state: 'failed', error: { code: 'jira-server-error' } });
    expect(record?.history.slice(-4).map(({ what, because }) => [what, because])).toEqual([
      ['closed', 'resolved'],
      ...range(3).map(() => ['failed', 'jira-server-error']),
    ]);
    expect(record?.history.at(-1)?.calls?.map(({ operation }) => operation)).toEqual(['GET /issue/*', 'GET /issue/*/comment', SAY]);
    expect(await finish(site, parts, group)).toMatchObject({ attempts: 0, failure: null });
    expect((await parts.record(seen(1).key))?.mapping).toMatchObject({ state: 'closed', error: null });
    expect(commentsOf(site)).toEqual([CLOSED]);
  });

  test('is tried once more where Jira refuses it, and then dropped', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, seen(1));
    const body = { errorMessages: ['You may not comment'], errors: {} };
    for (let tries = 0; tries < 2; tries += 1) site.jira.faults.next.push({ on: SAY, fault: 'status', status: 403, body });
    await parts.accept(seen(2, 'RESOLVED'));
    await parts.reconcile(group);
    expect((await parts.record(seen(1).key))?.mapping).toMatchObject({ state: 'failed', error: { code: 'jira-forbidden' } });
    expect(await finish(site, parts, group)).toMatchObject({ failure: null, issue: { lastApplied: 'closed' } });
    expect(parts.serviceEvents.filter(({ what }) => what === 'jira-failed')).toMatchObject([
      { call: 'finish', code: 'jira-forbidden' },
      { call: 'finish', code: 'jira-forbidden', retryInMs: 0 },
    ]);
    const calls = site.jira.history().length;
    await finish(site, parts, group);
    expect(site.jira.history()).toHaveLength(calls);
  });

  test('delays no transition, and is dropped after the next one', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, seen(1));
    site.jira.faults.next.push({ ...BUSY, headers: { ...BUSY.headers, 'ratelimit-reason': 'jira-per-issue-on-write' } });
    await parts.accept(seen(2, 'RESOLVED'));
    await parts.reconcile(group);
    expect(await parts.group(group)).toMatchObject({
      requeueAt: { because: 'rate-limited' },
      issue: { lastApplied: 'closed', pendingWork: { to: 'closed' } },
    });
    site.jira.faults.next.push({ on: TRANSITION, fault: 'status', status: 204, afterCommit: true });
    await emit(site, parts, seen(3));
    expect(issueOf(site)?.status).toBe('To Do');
    expect(commentsOf(site)).toEqual([REOPENED]);
  });
});

test('work that has become pending in another process is not taken for done', async () => {
  const site = await openSite();
  const other = await site.start({ owner: 'other' });
  const parts = await site.start({
    wrapTracker: (tracker) => ({
      ...tracker,
      async finish(issue, owed, closing) {
        const outcome = await tracker.finish(issue, owed, closing);
        site.clock.forward(60_000);
        site.jira.faults.next.push({ on: SAY, fault: 'status', status: 503 });
        const { group } = await other.accept(seen(3));
        await other.reconcile(group);
        return outcome;
      },
    }),
  });
  const group = await emit(site, parts, seen(1));
  site.jira.faults.next.push({ on: SAY, fault: 'status', status: 503 });
  await parts.accept(seen(2, 'RESOLVED'));
  await parts.reconcile(group);
  site.clock.forward(60_000);
  await parts.reconcile(group);
  expect((await parts.group(group))?.issue).toMatchObject({ lastApplied: 'open', pendingWork: { to: 'open', comment: REOPENED.body } });
});

describe('a transition whose answer is lost', () => {
  test('is commented once, in either direction', async () => {
    const site = await openSite();
    const parts = await site.start();
    await emit(site, parts, seen(1));
    for (const [minute, status] of [
      [2, 'RESOLVED'],
      [3, 'ACTIVE'],
      [4, 'RESOLVED'],
    ] as const) {
      site.jira.faults.next.push({ on: TRANSITION, fault: 'lost-after-commit' });
      await emit(site, parts, seen(minute, status));
    }
    expect(commentsOf(site)).toEqual([CLOSED, REOPENED, CLOSED]);
    expect(issueOf(site)?.status).toBe('Done');
  });

  test('that carried its comment is not commented again, even if the reason has changed by now', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', workflow: 'global' }] });
    const parts = await site.start();
    const group = await emit(site, parts, seen(1));
    site.jira.faults.next.push({ on: TRANSITION, fault: 'lost-after-commit' });
    await parts.accept(seen(2, 'RESOLVED'));
    await parts.reconcile(group);
    await emit(site, parts, seen(3, 'ARCHIVED'));
    expect(commentsOf(site)).toEqual([CLOSED]);
  });

  test('and that never happened, while a person made it: no comment is added in our name', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, seen(1));
    site.jira.faults.next.push({ on: TRANSITION, fault: 'reset-before' });
    await parts.accept(seen(2, 'RESOLVED'));
    await parts.reconcile(group);
    site.jira.person.transition('SEC-1', 'Done');
    const record = await finish(site, parts, group);
    expect(record.issue).toMatchObject({ lastApplied: 'closed' });
    expect(record.issue).not.toHaveProperty('pendingWork');
    expect(commentsOf(site)).toEqual([]);
  });
});

describe('a process dies', () => {
  /** The group's issue in a commit; null: the commit has none. */
  function issueIn(writes: readonly Write[]): OwnIssue | null {
    const write = writes.find(({ collection }) => collection === 'groups');
    return write?.becomes ? JSON.parse(write.becomes.json).issue : null;
  }

  test.each([false, true])('between the transition and its comment, added %s: added once after the restart', async (afterCommit) => {
    const site = await openSite();
    const hanging = (): boolean => site.jira.history().some(({ operation, fault }) => operation === SAY && fault === 'hangs');
    const first = await site.start({ owner: 'first', wrapTracker: killDuringTransition(() => until(hanging, 'the comment hangs')) });
    const group = await emit(site, first, seen(1));
    site.jira.faults.next.push({ on: SAY, fault: 'hangs', afterCommit });
    await first.accept(seen(2, 'RESOLVED'));
    await dies(first.reconcile(group));
    await finish(site, await restart(site), group);
    expect(issueOf(site)?.status).toBe('Done');
    expect(commentsOf(site)).toEqual([CLOSED]);
  });

  test.each(['before', 'after'] as const)('%s the pending comment is recorded: added once after the restart', async (when) => {
    const site = await openSite();
    const store = killAtCommit(site.store, (writes) => issueIn(writes)?.pendingWork !== undefined, when);
    const first = await site.start({ store, owner: 'first' });
    const group = await emit(site, first, seen(1));
    site.jira.faults.next.push({ on: SAY, fault: 'reset-before' });
    await first.accept(seen(2, 'RESOLVED'));
    await dies(first.reconcile(group));
    await finish(site, await restart(site), group);
    expect(commentsOf(site)).toEqual([CLOSED]);
  });

  test.each(['before', 'after'] as const)('%s the pending comment is sent: added once after the restart', async (when) => {
    const site = await openSite();
    const first = await site.start({ owner: 'first', wrapTracker: killAtCall('finish', when) });
    const group = await emit(site, first, seen(1));
    site.jira.faults.next.push({ on: SAY, fault: 'reset-before' });
    await first.accept(seen(2, 'RESOLVED'));
    await dies(finish(site, first, group));
    const record = await finish(site, await restart(site), group);
    expect(record.issue).not.toHaveProperty('pendingWork');
    expect(commentsOf(site)).toEqual([CLOSED]);
  });
});

describe('a field that could not be set with the transition', () => {
  const rule = {
    id: 'everything',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task' },
  };
  const workflow: Workflow = {
    ...SIMPLE_WORKFLOW,
    transitions: SIMPLE_WORKFLOW.transitions.map((one) => ({ ...one, screen: { resolution: 'optional' }, resolution: 'kept' })),
  };
  const off = "Field 'resolution' cannot be set. It is not on the appropriate screen, or unknown.";
  const notOnScreen = { on: TRANSITION, fault: 'status', status: 400, body: { errorMessages: [], errors: { resolution: off } } } as const;

  test('is set later', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', workflow }] });
    const parts = await site.start();
    await emit(site, parts, seen(1));
    site.jira.faults.next.push(notOnScreen, { on: EDIT, fault: 'status', status: 503 });
    await emit(site, parts, seen(2, 'RESOLVED'));
    expect(issueOf(site)).toMatchObject({ status: 'Done', resolution: 'Done', comments: [CLOSED] });
  });

  test('and is refused is reported until the rule is fixed, and then set as the rule says', async () => {
    const site = await openSite({ projects: [{ key: 'SEC', workflow }] });
    const parts = await site.start({ rules: rulesOf([{ ...rule, close: { resolution: 'Done' } }]) });
    const group = await emit(site, parts, seen(1));
    const body = { errorMessages: [], errors: { resolution: 'Done is retired' } };
    const refused = { on: EDIT, fault: 'status', status: 400, body } as const;
    site.jira.faults.next.push(notOnScreen, refused, refused);
    await parts.accept(seen(2, 'RESOLVED'));
    for (let tries = 0; tries < 2; tries += 1) {
      await parts.reconcile(group);
      expect((await parts.record(seen(1).key))?.mapping).toMatchObject({
        state: 'failed',
        error: { code: 'jira-invalid-request', words: 'resolution: Done is retired' },
      });
      site.clock.forward(24 * 3_600_000);
    }
    expect(issueOf(site)).toMatchObject({ status: 'Done', resolution: null });
    await changeRules(parts, [{ ...rule, close: { resolution: 'Duplicate' } }]);
    expect(await finish(site, parts, group)).toMatchObject({ failure: null });
    expect(issueOf(site)).toMatchObject({ status: 'Done', resolution: 'Duplicate', comments: [CLOSED] });
  });
});
