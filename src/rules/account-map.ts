import { Type, type Static } from 'typebox';
import { isJsonObject } from '../findings/json.ts';
import { propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';
import type { KnownAccounts } from './known-accounts.ts';
import { Assignee, Components, Name, ProjectKey, Team } from './rule-words.ts';

/** The owner of an account or an organisational unit: its settings replace the rule's. */
const owner = {
  project: Type.Optional(ProjectKey),
  components: Type.Optional(Components),
  assignee: Type.Optional(Assignee),
  team: Type.Optional(Team),
};
/** For people; it decides nothing. */
const name = Type.Optional(Name('billing-prod'));

const AccountId = Type.String({ pattern: '^\\d{12}$', description: 'a twelve-digit account id' });
const UnitId = Type.String({ pattern: '^\\S{1,128}$', description: 'a unit of organizationalUnits, 1 to 128 characters without spaces' });

const MAX_ENTRIES = 10_000;

/** Account id -> its owner. Its organisational unit may supply settings that the account lacks. */
export const AccountMap = Type.Unsafe<Readonly<Record<string, AccountOwner>>>(
  Type.Record(
    AccountId,
    Type.Object(
      { ...owner, name, organizationalUnit: Type.Optional(UnitId) },
      {
        additionalProperties: false,
        description: 'an object with any of project, components, assignee, team, name and organizationalUnit',
      },
    ),
    {
      additionalProperties: false,
      propertyNames: AccountId,
      maxProperties: MAX_ENTRIES,
      description: `an object of at most ${MAX_ENTRIES} twelve-digit account ids, quoted, each with any of project, components, assignee, team, name and organizationalUnit`,
    },
  ),
);

/**
 * Organisational unit -> its owner. An id of AWS Organizations, of a unit or of the root, stands for all accounts in it and below it; any other
 * name is free, for accounts of the map to name.
 */
export const OrganizationalUnitMap = Type.Unsafe<Readonly<Record<string, UnitOwner>>>(
  Type.Record(
    UnitId,
    Type.Object(
      { ...owner, name },
      { additionalProperties: false, description: 'an object with any of project, components, assignee, team and name' },
    ),
    {
      additionalProperties: false,
      propertyNames: UnitId,
      maxProperties: MAX_ENTRIES,
      description: `an object of at most ${MAX_ENTRIES} organisational units, each with any of project, components, assignee, team and name`,
    },
  ),
);

const OwnerObject = Type.Object(owner);
export type Owner = Static<typeof OwnerObject>;
export type UnitOwner = Owner & { readonly name?: string };
export type AccountOwner = UnitOwner & { readonly organizationalUnit?: string };

/** The maps of a rule set. */
export interface AccountMaps {
  readonly accounts?: Readonly<Record<string, AccountOwner>>;
  readonly organizationalUnits?: Readonly<Record<string, UnitOwner>>;
}

/** Refuses every account whose unit does not exist: its issues would silently go where the rule says. */
export function refuseMissingUnits(accounts: unknown, units: unknown, refuse: Refuse): void {
  for (const [id, account] of isJsonObject(accounts) ? Object.entries(accounts) : []) {
    const unit = isJsonObject(account) && Object.hasOwn(account, 'organizationalUnit') ? account['organizationalUnit'] : undefined;
    if (typeof unit !== 'string' || (isJsonObject(units) && Object.hasOwn(units, unit))) continue;
    refuse(
      propertyPath(propertyPath('accounts', id), 'organizationalUnit'),
      'expected a unit of organizationalUnits, and there is none of this name',
    );
  }
}

/**
 * The units of the map that an account is in, the nearest first: the one that its entry names, and no other then; else those that AWS
 * Organizations says.
 */
export function unitsOf(
  accountId: string,
  { accounts = {}, organizationalUnits = {} }: AccountMaps,
  known: KnownAccounts,
): readonly string[] {
  const named = Object.hasOwn(accounts, accountId) ? accounts[accountId]?.organizationalUnit : undefined;
  const units = named === undefined ? (known.get(accountId)?.units ?? []) : [named];
  return units.filter((unit) => Object.hasOwn(organizationalUnits, unit));
}

/** The owner of an account: each setting is the account's own, or else that of the nearest unit that has one. */
export function ownerOf(accountId: string, maps: AccountMaps, known: KnownAccounts): Owner {
  const { accounts = {}, organizationalUnits = {} } = maps;
  const account = Object.hasOwn(accounts, accountId) ? accounts[accountId] : undefined;
  const units = unitsOf(accountId, maps, known).toReversed();
  const settings = [...units.map((unit) => organizationalUnits[unit]), account];
  const { organizationalUnit: _unit, name: _name, ...merged }: AccountOwner = Object.assign({}, ...settings);
  return merged;
}
