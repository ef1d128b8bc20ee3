import { describe, expect, onTestFinished, test } from 'vitest';
import type { JiraTracker } from '../../../src/jira/jira-tracker.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { PreflightProblem } from '../../../src/pipeline/ports/preflight.ts';
import { parseRules } from '../../../src/rules/parse-rules.ts';
import type { RuleSet } from '../../../src/rules/routing-rule.ts';
import { startJiraSimulator, type JiraSimulator, type JiraSimulatorOptions } from '../../../src/sandbox/jira-simulator.ts';
import type { ProjectOptions } from '../../../src/sandbox/jira/simulated-project.ts';
import { SIMPLE_WORKFLOW } from '../../../src/sandbox/jira/workflow.ts';
import { doc } from '../../../src/issues/text/adf.ts';
import { markerOf } from '../../../src/issues/marker.ts';
import { readyIssue } from '../../support/findings/issue-route.ts';
import { transitionTarget } from '../../support/jira/transition-target.ts';
import { scriptJira, systemClock } from '../../support/jira/scripted-jira.ts';
import { testClock } from '../../support/service/service-parts.ts';
import { trackerOf } from '../../support/jira/tracker.ts';

const match = { source: ['aws.access-analyzer'] };
const LEAD = { accountId: '712020:lead', displayName: 'Lee Ad', email: 'lead@example.com' };
const LEFT = { accountId: '712020:left', displayName: 'Lena Eft', email: 'left@example.com', active: false };
const TEAM = { id: 'customfield_7', name: 'Team', kind: 'select', options: ['Red', 'Blue'] } as const;

function ruleSet(issues: readonly object[], more: object = {}): RuleSet {
  const rules = issues.map((issue, n) => ({
    id: `rule-${n}`,
    match,
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', ...issue },
  }));
  const parsed = parseRules({ version: 1, rules: [{ id: 'ignoring', match, action: 'ignore' }, ...rules], ...more });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules.ruleSet;
}

interface Bench {
  readonly jira: JiraSimulator;
  readonly tracker: JiraTracker;
  check(issues: readonly object[], more?: object): Promise<readonly PreflightProblem[]>;
  operations(): string[];
}

async function bench(project: Partial<ProjectOptions> = {}, more: JiraSimulatorOptions = {}, clock: Clock = systemClock): Promise<Bench> {
  const jira = await startJiraSimulator({ projects: [{ key: 'SEC', ...project }, { key: 'DATA' }], people: [LEAD, LEFT], ...more });
  onTestFinished(() => jira.close());
  const tracker = trackerOf(jira, clock);
  return {
    jira,
    tracker,
    check: (issues, maps) => tracker.preflight.check(ruleSet(issues, maps), null),
    operations: () => jira.history().map(({ operation }) => operation),
  };
}

test('rules that are right have no problems, and nothing is written', async () => {
  const { check, operations, jira } = await bench({
    components: ['Storage'],
    securityLevels: ['Staff'],
    customFields: [{ ...TEAM, required: true }],
  });
  const full = {
    priority: { critical: 'Highest', low: 'Low' },
    dueInDays: 3,
    components: ['Storage'],
    securityLevel: 'Staff',
    assignee: 'lead@example.com',
    fields: { Team: 'Red' },
    labels: ['a'],
  };
  expect(await check([full, { ...full, issueType: 'Bug', priority: 'High' }])).toEqual([]);
  expect(operations().filter((operation) => !operation.startsWith('GET '))).toEqual([]);
  expect(jira.issues()).toEqual([]);
});

