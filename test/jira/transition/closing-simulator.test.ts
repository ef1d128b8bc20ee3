import { describe, expect, onTestFinished, test } from 'vitest';
import { closingComment, reopeningComment } from '../../../src/issues/text/comments.ts';
import { markerOf } from '../../../src/issues/marker.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { IssueTracker } from '../../../src/pipeline/ports/issue-tracker.ts';
import type { TransitionOutcome, TransitionTarget } from '../../../src/pipeline/ports/tracker-transition.ts';
import type { IssueRef } from '../../../src/pipeline/ports/issue-ref.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { SIMPLE_WORKFLOW, type Workflow, type WorkflowTransition } from '../../../src/sandbox/jira/workflow.ts';
import { range } from '../../support/findings/findings-by-number.ts';
import { readyIssue } from '../../support/findings/issue-route.ts';
import { systemClock } from '../../support/jira/scripted-jira.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

interface Bench {
  readonly jira: JiraSimulator;
  readonly tracker: IssueTracker;
  issue(): Promise<IssueRef>;
  close(issue: IssueRef, more?: Partial<TransitionTarget>): Promise<TransitionOutcome>;
  reopen(issue: IssueRef, more?: Partial<TransitionTarget>): Promise<TransitionOutcome>;
  /** Calls since the last query. */
  calls(): string[];
}

/** Read once per project. */
const STATUSES = 'GET /project/*/statuses';
const [GET, TRANSITION, SAY] = ['GET /issue/*', 'POST /issue/*/transitions', 'POST /issue/*/comment'];

async function bench(workflow: 'simple' | 'strict' | 'global' | Workflow, clock: Clock = systemClock): Promise<Bench> {
  const jira = await startJiraSimulator({ projects: [{ key: 'SEC', workflow }] });
  onTestFinished(() => jira.close());
  const tracker = trackerOf(jira, clock);
  const target = transitionTarget(closingComment('resolved'));
  let [seen, made] = [0, 0];
  const calls = (): string[] => {
    const all = jira.history().map(({ operation }) => operation);
    return all.slice(seen, (seen = all.length));
  };
  return {
    jira,
    tracker,
    calls,
    async issue() {
      made += 1;
      const ready = readyIssue({ fields: { ...readyIssue().fields, summary: `issue ${made}` } });
      const outcome = await tracker.create(ready, markerOf('default', `group-${made}`, ['finding'], 1), Number.POSITIVE_INFINITY);
      if (outcome.outcome !== 'confirmed') throw new Error(JSON.stringify(outcome));
      calls();
      return outcome.issue;
    },
    close: (issue, more) => tracker.close(issue, { ...target, ...more }),
    reopen: (issue, more) => tracker.reopen(issue, { ...target, comment: reopeningComment('active-again'), ...more }),
  };
}

const statusesOf = ({ jira }: Bench, key: string): (string | null)[] =>
  jira
    .issues()
    .find((one) => one.key === key)
    ?.changelog.filter(({ field }) => field === 'status')
    .map(({ to }) => to) ?? [];

/** The simple workflow with other transitions to done. */
function withDone(...transitions: readonly Partial<WorkflowTransition>[]): Workflow {
  const kept = SIMPLE_WORKFLOW.transitions.filter(({ to }) => to !== 'Done');
  const added = transitions.map((more, index): WorkflowTransition => ({
    id: `9${index}`,
    name: 'Finish',
    from: ['To Do'],
    to: 'Done',
    screen: { resolution: 'optional' },
    resolution: 'kept',
    ...more,
  }));
  return { ...SIMPLE_WORKFLOW, name: 'made by hand', transitions: [...kept, ...added] };
}

