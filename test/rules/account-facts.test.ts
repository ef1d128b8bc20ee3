import * as fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ownerOf, type AccountMaps, type Owner } from '../../src/rules/account-map.ts';
import { accountFacts, changedAccounts, uncoveredAccounts } from '../../src/rules/account-facts.ts';
import { NO_ACCOUNTS, type KnownAccount, type KnownAccounts } from '../../src/rules/known-accounts.ts';

const ID = '444455556666';

function listed(account: Partial<KnownAccount>, id = ID): KnownAccounts {
  return new Map([[id, { name: 'billing-prod', state: 'ACTIVE', units: [], ...account }]]);
}

const NESTED = listed({ units: ['ou-x-near', 'ou-x-far', 'r-x'] });

test.each<[string, AccountMaps, KnownAccounts, Owner]>([
  ['a unit that the account is in', { organizationalUnits: { 'ou-x-near': { project: 'NEAR' } } }, NESTED, { project: 'NEAR' }],
  ['a unit above it', { organizationalUnits: { 'ou-x-far': { project: 'FAR' } } }, NESTED, { project: 'FAR' }],
  ['the root', { organizationalUnits: { 'r-x': { project: 'ALL' } } }, NESTED, { project: 'ALL' }],
  [
    'the nearest unit that has the setting',
    {
      organizationalUnits: {
        'r-x': { project: 'ALL', assignee: 'all@b' },
        'ou-x-near': { project: 'NEAR' },
        'ou-x-far': { assignee: 'far@b' },
      },
    },
    NESTED,
    { project: 'NEAR', assignee: 'far@b' },
  ],
  ['a unit that it is not in', { organizationalUnits: { 'ou-x-other': { project: 'OTHER' } } }, NESTED, {}],
  [
    'its own entry first',
    { accounts: { [ID]: { project: 'OWN', name: 'x' } }, organizationalUnits: { 'ou-x-near': { project: 'NEAR', assignee: 'near@b' } } },
    NESTED,
    { project: 'OWN', assignee: 'near@b' },
  ],
  [
    'the unit that its entry names, and no other',
    {
      accounts: { [ID]: { organizationalUnit: 'data' } },
      organizationalUnits: { data: { assignee: 'data@b' }, 'ou-x-near': { project: 'NEAR' } },
    },
    NESTED,
    { assignee: 'data@b' },
  ],
  ['nothing without the organization', { organizationalUnits: { 'ou-x-near': { project: 'NEAR' } } }, NO_ACCOUNTS, {}],
  ['nothing for names that every object has', { organizationalUnits: {} }, listed({ units: ['__proto__', 'constructor'] }), {}],
])('the owner of an account is that of %s', (_case, maps, known, owner) => {
  expect(ownerOf(ID, maps, known)).toEqual(owner);
});

test.each<[string, AccountMaps, KnownAccounts, ReturnType<typeof accountFacts>]>([
  ['the name of AWS', {}, listed({}), { name: 'billing-prod', state: null, unit: null }],
  ['the name in the map first', { accounts: { [ID]: { name: 'Billing' } } }, listed({}), { name: 'Billing', state: null, unit: null }],
  ['the name in the map alone', { accounts: { [ID]: { name: 'Billing' } } }, NO_ACCOUNTS, { name: 'Billing', state: null, unit: null }],
  ['a state that is not active', {}, listed({ name: null, state: 'SUSPENDED' }), { name: null, state: 'SUSPENDED', unit: null }],
  [
    'the name of the nearest unit in the map',
    { organizationalUnits: { 'ou-x-far': { name: 'Far' }, 'r-x': { name: 'All' } } },
    NESTED,
    { name: 'billing-prod', state: null, unit: 'Far' },
  ],
  ['nothing of an active account without a name', {}, listed({ name: null }), null],
  ['nothing of an account that is not known', { accounts: {} }, listed({}, '111122223333'), null],
])('an issue says %s', (_case, maps, known, facts) => {
  expect(accountFacts(ID, maps, known)).toEqual(facts);
});

