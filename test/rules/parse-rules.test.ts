import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { finish } from '../../src/rules/chunked-work.ts';
import { parseRules, parseRulesInChunks } from '../../src/rules/parse-rules.ts';
import type { Problem } from '../../src/rules/problem.ts';
import { MAX_RULES } from '../../src/rules/routing-rule.ts';

const match = { source: ['aws.access-analyzer'] };
const ignoring = { id: 'ignoring', match, action: 'ignore' };
const sending = { id: 'sending', match, action: 'issue', issue: { project: 'SEC', issueType: 'Task' } };

function problemsOf(input: unknown): readonly Problem[] {
  const parsed = parseRules(input);
  expect(parsed.ok).toBe(false);
  return parsed.ok ? [] : parsed.problems;
}

function problemsOfRule(rule: unknown): readonly Problem[] {
  return problemsOf({ version: 1, rules: [ignoring, rule] });
}

const full = {
  ...sending,
  description: 'what it is for',
  groupBy: 'resource',
  issue: {
    project: 'S_1',
    issueType: 'Task',
    priority: { critical: 'Highest', low: 'Low' },
    labels: ['a', 'x'.repeat(255), 'account {{accountId | default: "none"}}'],
    dueInDays: 3650,
    components: ['Storage', '{{ resourceName }}'],
    securityLevel: 'Security team',
    parent: 'S_1-12',
    assignee: 'lead@example.com',
    fields: { customfield_10042: { id: '1' }, 'Root cause': 'Policy', 'A name: of "any" kind': null, Deep: [{ a: '{{kind}}' }] },
    useAccountMap: true,
    useOwner: true,
    content: 'minimal',
    consoleLink: 'https://acme.awsapps.com/start/#/console?account_id={account}&role_name=Reader&destination={link}',
    summary: 'Look at this',
    sections: [{ title: 'Whom to ask', text: 'Nobody' }],
  },
  whenUnrouted: 'close',
  whenDeleted: 'recreate',
  reopen: { status: 'To Do', transition: 'Reopen', fields: { customfield_10042: { value: 'Regression' } } },
  close: {
    status: 'Done',
    transition: '31',
    archived: { resolution: 'Accepted', fields: {} },
    unmonitored: { status: '10001' },
    resolved: {},
    resolution: 'Fixed',
    fields: { customfield_10042: { value: 'Policy changed' }, components: [{ id: '1' }] },
  },
};

test.each([
  ['no rules', []],
  ['the least', [ignoring, sending]],
  ['everything', [full]],
  ['the longest id', [{ ...ignoring, id: `0${'-'.repeat(62)}` }]],
  ['the longest project key', [{ ...sending, issue: { ...sending.issue, project: `A${'1'.repeat(49)}` } }]],
  ['nothing to close with', [{ ...sending, close: {} }]],
  ['due today, without labels', [{ ...sending, issue: { ...sending.issue, labels: [], dueInDays: 0 } }]],
])('%s: accepted as it is', (_, rules) => {
  const parsed = parseRules({ version: 1, rules });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.rules.ruleSet).toEqual({ version: 1, rules });
  expect(parsed.rules.rules.map(({ rule }) => rule)).toEqual(rules);
});

const units = { 'ou-data': { project: 'DATA', assignee: 'id:712020:a-b' }, 'ou-1': {} };

test.each([
  ['no entries', {}, {}],
  ['an account that says nothing', { '111122223333': {} }, {}],
  [
    'everything',
    { '111122223333': { project: 'PLAT', components: ['A', 'B'], assignee: 'x@y', team: '7', organizationalUnit: 'ou-data' } },
    units,
  ],
])('an account map with %s: accepted as it is', (_, accounts, organizationalUnits) => {
  const input = { version: 1, rules: [ignoring], accounts, organizationalUnits };
  const parsed = parseRules(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.rules.ruleSet).toEqual(input);
});