test.each<[string, Partial<ProjectOptions>, object, Partial<PreflightProblem>, string]>([
  [
    'a project that is not there',
    {},
    { project: 'NOPE' },
    { path: 'rules[1].issue.project', severity: 'error', code: 'project-not-visible' },
    'there is no project NOPE',
  ],
  [
    'an issue type that is not there',
    {},
    { issueType: 'Epos' },
    { path: 'rules[1].issue.issueType', severity: 'error', code: 'issue-type-unknown' },
    'expected one of Task, Bug',
  ],
  [
    'a priority',
    {},
    { priority: 'Urgent' },
    { path: 'rules[1].issue.priority', severity: 'error', code: 'priority-unknown' },
    'no priority "Urgent"; expected one of Highest',
  ],
  [
    'a priority of one severity',
    {},
    { priority: { high: 'High', low: 'Nil' } },
    { path: 'rules[1].issue.priority.low', severity: 'error', code: 'priority-unknown' },
    '"Nil"',
  ],
  [
    'a component',
    { components: ['A'] },
    { components: ['A', 'B'] },
    { path: 'rules[1].issue.components[1]', severity: 'error', code: 'component-unknown' },
    'no component "B"; expected one of A',
  ],
  [
    'a security level',
    { securityLevels: ['Staff'] },
    { securityLevel: 'All' },
    { path: 'rules[1].issue.securityLevel', severity: 'error', code: 'security-level-unknown' },
    'expected one of Staff',
  ],
  [
    'a parent',
    {},
    { parent: 'SEC-404' },
    { path: 'rules[1].issue.parent', severity: 'error', code: 'parent-unknown' },
    'there is no issue SEC-404',
  ],
  [
    'a field',
    {},
    { fields: { Squad: 'x' } },
    { path: 'rules[1].issue.fields.Squad', severity: 'error', code: 'field-unknown' },
    'no field "Squad"',
  ],
  [
    'a value of a field',
    { customFields: [TEAM] },
    { fields: { Team: 'Green' } },
    { path: 'rules[1].issue.fields.Team', severity: 'error', code: 'field-value-unfit' },
    'customfield_7 "Team" takes one of Red, Blue',
  ],
  [
    'a person in a field',
    { customFields: [{ id: 'customfield_8', name: 'Owner', kind: 'userpicker' }] },
    { fields: { Owner: 'who@example.com' } },
    { path: 'rules[1].issue.fields.Owner', severity: 'error', code: 'field-value-unfit' },
    'an active person',
  ],
  [
    'a required field',
    { customFields: [{ ...TEAM, required: true }] },
    {},
    { path: 'rules[1].issue.fields.customfield_7', severity: 'error', code: 'field-required' },
    'customfield_7 "Team"',
  ],
  [
    'a due date off the screen',
    { offScreen: ['duedate'] },
    { dueInDays: 3 },
    { path: 'rules[1].issue.dueInDays', severity: 'error', code: 'not-on-screen' },
    'does not take a due date',
  ],
  [
    'a required due date that one severity lacks',
    { required: ['duedate'] },
    { dueInDays: { critical: 1, high: 2, low: 3 } },
    { path: 'rules[1].issue.dueInDays.medium', severity: 'error', code: 'field-required' },
    "in the rule's issue.dueInDays",
  ],
  [
    'labels off the screen',
    { offScreen: ['labels'] },
    {},
    { path: 'rules[1].issue.issueType', severity: 'warning', code: 'not-on-screen' },
    'has no labels',
  ],
  [
    'a description off the screen',
    { offScreen: ['description'] },
    {},
    { path: 'rules[1].issue.issueType', severity: 'warning', code: 'not-on-screen' },
    'has no description',
  ],
  [
    'an assignee who is unknown',
    {},
    { assignee: 'who@example.com' },
    { path: 'rules[1].issue.assignee', severity: 'warning', code: 'assignee-unknown' },
    "who@example.com can't be assigned issues of SEC",
  ],
  [
    'an assignee who has left',
    {},
    { assignee: 'left@example.com' },
    { path: 'rules[1].issue.assignee', severity: 'warning', code: 'assignee-unknown' },
    'no longer active',
  ],
  [
    'a permission for everything',
    { lacking: ['TRANSITION_ISSUES'] },
    {},
    { path: 'rules[1].issue.project', severity: 'error', code: 'permission-missing' },
    'TRANSITION_ISSUES in SEC, which the rule rule-0 needs',
  ],
  [
    'a permission for links',
    { lacking: ['LINK_ISSUES'] },
    {},
    { path: 'rules[1].issue.project', severity: 'warning', code: 'permission-missing' },
    'LINK_ISSUES',
  ],
  [
    'a permission for assignees',
    { lacking: ['ASSIGN_ISSUES'] },
    { assignee: 'lead@example.com' },
    { path: 'rules[1].issue.project', severity: 'warning', code: 'permission-missing' },
    'the permission ASSIGN_ISSUES in SEC, which the rule rule-0 needs for assignee',
  ],
  [
    'a permission for due dates',
    { lacking: ['SCHEDULE_ISSUES'] },
    { dueInDays: 3 },
    { path: 'rules[1].issue.project', severity: 'error', code: 'permission-missing' },
    'the permission SCHEDULE_ISSUES in SEC, which the rule rule-0 needs for dueInDays',
  ],
  [
    'a project that every user of the site may read',
    { lacking: [], browsers: ['projectRole', 'applicationRole'] },
    {},
    { path: 'rules[1].issue.project', severity: 'warning', code: 'project-open-to-all' },
    'everybody on the site may read SEC',
  ],
  [
    'a project that anyone on the internet may read',
    { lacking: [], browsers: ['anyone'] },
    {},
    { path: 'rules[1].issue.project', severity: 'warning', code: 'project-open-to-all' },
    'everybody on the internet',
  ],
  [
    'an open project of a team',
    { isTeamManaged: true, browsers: ['applicationRole'] },
    {},
    { path: 'rules[1].issue.project', severity: 'warning', code: 'project-open-to-all' },
    'everybody on the site',
  ],
  [
    'no done status',
    { workflow: { ...SIMPLE_WORKFLOW, statuses: [SIMPLE_WORKFLOW.statuses[0]], transitions: [] } },
    {},
    { path: 'rules[1].issue.issueType', severity: 'error', code: 'no-path-to-close' },
    '(it has To Do)',
  ],
])('%s: one problem, with its rule and path', async (_, project, issue, expected, words) => {
  const { check } = await bench(project);
  expect(await check([issue])).toEqual([{ ruleId: 'rule-0', ...expected, message: expect.stringContaining(words) }]);
});