test.each<[string, AccountMaps, KnownAccounts, KnownAccounts, readonly string[]]>([
  ['a name', {}, listed({}), listed({ name: 'x' }), [ID]],
  ['a name that the map overrides', { accounts: { [ID]: { name: 'Billing' } } }, listed({}), listed({ name: 'x' }), []],
  ['a state', {}, listed({}), listed({ state: 'SUSPENDED' }), [ID]],
  ['a unit that no map names', {}, listed({ units: ['ou-x-a'] }), listed({ units: ['ou-x-b'] }), []],
  ['a unit that the map names', { organizationalUnits: { 'ou-x-b': { project: 'B' } } }, listed({}), listed({ units: ['ou-x-b'] }), [ID]],
  ['an account that comes', {}, NO_ACCOUNTS, listed({}), [ID]],
  ['an account that goes', {}, listed({}), NO_ACCOUNTS, [ID]],
  ['nothing', {}, listed({}), listed({}), []],
])('a pass is asked for where this changes: %s', (_case, maps, before, after, ids) => {
  expect(changedAccounts(maps, before, after)).toEqual(ids);
});

describe('for every organization and map', () => {
  const id = fc.constantFrom('111111111111', '222222222222', '333333333333');
  const unit = fc.constantFrom('ou-a', 'ou-b', 'r-x', '__proto__');
  const owner: fc.Arbitrary<Owner> = fc.record(
    { project: fc.constantFrom('AA', 'BB'), components: fc.constant<string[]>(['C']), assignee: fc.constantFrom('a@b', 'id:1') },
    { requiredKeys: [] },
  );
  const maps: fc.Arbitrary<AccountMaps> = fc.record(
    {
      accounts: fc.dictionary(
        id,
        fc
          .tuple(owner, fc.record({ name: fc.string(), organizationalUnit: unit }, { requiredKeys: [] }))
          .map(([own, more]) => ({ ...own, ...more })),
        { noNullPrototype: true },
      ),
      organizationalUnits: fc.dictionary(unit, owner, { noNullPrototype: true }),
    },
    { requiredKeys: [] },
  );
  const account: fc.Arbitrary<KnownAccount> = fc.record({
    name: fc.option(fc.string()),
    state: fc.constantFrom('ACTIVE', 'CLOSED', null),
    units: fc.uniqueArray(unit, { maxLength: 3 }),
  });
  const known: fc.Arbitrary<KnownAccounts> = fc.dictionary(id, account).map((all) => new Map(Object.entries(all)));

  test('each setting is the first that the account, its named unit, or else its units from the nearest on have', () => {
    fc.assert(
      fc.property(id, maps, known, (one, given, organization) => {
        const { accounts = {}, organizationalUnits = {} } = given;
        const own = Object.hasOwn(accounts, one) ? accounts[one] : undefined;
        const chain = own?.organizationalUnit === undefined ? (organization.get(one)?.units ?? []) : [own.organizationalUnit];
        const owners = [own, ...chain.map((name) => (Object.hasOwn(organizationalUnits, name) ? organizationalUnits[name] : undefined))];
        for (const part of ['project', 'components', 'assignee'] as const)
          expect(ownerOf(one, given, organization)[part]).toEqual(owners.find((each) => each?.[part] !== undefined)?.[part]);
        expect(
          Object.keys(ownerOf(one, given, organization)).filter((key) => !['project', 'components', 'assignee'].includes(key)),
        ).toEqual([]);
      }),
    );
  });

  test('the uncovered accounts are those listed ones that no map gives an owner; and covering each of them leaves none', () => {
    fc.assert(
      fc.property(maps, known, (given, organization) => {
        const uncovered = uncoveredAccounts(given, organization);
        for (const one of organization.keys())
          expect(uncovered.includes(one)).toBe(Object.keys(ownerOf(one, given, organization)).length === 0);
        const covering = Object.fromEntries(uncovered.map((one) => [one, { project: 'NEW' }]));
        expect(uncoveredAccounts({ ...given, accounts: { ...given.accounts, ...covering } }, organization)).toEqual([]);
      }),
    );
  });

  test('an account that is not among the changed ones is written and filed as before', () => {
    fc.assert(
      fc.property(id, maps, known, known, (one, given, before, after) => {
        if (changedAccounts(given, before, after).includes(one)) return;
        expect(accountFacts(one, given, after)).toEqual(accountFacts(one, given, before));
        expect(ownerOf(one, given, after)).toEqual(ownerOf(one, given, before));
      }),
    );
  });
});