const account = (entry: unknown): object => ({ accounts: { '111122223333': entry } });

test.each<[object, string, string]>([
  [{ accounts: [] }, 'accounts', 'an object of at most 10000 twelve-digit account ids'],
  [{ accounts: { '11112222333': {} } }, 'accounts["11112222333"]', 'unknown here, expected a twelve-digit account id as the name'],
  [{ accounts: { prod: {} } }, 'accounts.prod', 'a twelve-digit account id'],
  [account('PLAT'), 'accounts["111122223333"]', 'an object with any of project, components, assignee, team, name and organizationalUnit'],
  [account({ project: 'plat' }), 'accounts["111122223333"].project', 'a Jira project key'],
  [account({ components: 'A' }), 'accounts["111122223333"].components', 'a list of at most 50 names'],
  [account({ components: ['A', ' '] }), 'accounts["111122223333"].components[1]', 'a name such as Storage'],
  [account({ assignee: 'changedBy' }), 'accounts["111122223333"].assignee', 'an e-mail address such as lead@example.com, or id:'],
  [account({ assignee: 'lead' }), 'accounts["111122223333"].assignee', 'an e-mail address such as lead@example.com, or id:'],
  [account({ team: ' ' }), 'accounts["111122223333"].team', 'the id of a team'],
  [account({ team: '{{accountId}}' }), 'accounts["111122223333"].team', 'expected no {{ }}'],
  [account({ components: ['{{nothing}}'] }), 'accounts["111122223333"].components[0]', 'unknown path "nothing"'],
  [account({ assignee: '{{who}}@x' }), 'accounts["111122223333"].assignee', 'expected only with content "full"'],
  [{ organizationalUnits: { ou: { components: ['{{'] } } }, 'organizationalUnits.ou.components[0]', 'expected }} after every {{'],
  [account({ owner: 'x' }), 'accounts["111122223333"].owner', 'unknown here, expected only project'],
  [account({ organizationalUnit: 5 }), 'accounts["111122223333"].organizationalUnit', 'a unit of organizationalUnits'],
  [account({ organizationalUnit: 'ou-x' }), 'accounts["111122223333"].organizationalUnit', 'there is none of this name'],
  [account({ organizationalUnit: 'constructor' }), 'accounts["111122223333"].organizationalUnit', 'there is none of this name'],
  [
    { accounts: Object.fromEntries(Array.from({ length: 10_001 }, (_, n) => [String(100_000_000_000 + n), {}])) },
    'accounts',
    'at most 10000',
  ],
  [{ organizationalUnits: { 'a b': {} } }, 'organizationalUnits["a b"]', 'as the name'],
  [{ organizationalUnits: { ou: { organizationalUnit: 'ou' } } }, 'organizationalUnits.ou.organizationalUnit', 'unknown here'],
  [{ organizationalUnits: { ou: { project: 1 } } }, 'organizationalUnits.ou.project', 'a Jira project key'],
])('an account map %j is refused at %s', (more, path, message) => {
  expect(problemsOf({ version: 1, rules: [ignoring], ...more })).toEqual([{ path, message: expect.stringContaining(message) }]);
});

test.each([
  ['tags alone', { tags: ['team'] }],
  ['nothing', {}],
  [
    'everything',
    {
      tags: ['owner', 'Cost Center'],
      values: {
        'Payments & co': { project: 'PAY', components: ['{{resourceWords}}'], assignee: 'x@y', team: '7', name: 'Payments' },
        silent: {},
      },
    },
  ],
])('an owner with %s: accepted as it is', (_, owner) => {
  const input = { version: 1, rules: [ignoring], owner };
  const parsed = parseRules(input);
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  expect(parsed.rules.ruleSet).toEqual(input);
});

const valued = (value: unknown): object => ({ tags: ['team'], values: { payments: value } });

