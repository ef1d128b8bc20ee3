import { expect, test } from 'vitest';
import type { ChangedFact } from '../../../src/issues/facts/facts.ts';
import type { OwnerClues } from '../../../src/issues/facts/find-owner.ts';
import { ownerOfFinding, placeByOwner } from '../../../src/issues/facts/place-by-owner.ts';
import { routeFinding } from '../../../src/issues/route-finding.ts';
import { NO_ACCOUNTS } from '../../../src/rules/known-accounts.ts';
import type { IssueRule, RuleSet } from '../../../src/rules/routing-rule.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { findingOf } from '../../support/findings/parsed.ts';

const finding = findingOf(externalEvent());
const owner = { tags: ['team'], values: { payments: { project: 'PAY', components: ['Desk'] }, storage: { project: 'STO' } } };
const clues = (team: string | null): OwnerClues => ({ resourceTags: team === null ? {} : { team }, accountTags: {}, contact: null });
const changed: ChangedFact = {
  principal: 'dev@example.com',
  role: null,
  session: null,
  person: true,
  action: 'PutBucketPolicy',
  at: '2026-03-03T14:02:00Z',
  by: 'console',
};

function rulesOfOwner(issue: Partial<IssueRule['issue']>): { rule: IssueRule; ruleSet: RuleSet } {
  const rule: IssueRule = { id: 'all', match: {}, action: 'issue', issue: { project: 'SEC', issueType: 'Task', ...issue } };
  return { rule, ruleSet: { version: 1, rules: [rule], owner } };
}

test('owners are named only where something asks for them, and a session that any caller may name is none', () => {
  const { ruleSet } = rulesOfOwner({});
  const { owner: _, ...without } = ruleSet;
  const accounts = { [finding.accountId]: { project: 'PLAT' } };
  expect(ownerOfFinding(finding, {}, { ...without, accounts }, NO_ACCOUNTS)).toBeNull();
  expect(ownerOfFinding(finding, {}, { ...ruleSet, accounts }, NO_ACCOUNTS)?.source).toBe('account-map');
  expect(ownerOfFinding(finding, { owner: clues(null) }, { ...without, accounts }, NO_ACCOUNTS)?.source).toBe('account-map');
  expect(ownerOfFinding(finding, { changed }, ruleSet, NO_ACCOUNTS)?.source).toBe('actor');
  expect(ownerOfFinding(finding, { changed: { ...changed, person: false } }, ruleSet, NO_ACCOUNTS)).toBeNull();
});

test.each<[string, Partial<IssueRule['issue']>, string, string | null, { projectKey: string; components: readonly string[] }]>([
  ['before the create, the owner decides', { useOwner: true }, 'payments', null, { projectKey: 'PAY', components: ['Desk'] }],
  ['in the project of the owner, it goes on to decide', { useOwner: true }, 'payments', 'PAY', { projectKey: 'PAY', components: ['Desk'] }],
  ['an issue that is elsewhere stays there', { useOwner: true }, 'payments', 'SEC', { projectKey: 'SEC', components: [] }],
  ['an issue of another owner stays there', { useOwner: true }, 'storage', 'PAY', { projectKey: 'PAY', components: [] }],
  [
    'a project of no owner is left to the rule, whose change counts',
    { useOwner: true },
    'payments',
    'OLD',
    { projectKey: 'SEC', components: [] },
  ],
  ['a rule that does not go by the owner', {}, 'payments', 'PAY', { projectKey: 'SEC', components: [] }],
])('%s, and its text tells the owner', (_, issue, team, issueProject, expected) => {
  const { rule, ruleSet } = rulesOfOwner(issue);
  const found = ownerOfFinding(finding, { owner: clues(team) }, ruleSet, NO_ACCOUNTS);
  if (found === null) throw new Error('There is no owner');
  const route = routeFinding(finding, rule, ruleSet, NO_ACCOUNTS, 1);
  const placed = placeByOwner(finding, route, { rule, ruleSet, known: NO_ACCOUNTS, owner: found }, issueProject);
  expect({ projectKey: placed.projectKey, components: placed.components }).toEqual(expected);
  expect(placed.owner).toEqual({ name: team, source: 'resource-tag', from: `team=${team}` });
});
