import { describe, expect, onTestFinished, test } from 'vitest';
import type { IssueDraft } from '../../../src/issues/issue-draft.ts';
import { markerOf } from '../../../src/issues/marker.ts';
import { FRESH_MS } from '../../../src/jira/project/create-meta.ts';
import type { JiraTracker } from '../../../src/jira/jira-tracker.ts';
import type { CreateOutcome, Prepared, ReadyIssue } from '../../../src/pipeline/ports/issue-tracker.ts';
import { startJiraSimulator, type JiraSimulator, type JiraSimulatorOptions } from '../../../src/sandbox/jira-simulator.ts';
import type { CustomField } from '../../../src/sandbox/jira/simulated-field.ts';
import type { ProjectOptions } from '../../../src/sandbox/jira/simulated-project.ts';
import { closingComment } from '../../../src/issues/text/comments.ts';
import { issueDraft } from '../../support/findings/issue-route.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { testClock, type TestClock } from '../../support/service/service-parts.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

const [TYPES, FIELDS, POST, PEOPLE] = [
  'GET /issue/createmeta/*/issuetypes',
  'GET /issue/createmeta/*/issuetypes/*',
  'POST /issue',
  'GET /user/assignable/search',
];
const MARKER = markerOf('default', 'group', ['finding'], 1);

interface Bench {
  readonly jira: JiraSimulator;
  readonly tracker: JiraTracker;
  readonly clock: TestClock;
  prepare(draft?: Partial<IssueDraft>, fresh?: boolean): Promise<Prepared>;
  ready(draft?: Partial<IssueDraft>): Promise<ReadyIssue>;
  create(draft?: Partial<IssueDraft>): Promise<CreateOutcome>;
  /** Calls since the last query. */
  calls(): string[];
}

async function bench(project: Partial<ProjectOptions> = {}, more: JiraSimulatorOptions = {}): Promise<Bench> {
  const jira = await startJiraSimulator({ projects: [{ key: 'SEC', ...project }], ...more });
  onTestFinished(() => jira.close());
  const clock = testClock();
  const tracker = trackerOf(jira, clock);
  let seen = 0;
  const prepare: Bench['prepare'] = (draft, fresh = false) => tracker.prepare(issueDraft(draft), { kind: 'create', fresh });
  const ready: Bench['ready'] = async (draft) => {
    const prepared = await prepare(draft);
    if (!prepared.ok) throw new Error(prepared.failure.message);
    return prepared.ready;
  };
  return {
    jira,
    tracker,
    clock,
    prepare,
    ready,
    create: async (draft) => tracker.create(await ready(draft), MARKER, Number.POSITIVE_INFINITY),
    calls() {
      const all = jira.history().map(({ operation }) => operation);
      return all.slice(seen, (seen = all.length));
    },
  };
}

const LEAD = { accountId: '712020:lead', displayName: 'Lee Ad', email: 'lead@example.com' };
const LEFT = { accountId: '712020:left', displayName: 'Lena Eft', email: 'left@example.com', active: false };

test('cold it is two reads and one POST, warm it is one POST', async () => {
  const { create, calls } = await bench();
  expect(await create()).toMatchObject({ outcome: 'confirmed' });
  expect(calls()).toEqual([TYPES, FIELDS, POST]);
  expect(await create({ severity: 'low' })).toMatchObject({ outcome: 'confirmed' });
  expect(calls()).toEqual([POST]);
});

