import { NO_ACCOUNTS } from '../../../src/rules/known-accounts.ts';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Json } from '../../../src/findings/json.ts';
import { parseRules } from '../../../src/rules/parse-rules.ts';
import type { RuleSet } from '../../../src/rules/routing-rule.ts';
import { routeSubject } from '../../../src/issues/route-finding.ts';
import { renderIssue } from '../../../src/issues/text/render-issue.ts';
import type { JiraTracker } from '../../../src/jira/jira-tracker.ts';
import { startJiraSimulator, type JiraSimulator } from '../../../src/sandbox/jira-simulator.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { FIELDS, RED, TEAM } from '../../support/jira/field-kinds.ts';
import { trackerOf } from '../../support/jira/tracker.ts';
import { findingOf } from '../../support/findings/parsed.ts';

/** The forms of a value that Jira refuses, for each kind of field: nothing of them is sent, and preflight says the same. */

let jira: JiraSimulator;
let tracker: JiraTracker;
beforeAll(async () => {
  jira = await startJiraSimulator({
    projects: [{ key: 'SEC', customFields: FIELDS, issueTypes: { 'Sub-task': 'simple' }, subtasks: ['Sub-task'], components: ['Storage'] }],
  });
  tracker = trackerOf(jira);
});
afterAll(() => jira.close());