describe('a direct transition', () => {
  test('with a screen: a read before and after the POST, then exactly one call', async () => {
    const site = await bench(withDone({}));
    expect(await site.close(await site.issue())).toMatchObject({ outcome: 'transitioned', status: { name: 'Done' } });
    expect(site.calls()).toEqual([STATUSES, GET, TRANSITION, GET]);
    const second = await site.issue();
    await site.close(second);
    expect(site.calls()).toEqual([TRANSITION]);
    expect(site.jira.issues()).toMatchObject(
      [1, 2].map(() => ({ status: 'Done', resolution: 'Done', comments: [{ body: closingComment('resolved') }] })),
    );
  });

  test('without a screen: the comment is a second call', async () => {
    const site = await bench('simple');
    await site.close(await site.issue());
    expect(site.calls()).toEqual([STATUSES, GET, TRANSITION, SAY, GET]);
    await site.close(await site.issue());
    expect(site.calls()).toEqual([TRANSITION, SAY]);
    expect(site.jira.issues()).toMatchObject([1, 2].map(() => ({ status: 'Done', comments: [{}] })));
  });

  test('the statuses of the project are read again after hours, and without them each close needs a read', async () => {
    const clock = testClock();
    const site = await bench(withDone({}), clock);
    for (const _ of range(2)) await site.close(await site.issue());
    clock.forward(3 * 60 * 60_000);
    await site.close(await site.issue());
    expect(site.calls()).toEqual([TRANSITION]);
    clock.forward(60 * 60_000 + 1);
    site.jira.faults.next.push({ on: STATUSES, fault: 'status', status: 403, body: { errorMessages: ['no'], errors: {} } });
    await site.close(await site.issue());
    expect(site.calls()).toEqual([STATUSES, GET, TRANSITION]);
    await site.close(await site.issue());
    expect(site.calls()).toEqual([GET, TRANSITION]);
  });

  test('that is global would close an issue that a person has closed already, so the issue is read first', async () => {
    const site = await bench('global');
    await site.close(await site.issue());
    const second = await site.issue();
    site.jira.person.transition(second.key, 'Done', "Won't Do");
    expect(await site.close(second)).toMatchObject({ outcome: 'already-there', status: { name: 'Done' } });
    expect(site.calls()).toEqual([GET]);
    expect(site.jira.issues()[1]).toMatchObject({ resolution: "Won't Do", comments: [] });
    await site.close(await site.issue());
    expect(site.calls()).toEqual([GET, TRANSITION]);
  });

  test('that is known to lead from done to done is not sent without a read, either', async () => {
    const workflow = withDone({ from: ['To Do', 'Dropped'] }, { name: 'Drop', to: 'Dropped' });
    const site = await bench({ ...workflow, statuses: [...SIMPLE_WORKFLOW.statuses, { id: '7', name: 'Dropped', category: 'done' }] });
    const dropped = await site.issue();
    site.jira.person.transition(dropped.key, 'Dropped');
    expect(await site.close(dropped)).toMatchObject({ outcome: 'already-there' });
    await site.close(await site.issue(), { readFirst: true });
    const last = await site.issue();
    site.jira.person.transition(last.key, 'Dropped');
    expect(await site.close(last)).toMatchObject({ outcome: 'already-there' });
    expect(site.calls()).toEqual([GET]);
    expect(statusesOf(site, last.key)).toEqual(['Dropped']);
  });
});

