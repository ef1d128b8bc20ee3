import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import { closingComment, reopeningComment } from '../../../src/issues/text/comments.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { SIMPLE_WORKFLOW, STRICT_WORKFLOW, type Workflow } from '../../../src/sandbox/jira/workflow.ts';
import { numberedEvent, range } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { Killed, killDuringTransition } from '../../support/service/kill.ts';
import { changeRules } from '../../support/service/save-rules.ts';
import { findingOf, rulesOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { openSite, type Site } from '../../support/service/site.ts';
import { until } from '../../support/until.ts';
import { putRules } from '../../support/service/put-rules.ts';

const [READ, TRANSITION] = ['GET /issue/*', 'POST /issue/*/transitions'];
const seen = (n: number, minute: number, status: 'ACTIVE' | 'ARCHIVED' | 'RESOLVED' = 'ACTIVE'): Finding =>
  findingOf(numberedEvent(n, minute, status));
const strict = (workflow: 'strict' | Workflow = 'strict'): Promise<Site> => openSite({ projects: [{ key: 'SEC', workflow }] });
const statusesOf = ({ changelog }: SimulatedIssue): (string | null)[] =>
  changelog.filter(({ field }) => field === 'status').map(({ to }) => to);
const callsSince = (site: Site, from: number): string[] =>
  site.jira
    .history()
    .slice(from)
    .map(({ operation }) => operation);

async function emit(site: Site, parts: ServiceParts, finding: Finding): Promise<string> {
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  return group;
}

describe('a workflow with hops and a required resolution', () => {
  test('twenty findings are closed and reopened, each time with one comment', async () => {
    const site = await strict();
    const parts = await site.start();
    for (const minute of [1, 3]) {
      for (const n of range(20)) await emit(site, parts, seen(n, minute));
      for (const n of range(20)) await emit(site, parts, seen(n, minute + 1, 'RESOLVED'));
    }
    const way = ['In Progress', 'In Review', 'Closed'];
    const expected = [closingComment('resolved'), reopeningComment('active-again'), closingComment('resolved')].map((body) => ({ body }));
    expect(site.jira.issues()).toHaveLength(20);
    for (const issue of site.jira.issues()) {
      expect(issue).toMatchObject({ status: 'Closed', resolution: 'Done', comments: expected });
      expect(statusesOf(issue)).toEqual([...way, 'Open', ...way]);
      const resolutions = issue.changelog.filter(({ field }) => field === 'resolution').map(({ to }) => to);
      expect(resolutions).toEqual(['Done', null, 'Done']);
    }
  });

  test('warm, a close is one read and its hops, and a reopening is one read and one hop', async () => {
    const site = await strict();
    const parts = await site.start();
    for (const minute of [1, 3])
      for (const n of [1, 2])
        for (const status of ['ACTIVE', 'RESOLVED'] as const)
          await emit(site, parts, seen(n, minute + (status === 'ACTIVE' ? 0 : 1), status));
    const before = site.jira.history().length;
    await emit(site, parts, seen(1, 5));
    expect(callsSince(site, before)).toEqual([READ, TRANSITION]);
    await emit(site, parts, seen(1, 6, 'RESOLVED'));
    expect(callsSince(site, before)).toEqual([READ, TRANSITION, READ, TRANSITION, TRANSITION, TRANSITION]);
  });

  test('an issue that a person closed is not touched, and neither is one that a person closed again', async () => {
    const site = await strict();
    const parts = await site.start();
    for (const n of [1, 2]) await emit(site, parts, seen(n, 1));
    await emit(site, parts, seen(1, 2, 'RESOLVED'));
    site.jira.person.transition('SEC-2', 'Closed', "Won't Do");
    const before = site.jira.issues()[1];
    await emit(site, parts, seen(2, 2, 'RESOLVED'));
    expect(site.jira.issues()[1]).toEqual(before);
    expect((await parts.record(seen(2, 2).key))?.mapping.state).toBe('closed');
    await emit(site, parts, seen(2, 3));
    site.jira.person.transition('SEC-2', 'Closed', "Won't Do");
    const again = site.jira.issues()[1];
    await emit(site, parts, seen(2, 4, 'RESOLVED'));
    expect(site.jira.issues()[1]).toEqual(again);
  });

  test('a direct close with a screen is exactly one call when warm', async () => {
    const toDone = {
      id: '21',
      name: 'Done',
      from: ['To Do', 'In Progress'],
      to: 'Done',
      screen: { resolution: 'required' },
      resolution: 'kept',
    } as const;
    const site = await strict({
      ...SIMPLE_WORKFLOW,
      transitions: SIMPLE_WORKFLOW.transitions.map((one) => (one.id === '21' ? toDone : one)),
    });
    const parts = await site.start();
    for (const n of range(5)) await emit(site, parts, seen(n, 1));
    await emit(site, parts, seen(0, 2, 'RESOLVED'));
    const before = site.jira.history().length;
    for (const n of [1, 2, 3, 4]) await emit(site, parts, seen(n, 2, 'RESOLVED'));
    expect(callsSince(site, before)).toEqual([TRANSITION, TRANSITION, TRANSITION, TRANSITION]);
    expect(site.jira.issues().map(({ status, resolution, comments }) => [status, resolution, comments.length])).toEqual(
      range(5).map(() => ['Done', 'Done', 1]),
    );
  });

  test('the closing part of the current rules counts, also for an issue that was opened before', async () => {
    const rule = {
      id: 'everything',
      match: { source: ['aws.access-analyzer'] },
      action: 'issue',
      issue: { project: 'SEC', issueType: 'Task' },
    };
    const site = await strict();
    const parts = await site.start({ rules: rulesOf([{ ...rule, close: { resolution: 'Forgotten' } }]) });
    const group = await emit(site, parts, seen(1, 1));
    await parts.accept(seen(1, 2, 'RESOLVED'));
    await parts.reconcile(group);
    expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({ state: 'failed', error: { code: 'jira-field-required' } });
    await putRules(site.store, [{ ...rule, close: { resolution: 'Cannot Reproduce' } }]);
    await finish(site, parts, group);
    expect(site.jira.issues()[0]).toMatchObject({ status: 'Closed', resolution: 'Cannot Reproduce', comments: [{}] });
  });
});

test('where "Done" requires a value that the rule cannot give, a fixed finding is not closed as "Won’t Do", while an archived one is', async () => {
  const screened = SIMPLE_WORKFLOW.transitions.map((one) =>
    one.to === 'Done' ? { ...one, screen: { resolution: 'required' } as const } : one,
  );
  const drop = { id: '51', name: 'Drop', from: ['To Do'], to: "Won't Do", screen: null, resolution: "Won't Do" };
  const site = await strict({
    name: 'dropping',
    statuses: [...SIMPLE_WORKFLOW.statuses, { id: '7', name: "Won't Do", category: 'done' }],
    transitions: [...screened, drop],
  });
  const parts = await site.start({
    rules: rulesOf([
      {
        id: 'everything',
        match: { source: ['aws.access-analyzer'] },
        action: 'issue',
        issue: { project: 'SEC', issueType: 'Task' },
        close: { resolution: 'Forgotten' },
      },
    ]),
  });
  for (const n of [1, 2]) await emit(site, parts, seen(n, 1));
  const { group } = await parts.accept(seen(1, 2, 'RESOLVED'));
  await parts.reconcile(group);
  await emit(site, parts, seen(2, 2, 'ARCHIVED'));
  expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({ state: 'failed', error: { code: 'jira-field-required' } });
  expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', "Won't Do"]);
});

test('a value of the rule that Jira refuses is reported in its words, and the fixed value is sent as soon as the rules are saved', async () => {
  const rule = {
    id: 'everything',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task' },
  };
  const transitions = SIMPLE_WORKFLOW.transitions.map(
    (one) => ({ ...one, screen: { resolution: 'optional' }, resolution: 'kept' }) as const,
  );
  const site = await strict({ ...SIMPLE_WORKFLOW, transitions });
  const parts = await site.start({ rules: rulesOf([{ ...rule, close: { resolution: 'Done' } }]) });
  const group = await emit(site, parts, seen(1, 1));
  const body = { errorMessages: [], errors: { resolution: 'The resolution Done is retired' } };
  for (let times = 0; times < 2; times += 1) site.jira.faults.next.push({ on: TRANSITION, fault: 'status', status: 400, body });
  await parts.accept(seen(1, 2, 'RESOLVED'));
  await parts.reconcile(group);
  expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({
    state: 'failed',
    error: { code: 'jira-field-required', words: 'resolution: The resolution Done is retired' },
  });
  expect(site.jira.issues()[0]?.status).toBe('To Do');
  await changeRules(parts, [{ ...rule, close: { resolution: 'Duplicate' } }]);
  await parts.reconcile(group);
  expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({ state: 'closed', error: null });
  expect(site.jira.issues()[0]).toMatchObject({ status: 'Done', resolution: 'Duplicate', comments: [{}] });
});

describe('dies between two hops: nothing is done twice, and there is one comment', () => {
  /** The fault of the n-th POST; those before it work. */
  function faultAt(site: Site, nth: number, fault: 'hangs' | 'lost-after-commit' | 'reset-before', afterCommit: boolean): void {
    for (let before = 1; before < nth; before += 1)
      site.jira.faults.next.push({ on: TRANSITION, fault: 'status', status: 204, afterCommit: true });
    site.jira.faults.next.push({ on: TRANSITION, fault, ...(fault === 'hangs' ? { afterCommit } : {}) });
  }

  async function closedOnce(site: Site, parts: ServiceParts, group: string): Promise<void> {
    const record = await finish(site, parts, group);
    expect(record).toMatchObject({ transition: null, failure: null, issue: { lastApplied: 'closed', status: { name: 'Closed' } } });
    const [issue] = site.jira.issues();
    expect(issue === undefined ? [] : statusesOf(issue)).toEqual(['In Progress', 'In Review', 'Closed']);
    expect(issue).toMatchObject({ resolution: 'Done', comments: [{ body: closingComment('resolved') }] });
  }

  test.each([1, 2, 3].flatMap((nth) => [false, true].map((afterCommit) => [nth, afterCommit] as const)))(
    'the process dies at POST %i, done %s',
    async (nth, afterCommit) => {
      const site = await strict();
      const hanging = (): boolean =>
        site.jira.history().some(({ operation, fault, done }) => operation === TRANSITION && fault === 'hangs' && done === afterCommit);
      const first = await site.start({ owner: 'first', wrapTracker: killDuringTransition(() => until(hanging, 'the POST hangs')) });
      const group = await emit(site, first, seen(1, 1));
      faultAt(site, nth, 'hangs', afterCommit);
      await first.accept(seen(1, 2, 'RESOLVED'));
      await expect(first.reconcile(group)).rejects.toBeInstanceOf(Killed);
      expect((await first.group(group))?.transition).toMatchObject({ to: 'closed', owner: 'first', uncertain: false });
      await closedOnce(site, await site.start({ owner: 'after the restart' }), group);
    },
  );

  test.each([1, 2, 3].flatMap((nth) => (['lost-after-commit', 'reset-before'] as const).map((fault) => [nth, fault] as const)))(
    'the answer of POST %i is lost: %s',
    async (nth, fault) => {
      const site = await strict();
      const parts = await site.start();
      const group = await emit(site, parts, seen(1, 1));
      faultAt(site, nth, fault, true);
      await parts.accept(seen(1, 2, 'RESOLVED'));
      await closedOnce(site, parts, group);
    },
  );

  test('the finding is active again before the next try: an issue that was closed after all is opened', async () => {
    const site = await openSite();
    const parts = await site.start();
    const group = await emit(site, parts, seen(1, 1));
    site.jira.faults.next.push({ on: TRANSITION, fault: 'lost-after-commit' });
    await parts.accept(seen(1, 2, 'RESOLVED'));
    await parts.reconcile(group);
    expect(site.jira.issues()[0]?.status).toBe('Done');
    await emit(site, parts, seen(1, 3));
    expect(site.jira.issues()[0]?.status).toBe('To Do');
    expect(await parts.group(group)).toMatchObject({ transition: null, issue: { lastApplied: 'open' } });
  });
});

describe('no path', () => {
  const DEAD_END: Workflow = { ...STRICT_WORKFLOW, transitions: STRICT_WORKFLOW.transitions.filter(({ id }) => id !== '131') };

  test('is said on the issue once, however often it is tried, and the issue makes no further transitions', async () => {
    const site = await strict(DEAD_END);
    const parts = await site.start();
    const group = await emit(site, parts, seen(1, 1));
    await parts.accept(seen(1, 2, 'RESOLVED'));
    for (let tries = 0; tries < 6; tries += 1) {
      await parts.reconcile(group);
      site.clock.forward(24 * 3_600_000);
    }
    expect((await parts.group(group))?.attempts).toBe(6);
    expect((await parts.record(seen(1, 1).key))?.mapping).toMatchObject({
      state: 'failed',
      error: { code: 'jira-no-transition', message: expect.stringContaining('"In Review"') },
    });
    const [issue] = site.jira.issues();
    expect(issue === undefined ? [] : statusesOf(issue)).toEqual(['In Progress', 'In Review']);
    expect(JSON.stringify(issue?.comments)).toContain("can't close this issue automatically");
    expect(issue?.comments).toHaveLength(1);
  });

  test('is said with the next try when Jira was busy', async () => {
    const site = await strict(DEAD_END);
    const parts = await site.start();
    const group = await emit(site, parts, seen(1, 1));
    const busy = { on: 'POST /issue/*/comment', fault: 'status', status: 429, headers: { 'retry-after': '1' }, body: '' } as const;
    site.jira.faults.next.push(busy);
    await parts.accept(seen(1, 2, 'RESOLVED'));
    for (const comments of [0, 1, 1]) {
      await parts.reconcile(group);
      expect(site.jira.issues()[0]?.comments).toHaveLength(comments);
      site.clock.forward(24 * 3_600_000);
    }
  });

  test('is not said again when the finding flaps, and is forgotten when an admin has fixed the workflow', async () => {
    const transitions = [...DEAD_END.transitions];
    const site = await strict({ ...DEAD_END, transitions });
    const parts = await site.start();
    const group = await emit(site, parts, seen(1, 1));
    for (const minute of [2, 4]) {
      await parts.accept(seen(1, minute, 'RESOLVED'));
      await parts.reconcile(group);
      expect((await parts.group(group))?.issue).toMatchObject({ lastApplied: 'open', saidNoPath: 'closed' });
      await emit(site, parts, seen(1, minute + 1));
    }
    expect(site.jira.issues()[0]?.comments).toHaveLength(1);
    transitions.push(...STRICT_WORKFLOW.transitions.filter(({ id }) => id === '131'));
    await emit(site, parts, seen(1, 6, 'RESOLVED'));
    expect(site.jira.issues()[0]).toMatchObject({ status: 'Closed', comments: [{}, { body: closingComment('resolved') }] });
    expect((await parts.group(group))?.issue).not.toHaveProperty('saidNoPath');
  });
});

describe('a decision of a person is left alone, although no event has reported it', () => {
  /** Resolved by the team, closed after a check; "Close" may be taken from every status but Closed. */
  const RESOLVE_THEN_CLOSE: Workflow = {
    name: 'resolve, then close',
    statuses: [SIMPLE_WORKFLOW.statuses[0], { id: '5', name: 'Resolved', category: 'done' }, { id: '6', name: 'Closed', category: 'done' }],
    transitions: [
      { id: '21', name: 'Resolve', from: ['To Do'], to: 'Resolved', screen: { resolution: 'optional' }, resolution: 'kept' },
      { id: '31', name: 'Close', from: ['To Do', 'Resolved'], to: 'Closed', screen: { resolution: 'optional' }, resolution: 'kept' },
    ],
  };

  test('resolved as "Won’t Do", in a status that this process has never seen an issue in', async () => {
    const site = await strict(RESOLVE_THEN_CLOSE);
    const parts = await site.start();
    for (const n of [1, 2]) await emit(site, parts, seen(n, 1));
    await emit(site, parts, seen(1, 2, 'RESOLVED'));
    site.jira.person.transition('SEC-2', 'Resolved', "Won't Do");
    const before = site.jira.issues()[1];
    await emit(site, parts, seen(2, 2, 'RESOLVED'));
    expect(site.jira.issues()[1]).toEqual(before);
    expect((await parts.record(seen(2, 2).key))?.mapping.state).toBe('closed');
  });

  test('opened again and in progress', async () => {
    const site = await openSite();
    const parts = await site.start();
    for (const n of [1, 2])
      for (const status of ['ACTIVE', 'RESOLVED'] as const) await emit(site, parts, seen(n, status === 'ACTIVE' ? 1 : 2, status));
    await emit(site, parts, seen(1, 3));
    site.jira.person.transition('SEC-2', 'In Progress');
    const before = site.jira.issues()[1];
    await emit(site, parts, seen(2, 3));
    expect(site.jira.issues()[1]).toEqual(before);
    expect((await parts.record(seen(2, 3).key))?.mapping.state).toBe('open');
  });
});