const done = (...names: readonly string[]): Partial<ProjectOptions> => ({
  workflow: {
    name: 'made by hand',
    statuses: [
      { id: '1', name: 'New', category: 'new' },
      ...names.map((name, at) => ({ id: String(at + 2), name, untranslatedName: `plain ${name}`, category: 'done' as const })),
    ],
    transitions: names.map((name) => ({ id: name, name, from: 'any', to: name, screen: null, resolution: 'kept' })),
  },
});

/** A rule with these parts beside its issue. */
const ruled = (more: object): RuleSet => {
  const { rules, ...rest } = ruleSet([{}]);
  const parsed = parseRules({ ...rest, rules: rules.map((rule) => (rule.action === 'issue' ? { ...rule, ...more } : rule)) });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules.ruleSet;
};

test.each<[string, Partial<ProjectOptions>, object, readonly (readonly [path: string, severity: string, code: string, words: string])[]]>([
  ['a default workflow', done('Done'), {}, []],
  [
    'names, ids and untranslated names that are there',
    done('Zeta', 'Omega'),
    { close: { status: '2', archived: { status: 'plain omega' } }, reopen: { status: 'New' } },
    [],
  ],
  [
    'a status that is not there',
    done('Done'),
    { close: { status: 'Closed' } },
    [['rules[1].close.status', 'error', 'status-unknown', 'no done status "Closed"; expected one of "Done"']],
  ],
  [
    'a status of one outcome that is not done',
    done('Done'),
    { close: { archived: { status: 'New' } } },
    [['rules[1].close.archived.status', 'error', 'status-unknown', 'no done status "New"']],
  ],
  [
    'a status of a reopening that is done',
    done('Done'),
    { reopen: { status: 'Done' } },
    [['rules[1].reopen.status', 'error', 'status-unknown', 'no status that is not done "Done"; expected one of "New"']],
  ],
  [
    'a resolution that the site does not have',
    done('Done'),
    { close: { unmonitored: { resolution: 'Forgotten' } } },
    [['rules[1].close.unmonitored.resolution', 'error', 'resolution-unknown', 'no resolution "Forgotten"; expected one of "Done"']],
  ],
  [
    'a transition, before one was seen',
    done('Done'),
    { close: { transition: 'Done' } },
    [['rules[1].close.transition', 'warning', 'not-checked', 'shows when an issue makes it']],
  ],
  [
    'statuses that say nothing',
    done('Zeta', 'Omega'),
    {},
    [
      [
        'rules[1].close',
        'warning',
        'close-undecided',
        'when their findings are resolved, archived, unmonitored; name one of "Zeta", "Omega"',
      ],
    ],
  ],
  [
    'a status that says something else',
    done('Rejected'),
    {},
    [
      [
        'rules[1].close',
        'warning',
        'close-undecided',
        'when their findings are resolved; name one of "Rejected" in close.status, or in close.resolved.status',
      ],
    ],
  ],
])('where a rule closes and reopens: %s', async (_, project, more, expected) => {
  const { tracker } = await bench(project);
  expect(await tracker.preflight.check(ruled(more), null)).toEqual(
    expected.map(([path, severity, code, words]) => ({ ruleId: 'rule-0', path, severity, code, message: expect.stringContaining(words) })),
  );
});

