import { expect, test } from 'vitest';
import { openingLimits, type Limits, type OpeningKind, type RuleLimits } from '../../src/rules/limits.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';

const cases: readonly (readonly [string, Limits | undefined, RuleLimits | undefined, OpeningKind, Readonly<Record<string, number>>])[] = [
  ['nothing set: 50 of backlog', undefined, undefined, 'backlog', { all: 50 }],
  ['nothing set: 200 live', undefined, undefined, 'live', { all: 200 }],
  ['off: none', 'off', { livePerHour: 1 }, 'live', {}],
  ['off for the rule: none, not even those of all rules', { livePerHour: 1 }, 'off', 'live', {}],
  ['one set: the other keeps its default', { backlogPerHour: 7 }, undefined, 'live', { all: 200 }],
  ['a project of its own', { projects: { SEC: { livePerHour: 5 } } }, undefined, 'live', { all: 200, 'project:SEC': 5 }],
  ['another project', { projects: { OPS: { livePerHour: 5 } } }, undefined, 'live', { all: 200 }],
  ['a project with a limit of the other kind', { projects: { SEC: { livePerHour: 5 } } }, undefined, 'backlog', { all: 50 }],
  ['a rule of its own', { backlogPerHour: 3 }, { backlogPerHour: 2 }, 'backlog', { all: 3, 'rule:roles': 2 }],
];

test.each(cases)('%s', (_, limits, ofRule, kind, expected) => {
  const found = openingLimits(limits, ofRule, kind, { projectKey: 'SEC', ruleId: 'roles' });
  expect(Object.fromEntries(found.map(({ scope, perHour }) => [scope, perHour]))).toStrictEqual(expected);
});

const match = { source: ['aws.access-analyzer'] };
const rule = { id: 'roles', match, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };

test.each([
  [
    'limits of all and of a project',
    { limits: { backlogPerHour: 0, livePerHour: 100_000, projects: { SEC: { livePerHour: 1 } } }, rules: [rule] },
  ],
  ['limits turned off', { limits: 'off', rules: [{ ...rule, limits: 'off' }] }],
  ['limits of a rule, which observes', { rules: [{ ...rule, limits: { backlogPerHour: 1 }, mode: 'observe' }] }],
])('%s: accepted as they are', (_, set) => {
  const parsed = parseRules({ version: 1, ...set });
  expect(parsed).toMatchObject({ ok: true, rules: { ruleSet: { version: 1, ...set } } });
});

test.each([
  ['a negative number', { limits: { livePerHour: -1 }, rules: [] }, 'limits.livePerHour', 'a whole number of issues from 0 to 100000'],
  ['a project that is no key', { limits: { projects: { sec: {} } }, rules: [] }, 'limits.projects.sec', 'a Jira project key'],
  [
    'a project as a number',
    { limits: { projects: { SEC: 5 } }, rules: [] },
    'limits.projects.SEC',
    'an object with backlogPerHour, livePerHour',
  ],
  [
    'an unknown limit of a project',
    { limits: { projects: { SEC: { perDay: 1 } } }, rules: [] },
    'limits.projects.SEC.perDay',
    'unknown here',
  ],
  ['projects as a list', { limits: { projects: [] }, rules: [] }, 'limits.projects', 'an object of at most 1000 project keys'],
  [
    'a word other than off',
    { limits: 'on', rules: [] },
    'limits',
    '"off", or an object with any of backlogPerHour, livePerHour and projects',
  ],
  ['an unknown property', { limits: { perDay: 1 }, rules: [] }, 'limits.perDay', 'unknown here'],
  [
    'another word in a rule',
    { rules: [{ ...rule, limits: 'on' }] },
    'rules[0].limits',
    '"off", or an object with backlogPerHour, livePerHour',
  ],
  ['a project inside a rule', { rules: [{ ...rule, limits: { projects: {} } }] }, 'rules[0].limits.projects', 'unknown here'],
  ['a mode other than observe', { rules: [{ ...rule, mode: 'live' }] }, 'rules[0].mode', '"observe"'],
  ['limits of a rule that ignores', { rules: [{ id: 'a', match, action: 'ignore', limits: 'off' }] }, 'rules[0].limits', 'only in a rule'],
])('%s: refused', (_, set, path, message) => {
  const parsed = parseRules({ version: 1, ...set });
  expect(parsed.ok ? [] : parsed.problems).toContainEqual({ path, message: expect.stringContaining(message) });
});