test.each<[unknown, string, string]>([
  ['team', 'owner', 'an object with tags'],
  [{ tags: [] }, 'owner.tags', 'a list of 1 to 10'],
  [{ tags: ['team', 'team'] }, 'owner.tags', 'different keys'],
  [{ tags: ['aws:cloudformation:stack-name'] }, 'owner.tags[0]', 'not beginning with aws:'],
  [{ tags: [' team'] }, 'owner.tags[0]', 'the key of a tag'],
  [{ tags: ['team'], default: {} }, 'owner.default', 'unknown here, expected only tags, values'],
  [{ tags: ['team'], values: { ' x': {} } }, 'owner.values[" x"]', 'the value of a tag'],
  [valued('PAY'), 'owner.values.payments', 'an object with any of project, components, assignee, team and name'],
  [valued({ project: 'pay' }), 'owner.values.payments.project', 'a Jira project key'],
  [valued({ assignee: 'dana' }), 'owner.values.payments.assignee', 'an e-mail address'],
  [valued({ assignee: '{{who}}@x' }), 'owner.values.payments.assignee', 'expected only with content "full"'],
  [valued({ components: ['{{'] }), 'owner.values.payments.components[0]', 'expected }} after every {{'],
  [valued({ labels: [] }), 'owner.values.payments.labels', 'unknown here'],
])('an owner %j is refused at %s', (owner, path, message) => {
  expect(problemsOf({ version: 1, rules: [ignoring], owner })).toEqual([{ path, message: expect.stringContaining(message) }]);
});

const numbered = (part: object): unknown => ({ version: 1, rules: [{ ...ignoring, match: part }] });

test.each<[unknown, string, string]>([
  [numbered({ detail: { accountId: [111122223333] } }), 'rules[0].match.detail.accountId[0]', '"111122223333", in quotes'],
  [numbered({ detail: { accountId: ['x', 12345678901] } }), 'rules[0].match.detail.accountId[1]', '"012345678901", in quotes'],
  [numbered({ account: [1] }), 'rules[0].match.account[0]', '"000000000001", in quotes'],
  [numbered({ detail: { principalOwnerAccount: [5] } }), 'rules[0].match.detail.principalOwnerAccount[0]', '"000000000005"'],
  [numbered({ detail: { accountId: [{ 'anything-but': [1] }] } }), 'rules[0].match.detail.accountId[0].anything-but[0]', '"000000000001"'],
  [numbered({ detail: { accountId: [{ 'anything-but': 1 }] } }), 'rules[0].match.detail.accountId[0].anything-but', '"000000000001"'],
  [numbered({ detail: { accountId: [{ numeric: ['=', 1] }] } }), 'rules[0].match.detail.accountId[0].numeric[1]', '"000000000001"'],
  [numbered({ detail: { principal: { AWS: [999988887777] } } }), 'rules[0].match.detail.principal.AWS[0]', '"999988887777"'],
  [
    numbered({ detail: { condition: { 'aws:PrincipalAccount': [12] } } }),
    'rules[0].match.detail.condition.aws:PrincipalAccount[0]',
    '"000000000012"',
  ],
  [
    numbered({ detail: { condition: { 'aws:MultiFactorAuthAge': [1.5] } } }),
    'rules[0].match.detail.condition.aws:MultiFactorAuthAge[0]',
    '"1.5"',
  ],
  [numbered({ detail: { version: [1] } }), 'rules[0].match.detail.version[0]', '"1", in quotes'],
  [numbered({ time: [2026] }), 'rules[0].match.time[0]', '"2026"'],
  [
    numbered({ $or: [{ account: [1] }, { detail: { $or: [{ region: [2] }, { status: ['ACTIVE'] }] } }] }),
    'rules[0].match.$or[0].account[0]',
    '"000000000001"',
  ],
  [
    { version: 1, rules: [ignoring], tests: [{ finding: { accountId: 7 }, expect: { action: 'ignore' } }] },
    'tests[0].finding.accountId',
    '"000000000007"',
  ],
  [
    { version: 1, rules: [ignoring], tests: [{ event: { account: 7 }, expect: { action: 'ignore' } }] },
    'tests[0].event.account',
    '"000000000007"',
  ],
])('a number where AWS sends text, %j, is refused at %s', (input, path, message) => {
  expect(problemsOf(input)).toContainEqual({ path, message: expect.stringContaining(message) });
  // Rules that an older version took stay in force.
  expect(finish(parseRulesInChunks(input, 'saved')).ok).toBe(true);
});

