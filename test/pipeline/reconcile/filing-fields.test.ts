import { describe, expect, test } from 'vitest';
import type { Finding } from '../../../src/findings/finding.ts';
import type { Json } from '../../../src/findings/json.ts';
import { parseRules, type CompiledRules } from '../../../src/rules/parse-rules.ts';
import type { CustomField } from '../../../src/sandbox/jira/simulated-field.ts';
import type { SimulatedIssue } from '../../../src/sandbox/jira/simulated-issue.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { finish } from '../../support/service/finish.ts';
import { putRules } from '../../support/service/put-rules.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import type { ServiceParts } from '../../support/service/service-parts.ts';
import { BLUE, FIELDS, RED, TEAM } from '../../support/jira/field-kinds.ts';
import { trackerOf } from '../../support/jira/tracker.ts';
import { openSite, type Site } from '../../support/service/site.ts';

/** Every kind of field, set by a rule, by the account map and by a template, when an issue is created and when it is updated. */

const LEAD = { accountId: '712020:lead', displayName: 'Lee Ad', email: 'lead@example.com' };
const OWNER = { accountId: '712020:owner', displayName: 'O Wner', email: 'aws-444455556666@example.com' };

interface Kind {
  /** The value in a rule, and in Jira. */
  readonly fixed: readonly [Json, unknown];
  readonly template: readonly [Json, unknown] | null;
}

const id = { id: expect.any(String) };
const KINDS: Readonly<Record<string, Kind>> = {
  Team: { fixed: [RED, RED], template: null },
  'Request Type': { fixed: ['sec/cloud-finding', 'sec/cloud-finding'], template: null },
  Organizations: { fixed: [[322], [322]], template: null },
  Sprint: { fixed: [37, 37], template: null },
  Area: { fixed: [['Cloud', 'Storage'], { ...id, child: id }], template: [['Cloud', '{{region}}'], { ...id, child: id }] },
  Resource: { fixed: ['plain', 'plain'], template: ['{{resourceName}} of {{accountId}}', 'billing-export of 444455556666'] },
  Notes: {
    fixed: ['one\ntwo', { type: 'doc', version: 1, content: expect.any(Array) }],
    template: [
      '{{resourceName}}',
      { type: 'doc', version: 1, content: [{ type: 'paragraph', content: [{ type: 'text', text: 'billing-export' }] }] },
    ],
  },
  Runbook: {
    fixed: ['https://wiki.example.com/x', 'https://wiki.example.com/x'],
    template: ['https://wiki.example.com/{{region}}', 'https://wiki.example.com/us-west-2'],
  },
  Account: { fixed: [3, 3], template: ['{{accountId}}', 444_455_556_666] },
  Since: { fixed: ['2026-12-01', '2026-12-01'], template: ['{{since | date}}', '2026-03-01'] },
  'First seen': {
    fixed: ['2026-12-01T10:00:00Z', '2026-12-01T10:00:00.000+0000'],
    template: ['{{since}}', '2026-03-01T10:00:00.000+0000'],
  },
  Severity: { fixed: ['Low', id], template: ['{{severity}}', id] },
  Regions: {
    fixed: [['Any'], [id]],
    template: [
      ['{{region}}', 'Any', '{{detail.error}}'],
      [id, id],
    ],
  },
  Owner: {
    fixed: ['lead@example.com', { accountId: LEAD.accountId }],
    template: ['aws-{{accountId}}@example.com', { accountId: OWNER.accountId }],
  },
  Owners: {
    fixed: [['id:712020:lead'], [{ accountId: LEAD.accountId }]],
    template: [['aws-{{accountId}}@example.com'], [{ accountId: OWNER.accountId }]],
  },
  Group: { fixed: ['admins', { name: 'admins' }], template: ['aws-{{accountId}}', { name: 'aws-444455556666' }] },
  Tags: {
    fixed: [['a'], ['a']],
    template: [
      ['{{resourceWords}}', 'aws'],
      ['S3-bucket', 'aws'],
    ],
  },
  'Fixed in': { fixed: [['us-west-2'], [id]], template: [['{{region}}'], [id]] },
  Odd: {
    fixed: [{ a: [1, 'x'] }, { a: [1, 'x'] }],
    template: [{ a: [1, '{{region}}', { b: '{{kind}}' }] }, { a: [1, 'us-west-2', { b: 'external' }] }],
  },
};

const time = (minute: number): string => new Date(Date.UTC(2026, 2, 1, 10, minute)).toISOString();
const word = (minute: number, detail: Readonly<Record<string, unknown>> = {}): Finding =>
  findingOf(externalEvent({ time: time(minute), detail: { updatedAt: time(minute), ...detail } }));

function rule(issue: object): object {
  return { id: 'all', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue: { project: 'SEC', issueType: 'Task', ...issue } };
}

function filing(issue: object, maps: object = {}): CompiledRules {
  const parsed = parseRules({ version: 1, rules: [rule(issue)], ...maps });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.problems));
  return parsed.rules;
}