test('once every status was read, a transition that is not there is an error', async () => {
  const { tracker, jira } = await bench(done('Zeta', 'Omega'));
  const made = await tracker.create(readyIssue(), markerOf('default', 'group', ['finding'], 1), Number.POSITIVE_INFINITY);
  if (made.outcome !== 'confirmed') throw new Error(JSON.stringify(made));
  await tracker.close(made.issue, transitionTarget(doc()));
  expect(jira.issues()).toMatchObject([{ status: 'New' }]);
  expect(await tracker.preflight.check(ruled({ close: { transition: 'Ship' } }), null)).toMatchObject([
    {
      path: 'rules[1].close.transition',
      severity: 'error',
      code: 'transition-unknown',
      message: expect.stringContaining('expected one of "Zeta", "Omega"'),
    },
  ]);
  expect(await tracker.preflight.check(ruled({ close: { transition: 'zeta' } }), null)).toEqual([]);
});

test('the ends of a rule are told for each outcome', async () => {
  const { tracker } = await bench(done("Won't Do", 'Done'));
  const ends = await tracker.preflight.ends(ruled({ close: { unmonitored: { status: "won't do" } } }), null);
  expect(ends.map(({ outcome, status, because }) => [outcome, status, because])).toEqual([
    ['resolved', 'Done', 'word'],
    ['archived', "Won't Do", 'word'],
    ['unmonitored', "Won't Do", 'rule'],
  ]);
});

test('a fix in the workflow is seen after 20 s', async () => {
  const clock = testClock();
  const { tracker, operations } = await bench({}, {}, clock);
  const asked = async (): Promise<number> => {
    await tracker.preflight.check(ruleSet([{}]), null);
    return operations().filter((operation) => operation === 'GET /project/*/statuses').length;
  };
  expect([await asked(), await asked()]).toEqual([1, 1]);
  clock.forward(20_001);
  expect(await asked()).toBe(2);
});

test('nothing but done statuses: no path to reopen', async () => {
  const done = SIMPLE_WORKFLOW.statuses.filter(({ category }) => category === 'done');
  const [first] = done;
  if (first === undefined) throw new Error('the workflow has no done status');
  const { check } = await bench({ workflow: { ...SIMPLE_WORKFLOW, statuses: [first], transitions: [] } });
  expect(await check([{}])).toMatchObject([{ code: 'no-path-to-reopen', severity: 'error' }]);
});

test.each<[string, Partial<ProjectOptions>, object]>([
  ['an open project, and issues that say little', { lacking: [], browsers: ['anyone'] }, { content: 'minimal' }],
  ['an open project, and a security level', { lacking: [], browsers: ['anyone'], securityLevels: ['Staff'] }, { securityLevel: 'Staff' }],
  ['a project whose readers are not known', { browsers: ['anyone'] }, {}],
  ['a private project of a team', { isTeamManaged: true }, {}],
  ['permissions that no rule needs', { lacking: ['ASSIGN_ISSUES', 'SCHEDULE_ISSUES', 'SET_ISSUE_SECURITY', 'ADMINISTER_PROJECTS'] }, {}],
  ['a field with a default', { customFields: [{ ...TEAM, required: true, hasDefaultValue: true }] }, {}],
  ['a parent that is there', {}, { project: 'DATA' }],
])('%s: no problem', async (_, project, issue) => {
  const { check } = await bench(project);
  expect(await check([issue])).toEqual([]);
});

