import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { severityOf } from '../../src/findings/severity.ts';
import type { FoundOwner } from '../../src/issues/facts/find-owner.ts';
import { routeFinding } from '../../src/issues/route-finding.ts';
import { ownerOf, type AccountOwner, type Owner } from '../../src/rules/account-map.ts';
import { NO_ACCOUNTS } from '../../src/rules/known-accounts.ts';
import { parseRules } from '../../src/rules/parse-rules.ts';
import type { IssueRule, RuleSet } from '../../src/rules/routing-rule.ts';
import { externalEvent } from '../support/findings/finding-events.ts';
import { issueRoute } from '../support/findings/issue-route.ts';
import { findingOf } from '../support/findings/parsed.ts';

type IssueFields = IssueRule['issue'];
type Maps = Pick<RuleSet, 'accounts' | 'organizationalUnits'>;

const LEAST: IssueFields = { project: 'SEC', issueType: 'Task' };

function ruleOf(issue: IssueFields): IssueRule {
  return { id: 'everything-else', match: { source: ['aws.access-analyzer'] }, action: 'issue', issue };
}

function routed(
  issue: IssueFields,
  { maps = {}, accountId = '111122223333', isPublic = true }: { maps?: Maps; accountId?: string; isPublic?: boolean } = {},
) {
  const rule = ruleOf(issue);
  const finding = findingOf(externalEvent({ detail: { accountId, isPublic } }));
  return { severity: severityOf(finding), route: routeFinding(finding, rule, { version: 1, rules: [rule], ...maps }, NO_ACCOUNTS, 1) };
}

test('a minimal rule leaves everything else open', () => {
  expect(routed(LEAST).route).toEqual(issueRoute());
});

test('the settings of a rule are taken as they are', () => {
  const target = {
    priority: 'High',
    labels: ['a'],
    dueInDays: 0,
    components: ['Storage'],
    securityLevel: 'Team',
    parent: 'SEC-1',
    assignee: 'lead@example.com',
    fields: { customfield_1: 'x' },
    content: 'minimal',
    summary: 's',
    sections: [{ title: 't', text: 'x' }],
  } as const;
  expect(routed({ ...LEAST, ...target, labels: ['a'], components: ['Storage'], sections: [{ title: 't', text: 'x' }] }).route).toEqual(
    issueRoute({ ...target, fallbackAssignee: null, team: null }),
  );
});

describe('the owner', () => {
  const owner = {
    name: 'Payments',
    source: 'resource-tag',
    from: 'team=payments',
    settings: { project: 'PAY', team: '7', assignee: 'pay@example.com' },
  } as const;
  const maps = { accounts: { '111122223333': { project: 'PLAT', components: ['Net'], assignee: 'bob@example.com' } } };
  const place = (issue: Partial<IssueFields>, found: FoundOwner | null = owner) => {
    const rule = ruleOf({ ...LEAST, components: ['Rule'], assignee: 'rule@example.com', ...issue });
    const finding = findingOf(externalEvent());
    const ruleSet: RuleSet = { version: 1, rules: [rule], ...maps };
    const {
      projectKey,
      components,
      assignee,
      fallbackAssignee,
      team,
      owner: shown,
    } = routeFinding({ ...finding, accountId: '111122223333' }, rule, ruleSet, NO_ACCOUNTS, 1, found);
    return { projectKey, components, assignee, fallbackAssignee, team, shown: shown?.name };
  };
  const ofRule = { projectKey: 'SEC', components: ['Rule'], assignee: 'rule@example.com', fallbackAssignee: null, team: null };
  const ofOwner = { projectKey: 'PAY', assignee: 'pay@example.com', fallbackAssignee: 'rule@example.com', team: '7', shown: 'Payments' };

  test('is shown, and decides only where the rule says so; then it goes before the account map, and that before the rule', () => {
    expect(place({})).toEqual({ ...ofRule, shown: 'Payments' });
    expect(place({ useOwner: true })).toEqual({ ...ofOwner, components: ['Rule'] });
    expect(place({ useOwner: true, useAccountMap: true })).toEqual({ ...ofOwner, components: ['Net'] });
    expect(place({ useOwner: true }, null)).toEqual({ ...ofRule, shown: undefined });
  });
});

describe('by severity', () => {
  const priority = { critical: 'Highest', high: 'High', medium: 'Medium', low: 'Low' };
  const dueInDays = { critical: 0, high: 7, medium: 30, low: 90 };

  test.each([true, false])('public %s: the value of its own severity', (isPublic) => {
    const { route, severity } = routed({ ...LEAST, priority, dueInDays }, { isPublic });
    expect(route).toMatchObject({ priority: priority[severity], dueInDays: dueInDays[severity] });
  });

  test('the severities differ, or the test above tests one', () => {
    expect(routed(LEAST, { isPublic: true }).severity).not.toBe(routed(LEAST, { isPublic: false }).severity);
  });

  test('a severity that is left out has none', () => {
    expect(routed({ ...LEAST, priority: {}, dueInDays: {} }).route).toMatchObject({ priority: null, dueInDays: null });
  });
});