test('a number is taken where AWS sends one, or may', () => {
  const counts = { isPublic: [true, 1], numberOfUnusedServices: [{ numeric: ['>', 5] }], numberOfUnusedActions: [0], newField: [1] };
  expect(parseRules(numbered({ detail: counts, newField: [1] })).ok).toBe(true);
});

test.each<[object, string, string]>([
  [{ labels: ['ok', '{{nothing}}'] }, 'labels[1]', 'unknown path "nothing"'],
  [{ labels: ['a b'] }, 'labels[0]', 'a label of 1 to 255 characters without spaces'],
  [{ labels: ['{{since | shout}}'] }, 'labels[0]', 'unknown filter "shout"'],
  [{ components: ['{{who | date}}'] }, 'components[0]', 'expected date only right after a time'],
  [{ assignee: '{{accountId}}' }, 'assignee', 'once the values are filled in; an example is "444455556666"'],
  [{ assignee: '{{nobody}}@example.com' }, 'assignee', 'unknown path "nobody"'],
  [{ assignee: 'lead' }, 'assignee', 'an e-mail address such as'],
  [{ assignee: 'changedBy', content: 'minimal' }, 'assignee', 'expected no changedBy with content minimal'],
  [{ fields: { Cause: '{{' } }, 'fields.Cause', 'expected }} after every {{'],
  [{ fields: { Cause: ['a', { b: { c: ['{{accountid}}'] } }] } }, 'fields.Cause[1].b.c[0]', 'unknown path "accountid"'],
  [{ content: 'minimal', fields: { Cause: [{ value: '{{who}}' }] } }, 'fields.Cause[0].value', 'expected only with content "full"'],
  [{ content: 'minimal', labels: ['{{detail.isPublic}}'] }, 'labels[0]', 'expected only with content "full"'],
])('a template in %j is refused at %s', (issue, path, message) => {
  const rule = { ...sending, issue: { ...sending.issue, ...issue } };
  expect(problemsOfRule(rule)).toEqual([{ path: `rules[1].issue.${path}`, message: expect.stringContaining(message) }]);
});

test('what an earlier version saved with braces in it is still read, but not saved again', () => {
  const rule = { ...sending, issue: { ...sending.issue, labels: ['{{x}}'], components: ['{{'], fields: { A: '{{y}}' } } };
  const input = { version: 1, rules: [rule], accounts: { '111122223333': { components: ['{{z}}'] } } };
  expect(finish(parseRulesInChunks(input, 'saved'))).toMatchObject({ ok: true, rules: { ruleSet: input } });
  expect(problemsOf(input)).toHaveLength(4);
  const texts = { ...sending, issue: { ...sending.issue, summary: '{{x}}' } };
  expect(finish(parseRulesInChunks({ version: 1, rules: [texts] }, 'saved'))).toMatchObject({ ok: false });
});