test('an issue with everything that a rule can say', async () => {
  const customFields: CustomField[] = [
    { id: 'customfield_10042', name: 'Root cause', kind: 'select', options: ['Policy', 'Role'], required: true },
    { id: 'customfield_10043', name: 'Runbook', kind: 'textarea' },
    { id: 'customfield_10044', name: 'Area', kind: 'cascadingselect', options: [{ label: 'Cloud', below: ['Storage'] }] },
    { id: 'customfield_10045', name: 'Approver', kind: 'userpicker' },
    { id: 'customfield_10046', name: 'Effort', kind: 'float' },
  ];
  const { jira, create } = await bench({ components: ['Storage'], securityLevels: ['Team'], customFields }, { people: [LEAD] });
  const outcome = await create({
    severity: 'critical',
    dueDate: '2026-03-04',
    components: ['Storage'],
    securityLevel: 'Team',
    parent: 'SEC-99',
    assignee: 'lead@example.com',
    fields: { 'Root cause': 'Role', Runbook: 'one\ntwo', Area: ['Cloud', 'Storage'], Approver: 'lead@example.com', customfield_10046: 3 },
  });
  expect(outcome).toMatchObject({ outcome: 'confirmed' });
  expect(jira.issues()).toMatchObject([
    {
      priority: 'Highest',
      dueDate: '2026-03-04',
      assignee: LEAD.accountId,
      otherFields: {
        components: [{ id: expect.any(String) }],
        security: { id: expect.any(String) },
        parent: { key: 'SEC-99' },
        customfield_10042: { id: expect.any(String) },
        customfield_10043: { type: 'doc' },
        customfield_10044: { id: expect.any(String), child: { id: expect.any(String) } },
        customfield_10045: { accountId: LEAD.accountId },
        customfield_10046: 3,
      },
    },
  ]);
});

test('the request that is shown is the request that is sent', async () => {
  const site = await bench();
  const ready = await site.ready({ priority: 'Low' });
  expect(site.tracker.createRequest(ready, MARKER)).toEqual({
    fields: { ...ready.fields, labels: [MARKER.label] },
    properties: [{ key: 'findings-to-jira', value: MARKER.property }],
  });
});

describe('a draft that Jira would refuse is not sent, and uses up no issue number', () => {
  test.each<[string, Partial<ProjectOptions>, Partial<IssueDraft>, string, string]>([
    [
      'a required field',
      { customFields: [{ id: 'customfield_7', name: 'Team', kind: 'textfield', required: true }] },
      {},
      'jira-field-required',
      'customfield_7 "Team"',
    ],
    ['a priority', { priorities: ['P1', 'P2'] }, { priority: 'High' }, 'jira-not-offered', 'expected one of P1, P2'],
    ['an issue type', {}, { issueType: 'Epos' }, 'jira-not-offered', 'no issue type "Epos" to create; expected one of Task, Bug'],
    ['a due date off the screen', { offScreen: ['duedate'] }, { dueDate: '2026-03-04' }, 'jira-not-offered', 'does not take a due date'],
  ])('%s', async (_, project, draft, code, words) => {
    const { prepare, calls, jira } = await bench(project);
    expect(await prepare(draft)).toMatchObject({
      ok: false,
      failure: { code, message: expect.stringContaining(words), retry: { when: 'backoff' } },
    });
    expect(calls()).not.toContain(POST);
    expect(jira.issues()).toEqual([]);
  });

  test('a required field with a default is not asked for', async () => {
    const { create } = await bench({
      customFields: [{ id: 'customfield_7', name: 'Team', kind: 'textfield', required: true, hasDefaultValue: true }],
    });
    expect(await create()).toMatchObject({ outcome: 'confirmed' });
  });

  test('an old screen refuses nothing: it is read again first', async () => {
    const site = await bench();
    await site.prepare({ priority: 'Urgent' });
    expect(site.calls()).toEqual([TYPES, FIELDS]);
    await site.prepare({ priority: 'Urgent' });
    expect(site.calls()).toEqual([]);
    site.clock.forward(FRESH_MS + 1);
    await site.prepare({ priority: 'Urgent' });
    expect(site.calls()).toEqual([TYPES, FIELDS]);
    site.clock.forward(FRESH_MS + 1);
    await site.prepare({ issueType: 'Epos' });
    expect(site.calls()).toEqual([TYPES]);
    site.clock.forward(FRESH_MS + 1);
    await site.prepare({});
    expect(site.calls()).toEqual([]);
    await site.prepare({}, true);
    expect(site.calls()).toEqual([TYPES, FIELDS]);
  });
});