describe('the strict workflow', () => {
  test('closes over three hops: a read for each when cold, one when warm; the comment comes once, with the last', async () => {
    const site = await bench('strict');
    const first = await site.issue();
    expect(await site.close(first)).toMatchObject({ outcome: 'transitioned', status: { name: 'Closed', category: 'done' } });
    expect(site.calls()).toEqual([STATUSES, GET, TRANSITION, GET, TRANSITION, GET, TRANSITION, GET]);
    const second = await site.issue();
    await site.close(second);
    expect(site.calls()).toEqual([GET, TRANSITION, TRANSITION, TRANSITION]);
    for (const { key } of [first, second]) expect(statusesOf(site, key)).toEqual(['In Progress', 'In Review', 'Closed']);
    expect(site.jira.issues()).toMatchObject([1, 2].map(() => ({ resolution: 'Done', comments: [{ body: closingComment('resolved') }] })));
  });

  test('reopens with one read and one POST, and without the resolution', async () => {
    const site = await bench('strict');
    const issues = [await site.issue(), await site.issue()];
    const closed = { from: { name: 'Closed', category: 'done' } } as const;
    for (const issue of issues) await site.close(issue);
    site.calls();
    for (const issue of issues) await site.reopen(issue, closed);
    expect(site.calls()).toEqual([GET, TRANSITION, GET, TRANSITION]);
    expect(site.jira.issues()).toMatchObject(
      [1, 2].map(() => ({ status: 'Open', resolution: null, comments: [{}, { body: reopeningComment('active-again') }] })),
    );
  });

  test('is not asked for its statuses when an issue is reopened', async () => {
    const site = await bench('strict');
    const issue = await site.issue();
    site.jira.person.transition(issue.key, 'Closed');
    await site.reopen(issue, { from: { name: 'Closed', category: 'done' } });
    expect(site.calls()).toEqual([GET, TRANSITION]);
  });

  test('goes on from the status that a person has set', async () => {
    const site = await bench('strict');
    const issue = await site.issue();
    site.jira.person.transition(issue.key, 'In Review');
    await site.close(issue);
    expect(site.calls()).toEqual([STATUSES, GET, TRANSITION, GET]);
    expect(statusesOf(site, issue.key)).toEqual(['In Progress', 'In Review', 'Closed']);
  });

  test('takes the rule’s resolution, and fails on an unknown one before any transition', async () => {
    const site = await bench('strict');
    const [first, second] = [await site.issue(), await site.issue()];
    await site.close(first, { aim: { resolution: 'Duplicate' } });
    expect(site.jira.issues()[0]).toMatchObject({ status: 'Closed', resolution: 'Duplicate' });
    const failed = await site.close(second, { aim: { resolution: 'Forgotten' } });
    expect(failed).toMatchObject({
      outcome: 'failed',
      failure: { code: 'jira-field-required', message: expect.stringContaining('"Forgotten"') },
    });
    expect(statusesOf(site, second.key)).toEqual([]);
    await site.close(second, { readFirst: true });
    expect(site.jira.issues()[1]).toMatchObject({ status: 'Closed', resolution: 'Done' });
  });

  test('a conflict between two hops: read again, and on from there', async () => {
    const site = await bench('strict');
    await site.close(await site.issue());
    const issue = await site.issue();
    site.jira.faults.next.push(
      { on: TRANSITION ?? '', fault: 'status', status: 204, afterCommit: true },
      { on: TRANSITION ?? '', fault: 'status', status: 409, body: { errorMessages: ['conflict'], errors: {} } },
    );
    expect(await site.close(issue)).toMatchObject({ outcome: 'transitioned' });
    expect(site.calls()).toEqual([GET, TRANSITION, TRANSITION, GET, TRANSITION, TRANSITION]);
    expect(statusesOf(site, issue.key)).toEqual(['In Progress', 'In Review', 'Closed']);
    expect(site.jira.issues()[1]?.comments).toHaveLength(1);
  });
});

describe('no path', () => {
  const NO_DONE: Workflow = { ...SIMPLE_WORKFLOW, transitions: SIMPLE_WORKFLOW.transitions.filter(({ to }) => to !== 'Done') };

  test('is a failure that says from which status and what was offered', async () => {
    const site = await bench(NO_DONE);
    const issue = await site.issue();
    const failed = await site.close(issue);
    const message = expect.stringMatching(/^No transition leads from "In Progress" to a done status.*"Back to the list" to "To Do"/);
    expect(failed).toMatchObject({ outcome: 'failed', failure: { code: 'jira-no-transition', message } });
    expect(statusesOf(site, issue.key)).toEqual(['In Progress']);
    expect(site.calls()).toEqual([STATUSES, GET, TRANSITION, GET]);
  });

  test('without exploring the issue keeps its status', async () => {
    const site = await bench(NO_DONE);
    const issue = await site.issue();
    expect(await site.close(issue, { explore: false })).toMatchObject({ outcome: 'failed', failure: { code: 'jira-no-transition' } });
    expect(statusesOf(site, issue.key)).toEqual([]);
  });

  test('an empty list is a failure that names the permission', async () => {
    const site = await bench({ ...SIMPLE_WORKFLOW, transitions: [] });
    const failed = await site.close(await site.issue());
    expect(failed).toMatchObject({
      outcome: 'failed',
      failure: { code: 'jira-no-transition', message: expect.stringContaining('permission "Transition issues"') },
    });
  });

  test('a comment is added, or the failure is returned', async () => {
    const site = await bench('simple');
    const issue = await site.issue();
    expect(await site.tracker.comment(issue, closingComment('resolved'))).toBeNull();
    expect(await site.tracker.comment({ id: '999', key: 'SEC-999' }, closingComment('resolved'))).toMatchObject({ code: 'jira-not-found' });
    expect(site.jira.issues()[0]?.comments).toHaveLength(1);
  });

  test.each(['simple', 'strict'] as const)('in the workflow "%s" a comment is for the service team only', async (workflow) => {
    const site = await bench(workflow);
    const issue = await site.issue();
    expect(await site.close(issue)).toMatchObject({ outcome: 'transitioned' });
    await site.tracker.comment(issue, closingComment('resolved'));
    expect(site.jira.issues()[0]?.comments.map(({ internal }) => internal)).toEqual([true, true]);
  });
});