test.each<[unknown, string, string]>([
  [null, '', 'an object with version and rules'],
  ['version: 1', '', 'an object with version and rules'],
  [[sending], '', 'an object with version and rules'],
  [{ rules: [] }, 'version', 'missing, expected 1'],
  [{ version: '1', rules: [] }, 'version', 'expected 1'],
  [{ version: 2, rules: [] }, 'version', 'expected 1'],
  [{ version: 1, rules: [], rescan: 'on' }, 'rescan', 'expected "off"'],
  [{ version: 1 }, 'rules', 'missing, expected a list'],
  [{ version: 1, rules: null }, 'rules', 'a list of at most 10000 rules'],
  [{ version: 1, rules: { 0: sending } }, 'rules', 'a list of at most 10000 rules'],
  [{ version: 1, rules: [], revision: 4 }, 'revision', 'unknown here, expected only version, rules'],
  [JSON.parse('{"version":1,"rules":[],"__proto__":{}}'), '__proto__', 'unknown here'],
  [{ version: 1, rules: Array.from({ length: MAX_RULES + 1 }, () => 1) }, 'rules', 'a list of at most 10000 rules'],
])('%j is refused at "%s"', (input, path, message) => {
  expect(problemsOf(input)).toEqual([{ path, message: expect.stringContaining(message) }]);
});