describe('the account map', () => {
  const maps: Maps = {
    accounts: {
      '111122223333': { organizationalUnit: 'ou' },
      '222233334444': { organizationalUnit: 'ou', project: 'OWN', assignee: 'own@example.com', team: 'own' },
      '333344445555': { components: [] },
    },
    organizationalUnits: { ou: { project: 'UNIT', components: ['Unit'], assignee: 'unit@example.com', team: 'unit' } },
  };
  const issue = { ...LEAST, components: ['Rule'], assignee: 'rule@example.com', useAccountMap: true };

  test.each([
    [
      '111122223333',
      { projectKey: 'UNIT', components: ['Unit'], assignee: 'unit@example.com', fallbackAssignee: 'rule@example.com', team: 'unit' },
    ],
    [
      '222233334444',
      { projectKey: 'OWN', components: ['Unit'], assignee: 'own@example.com', fallbackAssignee: 'rule@example.com', team: 'own' },
    ],
    ['333344445555', { projectKey: 'SEC', components: [], assignee: 'rule@example.com', fallbackAssignee: null }],
    ['999999999999', { projectKey: 'SEC', components: ['Rule'], assignee: 'rule@example.com', fallbackAssignee: null, team: null }],
  ])('%s: account before unit before rule', (accountId, expected) => {
    expect(routed(issue, { maps, accountId }).route).toMatchObject(expected);
  });

  test('counts only where the rule says so', () => {
    expect(routed({ ...issue, useAccountMap: false }, { maps }).route).toMatchObject({
      projectKey: 'SEC',
      components: ['Rule'],
      assignee: 'rule@example.com',
      fallbackAssignee: null,
      team: null,
    });
  });

  const owner: fc.Arbitrary<Owner> = fc.record(
    {
      project: fc.constantFrom('AA', 'BB'),
      components: fc.constant<string[]>(['C']),
      assignee: fc.constantFrom('a@b', 'id:1'),
      team: fc.constantFrom('1', '2'),
    },
    { requiredKeys: [] },
  );
  const id = fc.constantFrom('111111111111', '222222222222', '333333333333');
  const unitName = fc.constantFrom('ou-1', 'ou-2', '__proto__', 'constructor');
  const units = fc.dictionary(unitName, owner, { noNullPrototype: true });
  const accounts = fc.dictionary(
    id,
    fc
      .tuple(owner, fc.option(unitName, { nil: undefined }))
      .map(([own, unit]): AccountOwner => (unit === undefined ? own : { ...own, organizationalUnit: unit })),
    { noNullPrototype: true },
  );

  test('every part comes from the account, or else from its unit; and the unit itself is no part of an owner', () => {
    fc.assert(
      fc.property(id, accounts, units, (accountId, byAccount, byUnit) => {
        const found = ownerOf(accountId, { accounts: byAccount, organizationalUnits: byUnit }, NO_ACCOUNTS);
        const own = Object.hasOwn(byAccount, accountId) ? byAccount[accountId] : undefined;
        const unit = own?.organizationalUnit;
        const of = unit !== undefined && Object.hasOwn(byUnit, unit) ? byUnit[unit] : undefined;
        for (const part of ['project', 'components', 'assignee', 'team'] as const) expect(found[part]).toEqual(own?.[part] ?? of?.[part]);
        expect(Object.keys(found)).not.toContain('organizationalUnit');
      }),
    );
  });

  test('a rule set that parses has a route for every account, in a project that it names, and a fallback only beside another assignee', () => {
    fc.assert(
      fc.property(id, accounts, units, (accountId, byAccount, byUnit) => {
        const parsed = parseRules({ version: 1, rules: [ruleOf(issue)], accounts: byAccount, organizationalUnits: byUnit });
        if (!parsed.ok) return parsed.problems.every(({ path }) => path.endsWith('.organizationalUnit'));
        const { projectKey, assignee, fallbackAssignee } = routed(issue, { maps: parsed.rules.ruleSet, accountId }).route;
        const hasFallback = fallbackAssignee === 'rule@example.com' || (fallbackAssignee === null && assignee === 'rule@example.com');
        return ['AA', 'BB', 'SEC'].includes(projectKey) && assignee !== null && hasFallback;
      }),
    );
  });
});