async function emit(site: Site, parts: ServiceParts, finding: Finding): Promise<string> {
  const { group } = await parts.accept(finding);
  await finish(site, parts, group);
  return group;
}

function only(site: Site): SimulatedIssue {
  const [issue, ...others] = site.jira.issues();
  if (issue === undefined || others.length > 0) throw new Error(`there are ${others.length + 1} issues`);
  return issue;
}

const openFields = (more: Partial<Parameters<typeof openSite>[0]> = {}): Promise<Site> =>
  openSite({
    projects: [{ key: 'SEC', customFields: FIELDS, components: ['billing-export', 'Storage', 'Mine'] }],
    people: [LEAD, OWNER],
    ...more,
  });

const valuesIn = ({ otherFields }: SimulatedIssue): Readonly<Record<string, unknown>> =>
  Object.fromEntries(FIELDS.flatMap(({ id: field, name }) => (field in otherFields ? [[name, otherFields[field]]] : [])));

/** Creates and edits, in order. */
const writes = ({ jira }: Site): string[] =>
  jira.history().flatMap(({ operation }) => (/^(?:POST \/issue|PUT \/issue\/\*)$/.test(operation) ? [operation] : []));

test('by rule: every kind is created, and an update leaves it to people', async () => {
  const fields = Object.fromEntries(Object.entries(KINDS).map(([name, { fixed }]) => [name, fixed[0]]));
  const site = await openFields();
  const parts = await site.start({ rules: filing({ fields }) });
  await emit(site, parts, word(1));
  expect(valuesIn(only(site))).toEqual(Object.fromEntries(Object.entries(KINDS).map(([name, { fixed }]) => [name, fixed[1]])));
  site.jira.person.edit('SEC-1', { customfield_10001: BLUE, customfield_10020: null });
  await emit(site, parts, word(2, { action: ['s3:PutObject'] }));
  expect(writes(site)).toEqual(['POST /issue', 'PUT /issue/*']);
  expect(valuesIn(only(site))).toMatchObject({ Team: BLUE, Sprint: null, 'Request Type': 'sec/cloud-finding', Resource: 'plain' });
});

test('by template: every kind that takes a text is created from the finding', async () => {
  const templated = Object.entries(KINDS).flatMap(([name, { template }]) => (template === null ? [] : [[name, ...template] as const]));
  const site = await openFields();
  const fields = { Team: RED, ...Object.fromEntries(templated.map(([name, given]) => [name, given])) };
  const issue = {
    fields,
    labels: ['account-{{accountId}}', '{{resourceWords | upper}}', '{{detail.error}}', 'fixed'],
    components: ['{{resourceName}}', '{{detail.error}}', 'Storage'],
    assignee: 'aws-{{accountId}}@example.com',
  };
  const parts = await site.start({ rules: filing(issue) });
  expect(await trackerOf(site.jira).preflight.check(filing(issue).ruleSet, null)).toEqual([]);
  await emit(site, parts, word(1));
  expect(valuesIn(only(site))).toEqual({ Team: RED, ...Object.fromEntries(templated.map(([name, , stored]) => [name, stored])) });
  expect(only(site)).toMatchObject({ assignee: OWNER.accountId, otherFields: { components: [id, id] } });
  expect(only(site).labels).toEqual(['findings-to-jira', 'account-444455556666', 'S3-BUCKET', 'fixed', expect.stringMatching(/^f2j-/)]);
});

describe('labels and components of a template', () => {
  const issue = (labels: readonly string[], components: readonly string[]): object => ({ fields: { Team: RED }, labels, components });

  test('follow the finding and the rule in an update, until a person has changed them', async () => {
    const site = await openFields();
    const parts = await site.start({ rules: filing(issue(['severity-{{severity}}', 'fixed'], ['{{resourceName}}'])) });
    const group = await emit(site, parts, word(1));
    const created = only(site);
    await emit(site, parts, word(2, { action: ['s3:PutObject'] }));
    expect([created.labels.includes('severity-high'), only(site).labels.includes('severity-high')]).toEqual([true, false]);
    expect(only(site).labels).toEqual(expect.arrayContaining(['severity-critical', 'fixed']));
    await putRules(site.store, [rule(issue(['{{kind}}', 'fixed'], ['{{resourceName}}', 'Storage']))]);
    await finish(site, parts, group);
    expect(only(site).labels).toEqual(expect.arrayContaining(['external', 'fixed']));
    expect(only(site).otherFields['components']).toHaveLength(2);

    const mine = site.jira.person.edit('SEC-1', { labels: ['mine', ...only(site).labels], components: [{ name: 'Mine' }] });
    await putRules(site.store, [rule(issue(['{{region}}'], ['{{resourceName}}']))]);
    await finish(site, parts, group);
    expect(only(site)).toMatchObject({ labels: mine.labels, otherFields: { components: mine.otherFields['components'] } });
  });

  test('a component that the project does not have is the failure of a fixed one, and nothing is sent', async () => {
    const site = await openFields();
    const parts = await site.start({ rules: filing(issue([], ['{{region}}'])) });
    await parts.reconcile((await parts.accept(word(1))).group);
    expect(writes(site)).toEqual([]);
    expect((await parts.record(word(1).key))?.mapping.error).toMatchObject({
      code: 'jira-not-offered',
      message: expect.stringContaining('SEC has no component "us-west-2"; expected one of billing-export, Storage, Mine'),
    });
  });
});