describe('the account map', () => {
  const maps = {
    accounts: {
      '111122223333': { project: 'NOPE' },
      '222233334444': { organizationalUnit: 'ou' },
      '333344445555': { assignee: 'lead@example.com' },
      '444455556666': {},
    },
    organizationalUnits: { ou: { project: 'DATA', components: ['X'], assignee: 'who@example.com' } },
  };

  test('its parts have paths of their own, and a problem of the rule has the path of the rule', async () => {
    const { check } = await bench({}, { projects: [{ key: 'SEC' }, { key: 'DATA', components: ['Y'], priorities: ['P1'] }] });
    const found = await check([{ useAccountMap: true, priority: 'High' }], maps);
    expect(found.map(({ ruleId, path, code }) => [ruleId, path, code])).toEqual([
      [null, 'accounts["111122223333"].project', 'project-not-visible'],
      [null, 'organizationalUnits.ou.components[0]', 'component-unknown'],
      ['rule-0', 'rules[1].issue.priority', 'priority-unknown'],
      [null, 'organizationalUnits.ou.assignee', 'assignee-unknown'],
    ]);
  });

  test("the rule's own assignee is checked as the fallback in the map's project, too", async () => {
    const people = [{ ...LEAD, assignableIn: ['SEC'] }];
    const { check } = await bench({}, { projects: [{ key: 'SEC' }, { key: 'DATA', components: ['X'] }], people });
    const found = await check([{ useAccountMap: true, assignee: 'lead@example.com' }], {
      ...maps,
      accounts: { '222233334444': { organizationalUnit: 'ou' } },
    });
    expect(found.map(({ path, message }) => [path, message.slice(0, 60)])).toEqual([
      ['organizationalUnits.ou.assignee', "who@example.com can't be assigned issues of DATA, or hides t"],
      ['rules[1].issue.assignee', "lead@example.com can't be assigned issues of DATA, or hides "],
    ]);
  });

  test('counts for a unit of AWS Organizations without any account in the map, and not for another unit that no account names', async () => {
    const { check } = await bench({}, { projects: [{ key: 'SEC', components: ['Y'] }] });
    const organizationalUnits = { 'ou-ab12-platform1': { project: 'NOPE' }, 'r-ab12': { components: ['Z'] }, idle: { project: 'NONE' } };
    expect((await check([{ useAccountMap: true }], { organizationalUnits })).map(({ path, code }) => [path, code])).toEqual([
      ['organizationalUnits.ou-ab12-platform1.project', 'project-not-visible'],
      ['organizationalUnits.r-ab12.components[0]', 'component-unknown'],
    ]);
  });

  test('the values of tags have paths, too, and count for rules that go by the owner; accounts count there as well', async () => {
    const { check } = await bench({}, { projects: [{ key: 'SEC', components: ['Y'] }] });
    const owner = {
      tags: ['team'],
      values: { 'a b': { project: 'NONE' }, same: { project: 'NONE', name: 'x' }, silent: {}, c: { components: ['Z'] } },
    };
    const accounts = { '111122223333': { project: 'NOPE' } };
    expect(await check([{ useAccountMap: false }], { owner, accounts })).toEqual([]);
    expect((await check([{ useOwner: true }], { owner, accounts })).map(({ ruleId, path, code }) => [ruleId, path, code])).toEqual([
      [null, 'accounts["111122223333"].project', 'project-not-visible'],
      [null, 'owner.values.c.components[0]', 'component-unknown'],
      [null, 'owner.values["a b"].project', 'project-not-visible'],
    ]);
  });

  test('counts only for rules that use it', async () => {
    const { check } = await bench();
    expect(await check([{}], maps)).toEqual([]);
  });
});