test.each<[string, unknown, string, string]>([
  ['null', null, 'rules[1]', 'a rule: an object with id, match and action'],
  ['no id', { match, action: 'ignore' }, 'rules[1].id', 'missing, expected 1 to 63 lower-case letters'],
  ['an empty id', { ...ignoring, id: '' }, 'rules[1].id', '1 to 63'],
  ['a long id', { ...ignoring, id: 'a'.repeat(64) }, 'rules[1].id', '1 to 63'],
  ['a capital id', { ...ignoring, id: 'A' }, 'rules[1].id', 'lower-case'],
  ['an id that begins with a hyphen', { ...ignoring, id: '-a' }, 'rules[1].id', 'not beginning with a hyphen'],
  ['an id with a line end', { ...ignoring, id: 'a\n' }, 'rules[1].id', 'lower-case'],
  ['the id history', { ...ignoring, id: 'history' }, 'rules[1].id', 'none of history'],
  ['the id rollback', { ...ignoring, id: 'rollback' }, 'rules[1].id', 'none of history'],
  ['the id evaluate', { ...ignoring, id: 'evaluate' }, 'rules[1].id', 'none of history'],
  ['the id backtest', { ...ignoring, id: 'backtest' }, 'rules[1].id', 'none of history'],
  ['a second of one id', ignoring, 'rules[1].id', 'an id of its own, rules[0] has the same'],
  ['no match', { id: 'a', action: 'ignore' }, 'rules[1].match', 'missing, expected an EventBridge event pattern'],
  ['a match that is a list', { ...sending, match: [] }, 'rules[1].match', 'an EventBridge event pattern'],
  ['a bad pattern', { ...sending, match: { detail: { isPublic: [{ exist: true }] } } }, 'rules[1].match.detail.isPublic[0]', 'not "exist"'],
  ['no action', { id: 'a', match }, 'rules[1].action', 'missing, expected "issue" or "ignore"'],
  ['an unknown action', { ...ignoring, id: 'a', action: 'ignored' }, 'rules[1].action', '"issue" or "ignore"'],
  ['an unknown action with an issue', { ...sending, action: 'Issue' }, 'rules[1].action', '"issue" or "ignore"'],
  ['ignore with an issue', { ...sending, action: 'ignore' }, 'rules[1].issue', 'only in a rule with action "issue"'],
  ['ignore with groupBy', { ...ignoring, id: 'a', groupBy: 'finding' }, 'rules[1].groupBy', 'only in a rule with action "issue"'],
  ['ignore with close', { ...ignoring, id: 'a', close: {} }, 'rules[1].close', 'only in a rule with action "issue"'],
  ['issue without an issue', { ...sending, issue: undefined }, 'rules[1].issue', 'an object with at least project and issueType'],
  ['an unknown groupBy', { ...sending, groupBy: 'account' }, 'rules[1].groupBy', '"finding", "access" or "resource"'],
  [
    'an unknown property',
    { ...sending, enabled: true },
    'rules[1].enabled',
    'unknown here, expected only id, description, match, action, groupBy, issue, close, reopen',
  ],
  ['a long description', { ...sending, description: 'x'.repeat(2001) }, 'rules[1].description', '2000'],
  [
    'no project',
    { ...sending, issue: { issueType: 'Task' } },
    'rules[1].issue.project',
    'missing, expected a Jira project key such as SEC',
  ],
  ['a small project key', { ...sending, issue: { ...sending.issue, project: 'sec' } }, 'rules[1].issue.project', 'capital letters'],
  ['a project key of one letter', { ...sending, issue: { ...sending.issue, project: 'S' } }, 'rules[1].issue.project', '2 to 50'],
  ['a project key of 51', { ...sending, issue: { ...sending.issue, project: 'S'.repeat(51) } }, 'rules[1].issue.project', '2 to 50'],
  ['a path as project key', { ...sending, issue: { ...sending.issue, project: 'SEC/../X' } }, 'rules[1].issue.project', 'capital letters'],
  ['no issue type', { ...sending, issue: { project: 'SEC' } }, 'rules[1].issue.issueType', 'missing, expected a name such as Task'],
  ['a blank issue type', { ...sending, issue: { ...sending.issue, issueType: ' ' } }, 'rules[1].issue.issueType', 'a name such as Task'],
  ['an empty priority', { ...sending, issue: { ...sending.issue, priority: '' } }, 'rules[1].issue.priority', 'a name such as High'],
  ['labels as text', { ...sending, issue: { ...sending.issue, labels: 'a' } }, 'rules[1].issue.labels', 'a list of at most 100 labels'],
  [
    '101 labels',
    { ...sending, issue: { ...sending.issue, labels: Array.from({ length: 101 }, () => 'a') } },
    'rules[1].issue.labels',
    'at most 100',
  ],
  ['a label with a space', { ...sending, issue: { ...sending.issue, labels: ['a', 'b c'] } }, 'rules[1].issue.labels[1]', 'without spaces'],
  ['an empty label', { ...sending, issue: { ...sending.issue, labels: [''] } }, 'rules[1].issue.labels[0]', '1 to 255'],
  ['a long label', { ...sending, issue: { ...sending.issue, labels: ['x'.repeat(256)] } }, 'rules[1].issue.labels[0]', '1 to 255'],
  ['half a day', { ...sending, issue: { ...sending.issue, dueInDays: 0.5 } }, 'rules[1].issue.dueInDays', 'a whole number'],
  ['a day before', { ...sending, issue: { ...sending.issue, dueInDays: -1 } }, 'rules[1].issue.dueInDays', '0 to 3650'],
  ['days in eleven years', { ...sending, issue: { ...sending.issue, dueInDays: 3651 } }, 'rules[1].issue.dueInDays', '0 to 3650'],
  ['days as text', { ...sending, issue: { ...sending.issue, dueInDays: '3' } }, 'rules[1].issue.dueInDays', 'a whole number'],
  [
    'an unknown issue field',
    { ...sending, issue: { ...sending.issue, reporter: 'me' } },
    'rules[1].issue.reporter',
    'unknown here, expected only project',
  ],
  ...(
    [
      ['priority', 5, '', 'or an object with critical, high, medium and low'],
      ['priority', { highest: 'High' }, '.highest', 'unknown here, expected only critical, high, medium, low'],
      ['priority', { critical: '', low: 'Low' }, '.critical', 'a name such as High'],
      ['dueInDays', { low: 1.5 }, '.low', 'a whole number'],
      ['components', 'Storage', '', 'a list of at most 50 names of components'],
      ['components', [''], '[0]', 'a name such as Storage'],
      ['securityLevel', '', '', 'a name such as Security team'],
      ['parent', 'SEC', '', 'the key of the issue above it'],
      ['assignee', 'Dana', '', 'an e-mail address'],
      ['assignee', 'id:', '', 'id: and an account id'],
      ['assignee', 'a b@c', '', 'an e-mail address'],
      ['fields', [], '', 'an object of at most 50 further fields'],
      ['fields', { ' x': 1 }, '', 'by id such as customfield_10042 or by name'],
      ['fields', { priority: { id: '1' } }, '', 'none that has a property of its own here'],
      ['useAccountMap', 'yes', '', 'true or false'],
      ['content', 'none', '', '"minimal"'],
      ['consoleLink', 'http://acme.example/{link}', '', 'an https address'],
      ['consoleLink', 'https://{account}.example/{link}', '', 'an https address'],
      ['consoleLink', 'https://acme.example/?to=link', '', 'with {link}'],
      ['consoleLink', 'https://acme.example/{link}{region}', '', 'with {link}'],
      ['consoleLink', 'https://acme.example/?to={link} x', '', 'with {link}'],
    ] as const
  ).map(([name, value, at, message]): [string, unknown, string, string] => [
    `${name} ${JSON.stringify(value)}`,
    { ...sending, issue: { ...sending.issue, [name]: value } },
    `rules[1].issue.${name}${at}`,
    message,
  ]),
  [
    'a section without a text',
    { ...sending, issue: { ...sending.issue, sections: [{ title: 'x' }] } },
    'rules[1].issue.sections[0].text',
    'missing, expected Markdown',
  ],
  [
    'ignore with whenUnrouted',
    { ...ignoring, id: 'a', whenUnrouted: 'close' },
    'rules[1].whenUnrouted',
    'only in a rule with action "issue"',
  ],
  ['ignore with whenDeleted', { ...ignoring, id: 'a', whenDeleted: 'recreate' }, 'rules[1].whenDeleted', 'expected only in a rule'],
  ['an unknown whenDeleted', { ...sending, whenDeleted: 'ask' }, 'rules[1].whenDeleted', '"leave" or "recreate"'],
  ['an unknown whenUnrouted', { ...sending, whenUnrouted: 'move' }, 'rules[1].whenUnrouted', '"leave" or "close"'],
])('a rule with %s has that one problem', (_, rule, path, message) => {
  expect(problemsOfRule(rule)).toEqual([{ path, message: expect.stringContaining(message) }]);
});