test.each([
  ['2,000 characters', 'x'.repeat(2_000)],
  ['control characters and lines', 'a\u0000\u0007b\r\nc\u2028d\ue000'],
  ['a template', '{{summary}}{{'],
  ['the label of a group', `f2j-${'a'.repeat(26)}`],
  ['no visible character', '\u0000\u0001 '],
])('a resource with %s in its name has an issue, with values that Jira takes', async (_, name) => {
  const site = await openFields({ projects: [{ key: 'SEC', customFields: FIELDS }] });
  const fields = {
    Team: RED,
    Resource: '{{resourceName}}',
    Notes: '{{resourceName}}',
    Tags: ['{{resourceName}}'],
    Odd: { a: '{{resourceName}}' },
  };
  const more = { Runbook: 'https://wiki.example.com/{{resourceName}}' };
  const rules = filing({ fields: { ...fields, ...more }, labels: ['{{resourceName}}'], assignee: 'x{{resourceName}}@example.com' });
  const parts = await site.start({ rules });
  await emit(site, parts, word(1, { resource: `arn:aws:s3:::${name}` }));
  const { labels, otherFields, assignee } = only(site);
  expect(assignee).toBeNull();
  expect(labels.filter((label) => label.startsWith('f2j-'))).toHaveLength(1);
  expect(JSON.stringify([labels, otherFields])).not.toMatch(/S3 bucket|\\u00/);
});

describe('the team of the account map', () => {
  test('goes into the Team field that the rule sets, where there are two', async () => {
    const other: CustomField = { ...TEAM, id: 'customfield_2', name: 'Second', kind: 'atlassian-team', required: false };
    const site = await openSite({ projects: [{ key: 'SEC', customFields: [TEAM, other] }] });
    const issue = { useAccountMap: true, fields: { Team: RED } };
    const parts = await site.start({ rules: filing(issue, { accounts: { '444455556666': { team: BLUE } } }) });
    await emit(site, parts, word(1));
    expect(only(site).otherFields).toEqual({ customfield_10001: BLUE });
  });

  const maps = {
    accounts: { '444455556666': { organizationalUnit: 'ou' }, '111122223333': { team: RED } },
    organizationalUnits: { ou: { team: BLUE } },
  };
  const at = (accountId: string): Finding => word(1, { accountId });

  test.each([
    ['of its unit', { useAccountMap: true, fields: { Team: RED } }, '444455556666', BLUE],
    ['of the account', { useAccountMap: true, fields: {} }, '111122223333', RED],
    ['of the rule, for another account', { useAccountMap: true, fields: { Team: RED } }, '999988887777', RED],
    ['of the rule, which does not use the map', { fields: { Team: RED } }, '444455556666', RED],
  ])('%s', async (_, issue, accountId, team) => {
    const site = await openFields();
    const parts = await site.start({ rules: filing(issue, maps) });
    await emit(site, parts, at(accountId));
    expect(valuesIn(only(site))).toEqual({ Team: team });
    site.jira.person.edit('SEC-1', { customfield_10001: BLUE });
    await emit(site, parts, word(2, { accountId, action: ['s3:PutObject'] }));
    expect(writes(site)).toEqual(['POST /issue', 'PUT /issue/*']);
    expect(valuesIn(only(site))).toEqual({ Team: BLUE });
  });

  test.each<[string, readonly CustomField[], object, string, string, string]>([
    ['a name', [TEAM], { customfield_10001: RED }, 'Red', 'field-value-unfit', 'customfield_10001 "Team" takes the id of a team'],
    ['a project without the field', [], {}, RED, 'not-on-screen', 'has no Team field'],
    [
      'a project with two',
      [TEAM, { ...TEAM, id: 'customfield_2', kind: 'atlassian-team', required: false }],
      { customfield_10001: RED, customfield_2: BLUE },
      RED,
      'field-unknown',
      'more than one Team field (customfield_10001, customfield_2)',
    ],
  ])('%s: refused by preflight at its place in the map, and nothing is sent', async (_, customFields, fields, team, code, words) => {
    const site = await openSite({ projects: [{ key: 'SEC', customFields }] });
    const rules = filing({ useAccountMap: true, fields }, { accounts: { '444455556666': { team } } });
    const parts = await site.start({ rules });
    await parts.reconcile((await parts.accept(at('444455556666'))).group);
    expect(writes(site)).toEqual([]);
    expect((await parts.record(word(1).key))?.mapping.error).toMatchObject({
      code: 'jira-not-offered',
      message: expect.stringContaining(words),
    });
    const { preflight } = trackerOf(site.jira);
    expect(await preflight.check(rules.ruleSet, null)).toContainEqual({
      ruleId: null,
      path: 'accounts["444455556666"].team',
      severity: 'error',
      code,
      message: expect.stringContaining(words),
    });
  });
});