describe('a create that is refused although all seemed well', () => {
  const refusal = {
    on: POST,
    fault: 'status',
    status: 400,
    body: { errorMessages: [], errors: { customfield_1: 'Team is required.' } },
  } as const;

  test('by an old screen: tried again at once, with the screen read anew', async () => {
    const site = await bench();
    await site.ready();
    site.clock.forward(FRESH_MS + 1);
    site.jira.faults.next.push(refusal);
    expect(await site.create()).toMatchObject({
      outcome: 'rejected',
      failure: { code: 'jira-invalid-request', retry: { when: 'after', afterMs: 1_000 } },
    });
    site.calls();
    site.jira.faults.next.push(refusal);
    expect(await site.create()).toMatchObject({ outcome: 'rejected', failure: { retry: { when: 'seldom' } } });
    expect(site.calls()).toEqual([TYPES, FIELDS, POST]);
  });

  test.each([401, 403, 404, 429])('a %d says nothing of the screen', async (status) => {
    const site = await bench();
    await site.ready();
    site.clock.forward(FRESH_MS + 1);
    site.jira.faults.next.push({ ...refusal, status });
    const outcome = await site.create();
    expect(outcome).not.toMatchObject({ failure: { retry: { when: 'after', afterMs: 1_000 } } });
    site.calls();
    await site.prepare();
    expect(site.calls()).toEqual([]);
  });
});

describe('where the screen can not be read', () => {
  test.each([
    [TYPES, 403, 'jira-forbidden'],
    [TYPES, 404, 'jira-not-found'],
    [FIELDS, 500, 'jira-server-error'],
  ])('%s with %d: the issue is created with names, and a note', async (on, status, code) => {
    const { jira, create, ready } = await bench();
    const body = { errorMessages: ['no'], errors: {} };
    jira.faults.next.push({ on, fault: 'status', status, body }, { on, fault: 'status', status, body });
    expect(await create({ priority: 'Low', dueDate: '2026-03-04' })).toMatchObject({ outcome: 'confirmed' });
    expect(jira.issues()).toMatchObject([{ priority: 'Low', dueDate: '2026-03-04' }]);
    expect((await ready()).notes).toEqual([`screen-not-read: ${code}`]);
  });

  test.each([
    [429, 'jira-rate-limited'],
    [401, 'jira-auth'],
  ])('with %d nothing is sent: the create would get the same answer', async (status, code) => {
    const { jira, prepare } = await bench();
    jira.faults.next.push({ on: TYPES, fault: 'status', status, headers: { 'retry-after': '30' } });
    expect(await prepare()).toMatchObject({ ok: false, failure: { code } });
  });
});

describe('the assignee', () => {
  test.each<[string, Partial<IssueDraft>, string | null, string[]]>([
    ['by address', { assignee: 'lead@example.com' }, LEAD.accountId, []],
    ['by account id', { assignee: `id:${LEAD.accountId}` }, LEAD.accountId, []],
    ['who is unknown', { assignee: 'who@example.com' }, null, ['assignee-unknown: who@example.com']],
    ['who has left', { assignee: 'left@example.com' }, null, ['assignee-inactive: left@example.com']],
    ['who can not be assigned', { assignee: 'else@example.com' }, null, ['assignee-unknown: else@example.com']],
    [
      'who is unknown, with another one',
      { assignee: 'who@example.com', fallbackAssignee: 'lead@example.com' },
      LEAD.accountId,
      ['assignee-unknown: who@example.com'],
    ],
    [
      'who is unknown, with another unknown one',
      { assignee: 'who@example.com', fallbackAssignee: 'id:nobody' },
      null,
      ['assignee-unknown: who@example.com', 'assignee-unknown: id:nobody'],
    ],
  ])('%s', async (_, draft, assignee, notes) => {
    const { jira, ready, create } = await bench(
      {},
      { people: [LEAD, LEFT, { ...LEAD, accountId: 'e', displayName: 'El Se', email: 'else@example.com', assignableIn: ['PLAT'] }] },
    );
    expect((await ready(draft)).notes).toEqual(notes);
    expect(await create(draft)).toMatchObject({ outcome: 'confirmed' });
    expect(jira.issues()[0]?.assignee).toBe(assignee);
  });

  test('is looked up once, found or not', async () => {
    const { create, calls } = await bench({}, { people: [LEAD] });
    await create({ assignee: 'lead@example.com', fallbackAssignee: 'who@example.com' });
    await create({ assignee: 'who@example.com', fallbackAssignee: 'lead@example.com' });
    calls();
    await create({ assignee: 'lead@example.com' });
    await create({ assignee: 'who@example.com' });
    expect(calls()).toEqual([POST, POST]);
  });

  test('where user search is rate limited the issue is created without, and a note says so', async () => {
    const { jira, ready, create } = await bench({}, { people: [LEAD] });
    jira.faults.next.push({ on: PEOPLE, fault: 'status', status: 429, headers: { 'retry-after': '60' } });
    expect((await ready({ assignee: 'lead@example.com' })).notes).toEqual(['assignee-not-looked-up: lead@example.com']);
    expect(await create({ assignee: 'lead@example.com' })).toMatchObject({ outcome: 'confirmed' });
    expect(jira.issues()[0]?.assignee).toBeNull();
  });

  test('is not even looked up where the screen does not take one', async () => {
    const { create, ready, calls } = await bench({ offScreen: ['assignee'] }, { people: [LEAD] });
    expect((await ready({ assignee: 'lead@example.com' })).notes).toEqual(['assignee-not-on-screen: lead@example.com']);
    expect(await create({ assignee: 'lead@example.com' })).toMatchObject({ outcome: 'confirmed' });
    expect(calls()).toEqual([TYPES, FIELDS, POST]);
  });
});