test('all problems of all rules are reported at once', () => {
  const rules = [
    { ...sending, id: 'a', issue: { project: 'sec', labels: ['x y', 'fine', 5], extra: 1 } },
    5,
    { ...sending, id: 'a', match: { detail: { status: 'ACTIVE', $or: [] } }, groupBy: 'x' },
  ];
  expect(
    problemsOf({ version: 3, rules })
      .map(({ path }) => path)
      .toSorted(),
  ).toEqual([
    'rules[0].issue.extra',
    'rules[0].issue.issueType',
    'rules[0].issue.labels[0]',
    'rules[0].issue.labels[2]',
    'rules[0].issue.project',
    'rules[1]',
    'rules[2].groupBy',
    'rules[2].id',
    'rules[2].match.detail.$or',
    'rules[2].match.detail.status',
    'version',
  ]);
});

test('as many rules as the limit are accepted', () => {
  const rules = Array.from({ length: MAX_RULES }, (_, index) => ({ ...ignoring, id: `r-${index}` }));
  expect(parseRules({ version: 1, rules }).ok).toBe(true);
});

test('any input is parsed or refused with a message, and nothing is thrown', () => {
  const rule = fc.oneof(
    fc.anything(),
    fc.record(
      { id: fc.anything(), match: fc.anything(), action: fc.constantFrom('issue', 'ignore', 1), issue: fc.anything() },
      { requiredKeys: [] },
    ),
  );
  fc.assert(
    fc.property(fc.oneof(fc.anything(), fc.record({ version: fc.constant(1), rules: fc.array(rule) })), (input) => {
      const parsed = parseRules(input);
      const messages = parsed.ok ? ['expected'] : parsed.problems.map(({ message }) => message);
      expect(messages).not.toEqual([]);
      expect(messages.filter((message) => !message.includes('expected'))).toEqual([]);
    }),
    { numRuns: 500 },
  );
});
