import * as fc from 'fast-check';
import { expect, test } from 'vitest';
import { findOwner, OWNER_SOURCES, type FoundOwner, type OwnerMaps, type OwnerQuestion } from '../../../src/issues/facts/find-owner.ts';
import { NO_ACCOUNTS } from '../../../src/rules/known-accounts.ts';

const ID = '444455556666';
const NOTHING = { resourceTags: {}, accountTags: {}, contact: null };
const values = {
  payments: { project: 'PAY', team: '7', name: 'Payments' },
  'dana@example.com': { components: ['Desk'], assignee: 'id:1' },
};
const RULES: OwnerMaps = { owner: { tags: ['owner', 'team'], values } };
const UNIT = { accounts: { [ID]: { organizationalUnit: 'data' } } };

type Case = readonly [string, Partial<OwnerQuestion>, OwnerMaps, FoundOwner | null];

test.each<Case>([
  ['nothing', {}, RULES, null],
  ['no answer of AWS', { clues: null }, RULES, null],
  ['tags without a value', { clues: { ...NOTHING, resourceTags: { owner: ' ', team: '' } } }, RULES, null],
  ['tags that the rules do not name', { clues: { ...NOTHING, resourceTags: { Owner: 'x', constructor: 'y' } } }, RULES, null],
  ['tags without rules', { clues: { ...NOTHING, resourceTags: { owner: 'payments' } } }, {}, null],
  [
    'a tag whose value the rules know',
    { clues: { ...NOTHING, resourceTags: { team: 'payments' } } },
    RULES,
    { name: 'Payments', source: 'resource-tag', from: 'team=payments', settings: { project: 'PAY', team: '7' } },
  ],
  [
    'a tag whose value is a name only',
    { clues: { ...NOTHING, resourceTags: { team: ' storage ' } } },
    RULES,
    { name: 'storage', source: 'resource-tag', from: 'team=storage', settings: {} },
  ],
  [
    'a tag that names a person, with the settings of the next tag',
    { clues: { ...NOTHING, resourceTags: { team: 'payments', owner: 'eve@example.com' } } },
    RULES,
    {
      name: 'eve@example.com',
      source: 'resource-tag',
      from: 'owner=eve@example.com',
      settings: { project: 'PAY', team: '7', assignee: 'eve@example.com' },
    },
  ],
  [
    'a tag with a template, which stays text',
    { clues: { ...NOTHING, resourceTags: { owner: '{{who}}@example.com' } } },
    RULES,
    { name: '{{who}}@example.com', source: 'resource-tag', from: 'owner={{who}}@example.com', settings: {} },
  ],
  [
    'a tag with a name that every object has',
    { clues: { ...NOTHING, accountTags: { owner: '__proto__' } } },
    RULES,
    { name: '__proto__', source: 'account-tag', from: 'owner=__proto__', settings: {} },
  ],
  [
    'the account map, called by the name of the unit',
    {},
    { ...UNIT, organizationalUnits: { data: { project: 'DATA', name: 'Data' } } },
    { name: 'Data', source: 'account-map', from: ID, settings: { project: 'DATA' } },
  ],
  [
    'the account map, called by its person',
    {},
    { accounts: { [ID]: { name: 'billing-prod', assignee: 'bob@example.com' } } },
    { name: 'bob@example.com', source: 'account-map', from: ID, settings: { assignee: 'bob@example.com' } },
  ],
  [
    'the account map, which has templates alone',
    {},
    { accounts: { [ID]: { assignee: 'aws-{{accountId}}@example.com' } } },
    { name: ID, source: 'account-map', from: ID, settings: { assignee: 'aws-{{accountId}}@example.com' } },
  ],
  ['an account map that says nothing but a name', {}, { accounts: { [ID]: { name: 'billing-prod' } } }, null],
  [
    'the person who made the change, whom the rules know',
    { changedBy: 'dana@example.com' },
    RULES,
    {
      name: 'dana@example.com',
      source: 'actor',
      from: 'dana@example.com',
      settings: { components: ['Desk'], assignee: 'id:1' },
    },
  ],
  [
    'the security contact, by its name in the rules',
    { clues: { ...NOTHING, contact: { name: 'payments', email: 'desk@example.com' } } },
    RULES,
    { name: 'Payments', source: 'security-contact', from: 'desk@example.com', settings: { project: 'PAY', team: '7' } },
  ],
  [
    'the security contact, assigned by its address',
    { clues: { ...NOTHING, contact: { name: 'Security desk', email: 'desk@example.com' } } },
    RULES,
    { name: 'Security desk', source: 'security-contact', from: 'desk@example.com', settings: { assignee: 'desk@example.com' } },
  ],
])('the owner is found by %s', (_, question, maps, owner) => {
  expect(findOwner({ accountId: ID, clues: NOTHING, changedBy: null, ...question }, maps, NO_ACCOUNTS)).toEqual(owner);
});

test('the first source that names an owner counts, whichever of the others are missing', () => {
  fc.assert(
    fc.property(fc.subarray([...OWNER_SOURCES]), (there) => {
      const has = (source: (typeof OWNER_SOURCES)[number]) => there.includes(source);
      const clues = {
        resourceTags: has('resource-tag') ? { owner: 'a' } : {},
        accountTags: has('account-tag') ? { team: 'b' } : {},
        contact: has('security-contact') ? { name: '', email: 'e@example.com' } : null,
      };
      const maps = { ...RULES, accounts: has('account-map') ? { [ID]: { project: 'C' } } : {} };
      const found = findOwner({ accountId: ID, clues, changedBy: has('actor') ? 'd@example.com' : null }, maps, NO_ACCOUNTS);
      expect(found?.source ?? null).toBe(there[0] ?? null);
    }),
  );
});