describe('people in other fields', () => {
  const customFields: CustomField[] = [{ id: 'customfield_1', name: 'Approvers', kind: 'multiuserpicker' }];

  test('an unknown person is a failure: the rule names the person', async () => {
    const { prepare } = await bench({ customFields }, { people: [LEAD] });
    expect(await prepare({ fields: { Approvers: ['lead@example.com', 'who@example.com'] } })).toMatchObject({
      ok: false,
      failure: { code: 'jira-not-offered', message: expect.stringContaining('"Approvers" takes the e-mail address of an active person') },
    });
  });

  test('a person who could not be looked up is looked up later', async () => {
    const { jira, prepare } = await bench({ customFields }, { people: [LEAD] });
    jira.faults.next.push({ on: 'GET /user/search', fault: 'status', status: 429, headers: { 'retry-after': '60' } });
    expect(await prepare({ fields: { Approvers: ['lead@example.com'] } })).toMatchObject({
      ok: false,
      failure: { code: 'jira-rate-limited' },
    });
  });
});

test('a preparation that only reads has a low priority, and is put off without a permit', async () => {
  const site = await bench();
  expect(await site.tracker.prepare(issueDraft(), { kind: 'read', fresh: false })).toMatchObject({ ok: true });
  expect(site.tracker.governorState().inFlight).toBe(0);
  site.jira.faults.next.push({ on: 'POST /search/jql', fault: 'status', status: 429, headers: { 'retry-after': '60' } });
  await site.tracker.ours(null, null);
  expect(await site.tracker.prepare(issueDraft(), { kind: 'read', fresh: false })).toMatchObject({ ok: true });
  expect(await site.tracker.prepare(issueDraft({ projectKey: 'PLAT' }), { kind: 'read', fresh: false })).toMatchObject({
    ok: false,
    failure: { code: 'jira-rate-limited' },
  });
});

test("a change of the account's language stops nothing", async () => {
  const { jira, tracker, create, clock } = await bench({ issueTypes: { Task: 'strict' } });
  expect(await create()).toMatchObject({ outcome: 'confirmed' });
  jira.speak('de_DE');
  clock.forward(4 * 60 * 60_000 + 1);
  const outcome = await create({ issueType: 'Task' });
  expect(outcome).toMatchObject({ outcome: 'confirmed' });
  if (outcome.outcome !== 'confirmed') return;
  const target = transitionTarget(closingComment('resolved'), { issueType: 'Task' });
  expect(await tracker.close(outcome.issue, target)).toMatchObject({ outcome: 'transitioned', status: { name: 'Geschlossen' } });
  jira.speak('en_US');
  expect(
    await tracker.reopen(outcome.issue, { ...target, issueType: 'Aufgabe', from: { name: 'Geschlossen', category: 'done' } }),
  ).toMatchObject({
    outcome: 'transitioned',
    status: { name: 'Open' },
  });
});