function ruleSet(issue: object): RuleSet {
  const rule = {
    id: 'all',
    match: { source: ['aws.access-analyzer'] },
    action: 'issue',
    issue: { project: 'SEC', issueType: 'Task', ...issue },
  };
  const parsed = parseRules({ version: 1, rules: [rule] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules.ruleSet;
}

/** The words of the refusal of a draft, and the problems of preflight. */
async function refusals(issue: object): Promise<readonly [string, readonly object[]]> {
  const rules = ruleSet(issue);
  const [rule] = rules.rules;
  if (rule?.action !== 'issue') throw new Error('no rule');
  const finding = findingOf(externalEvent());
  const route = routeSubject({ severity: 'high', owner: null, accountId: finding.accountId }, rule, rules, NO_ACCOUNTS, 1);
  const draft = renderIssue({ findings: [finding], route, nowMs: 0, details: 'there', follows: [] });
  const prepared = await tracker.prepare(draft, { kind: 'create', fresh: false });
  const problems = await tracker.preflight.check(rules, null);
  expect(jira.history().filter(({ operation }) => !operation.startsWith('GET '))).toEqual([]);
  return [prepared.ok ? 'nothing' : prepared.failure.message, problems];
}

test.each<[string, readonly Json[], string]>([
  ['Team', [{ id: RED }, 'Red', '', 5, [RED], true], 'customfield_10001 "Team" takes the id of a team as a text, such as 36885b3c-'],
  ['Request Type', [{ id: '12' }, 'Cloud finding', 'cloud-finding', 12, ['sec/cloud-finding']], 'such as sec/cloud-finding'],
  ['Organizations', [[{ id: '322' }], 322, ['322'], ['Acme'], [1.5], [0]], 'a list of numbers, the ids of organizations, such as [322]'],
  ['Sprint', [{ id: 37 }, '37', [37], 'Sprint 1', 0.5], 'a number, the id of a sprint such as 37'],
  [
    'Area',
    [['Land'], ['Cloud', 'Land'], [], { a: 1 }, { value: 'Cloud', child: { value: 'Land' } }, { value: 'Cloud', child: 'Storage' }, 5],
    'Area',
  ],
  ['Resource', ['x'.repeat(256), { id: '1' }, 5, 'a\nb'], 'customfield_10030 "Resource" takes a text'],
  ['Notes', [{ a: 1 }, 5, { type: 'doc' }], 'a text, or a document in the form ADF'],
  ['Runbook', ['wiki', `https://${'x'.repeat(256)}`], 'customfield_10032 "Runbook" takes'],
  ['Account', [{ id: 1 }, '3'], 'a number'],
  ['Since', [{ a: 1 }, '1.12.2026'], 'a day such as'],
  ['First seen', [{ a: 1 }, 'today'], 'a time with its zone'],
  ['Severity', ['Other', { id: '1' }, { id: 10_001 }, {}, ['High']], 'one of High, Low'],
  ['Regions', ['Any', ['Other'], [{}]], 'customfield_10037 "Regions" takes'],
  ['Owner', [{ emailAddress: 'a@b' }, 'Lee'], 'customfield_10038 "Owner" takes'],
  ['Owners', ['lead@example.com', [{}]], 'customfield_10039 "Owners" takes'],
  ['Group', [{}, 5], 'customfield_10040 "Group" takes'],
  ['Tags', [['a b'], 'a', [{ name: 'a' }]], 'customfield_10041 "Tags" takes'],
  ['Fixed in', [['9.9'], [{ value: 'us-west-2' }]], 'customfield_10042 "Fixed in" takes'],
])('%s: each is refused', async (name, values, words) => {
  for (const value of values) {
    const [message, problems] = await refusals({ fields: { Team: RED, [name]: value } });
    const path = `rules[0].issue.fields${name.includes(' ') ? `[${JSON.stringify(name)}]` : `.${name}`}`;
    expect({ value, message }).toEqual({ value, message: expect.stringContaining(words) });
    expect({ value, problems }).toEqual({
      value,
      problems: [{ ruleId: 'all', path, severity: 'error', code: 'field-value-unfit', message: expect.stringContaining(words) }],
    });
  }
});

test('a required Team without a value: the message names the accepted form', async () => {
  const words = `the field ${TEAM.id} "Team"; give it a value in the rule's issue.fields.${TEAM.id} (the id of a team as a text, such as`;
  const [message, problems] = await refusals({});
  expect(message).toContain(words);
  expect(problems).toMatchObject([{ code: 'field-required', message: expect.stringContaining(words) }]);
});

test('a sub-task without a parent', async () => {
  const words = '"Sub-task" in SEC is a type of sub-tasks; give the rule the key of the issue above it in issue.parent, such as SEC-12';
  const [message, problems] = await refusals({ issueType: 'Sub-task', fields: { Team: RED } });
  expect(message).toContain(words);
  expect(problems).toMatchObject([
    { path: 'rules[0].issue.parent', severity: 'error', code: 'field-required', message: expect.stringContaining(words) },
  ]);
  expect(await refusals({ issueType: 'Sub-task', parent: 'SEC-1', fields: { Team: RED } })).toMatchObject([
    'nothing',
    [{ code: 'parent-unknown' }],
  ]);
});

describe('the form of a template', () => {
  test.each<[string, Json, string]>([
    ['Team', '{{severity}}', 'the id of a team as a text'],
    ['Sprint', '{{resourceName}}', 'the id of a sprint such as 37, and the template yields "billing-export"'],
    ['Organizations', ['{{region}}'], 'a list of numbers'],
    ['Request Type', '{{resourceName}}', 'such as sec/cloud-finding, and the template yields "billing-export"'],
    ['Account', '{{region}}', 'a number, and the template yields "us-west-2"'],
    ['Since', '{{since}}', 'a day such as 2026-12-31, and the template yields "2026-03-01T10:00:00'],
    ['Owner', '{{accountId}}', 'customfield_10038 "Owner" takes'],
    ['Regions', '{{region}}', 'a list'],
  ])('%s: %j is refused with an example, and with the finding', async (name, template, words) => {
    const [message, problems] = await refusals({ fields: { Team: RED, [name]: template } });
    expect(message).toContain(words);
    expect(problems).toMatchObject([{ code: 'field-value-unfit', message: expect.stringContaining(words) }]);
  });

  test('choices and people are compared with the finding alone', async () => {
    const [message, problems] = await refusals({
      components: ['{{region}}'],
      assignee: '{{accountId}}@example.com',
      fields: { Team: RED, Severity: '{{region}}', Owner: '{{accountId}}@example.com' },
    });
    expect(problems).toEqual([]);
    expect(message).toContain('SEC has no component "us-west-2"');
    expect(message).toContain('"Severity" takes one of High, Low, and the template yields "us-west-2"');
    expect(message).toContain('"Owner" takes the e-mail address of an active person');
  });

  test('a template that yields nothing leaves a field that is not required as it is', async () => {
    const fields = { Team: RED, Resource: '{{detail.error}}', Regions: ['{{detail.error}}'], Account: '{{detail.numberOfUnusedServices}}' };
    expect(await refusals({ fields, labels: ['{{detail.error}}'] })).toEqual(['nothing', []]);
    expect((await refusals({ fields: { Team: '{{detail.error}}' } }))[0]).toContain('asks for the field customfield_10001 "Team"');
  });
});