test('only the rules that are asked for are checked', async () => {
  const { tracker } = await bench();
  const rules = ruleSet([{ priority: 'A' }, { priority: 'B' }]);
  expect((await tracker.preflight.check(rules, new Set(['rule-1']))).map(({ ruleId }) => ruleId)).toEqual(['rule-1']);
  expect(await tracker.preflight.check(rules, new Set(['ignoring', 'nobody']))).toEqual([]);
});

describe('bounded', () => {
  test('10,000 rules share their projects: each project is read once', async () => {
    const { check, operations } = await bench();
    const issues = Array.from({ length: 9_999 }, (_, n) => ({
      project: n % 2 === 0 ? 'SEC' : 'DATA',
      priority: n === 5_000 ? 'Urgent' : 'High',
      assignee: 'lead@example.com',
    }));
    expect((await check(issues)).map(({ path }) => path)).toEqual(['rules[5001].issue.priority']);
    expect(operations().length).toBeLessThan(20);
  });

  test('a second check at once reads nothing anew', async () => {
    const { check, operations } = await bench();
    await check([{}]);
    const before = operations().length;
    await check([{ priority: 'Low' }]);
    expect(operations().slice(before)).toEqual(['GET /myself']);
  });

  test('more projects than can be checked: the rest is not checked', async () => {
    const projects = Array.from({ length: 60 }, (_, n) => ({ key: `P${n + 10}` }));
    const { check, operations } = await bench({}, { projects });
    const found = await check(projects.map(({ key }) => ({ project: key })));
    expect(operations().length).toBeLessThanOrEqual(200);
    expect(new Set(found.map(({ code, severity }) => `${severity} ${code}`))).toEqual(new Set(['warning not-checked']));
  });

  test('more problems than a person reads: the errors first, and how many are left', async () => {
    const { check } = await bench();
    const found = await check(Array.from({ length: 1_100 }, (_, n) => ({ priority: `X${n}` })));
    expect(found).toHaveLength(1_001);
    expect(found.at(-1)).toMatchObject({ code: 'not-checked', message: expect.stringContaining('100 more problems') });
  });
});

describe('a site that can not be asked is one warning', () => {
  test('it is down', async () => {
    const { check, jira } = await bench();
    jira.faults.down = true;
    expect(await check([{}, { project: 'DATA' }])).toEqual([
      { ruleId: null, path: '', severity: 'warning', code: 'not-checked', message: expect.stringContaining('Jira was not reached') },
    ]);
  });

  test.each([
    ['a login page', { status: 200, text: '<html>' }],
    ['a token that is no longer good', { status: 401 }],
  ])('%s', async (_, reply) => {
    const jira = await scriptJira(() => reply);
    expect(await trackerOf(jira.url).preflight.check(ruleSet([{}]), null)).toMatchObject([
      { severity: 'warning', code: 'not-checked', path: '' },
    ]);
  });

  test('signed in, and then everything fails: a warning for each failed check, and no error', async () => {
    const jira = await scriptJira(({ url }) =>
      url.includes('/myself')
        ? { status: 200, json: { accountId: 'a' } }
        : url.includes('project/SEC')
          ? { status: 200, json: { key: 'SEC' } }
          : { status: 503 },
    );
    const found = await trackerOf(jira.url).preflight.check(
      ruleSet([{ assignee: 'lead@example.com' }, { assignee: 'lead@example.com' }]),
      null,
    );
    expect(found.map(({ severity, code }) => `${severity} ${code}`)).toEqual(
      Array.from({ length: found.length }, () => 'warning not-checked'),
    );
    expect(found.length).toBeLessThanOrEqual(4);
  });
});

test('names are checked in whichever language Jira shows them', async () => {
  const { check, jira } = await bench();
  jira.speak('de_DE');
  const types = ['Task', 'Aufgabe', '10100'];
  expect(await check(types.map((issueType) => ({ issueType, priority: 'High' })))).toEqual([]);
  expect(await check([{ issueType: 'Epic' }])).toMatchObject([
    { code: 'issue-type-unknown', message: 'SEC has no issue type "Epic" to create; expected one of Aufgabe, Fehler' },
  ]);
});
