import { Type, type Static } from 'typebox';
import { isJsonObject } from '../findings/json.ts';
import { propertyPath } from './json-path.ts';
import type { Refuse } from './problem.ts';
import { Assignee, Components, ProjectKey, Team } from './rule-words.ts';

/** The owner of an account or an organisational unit: its settings replace the rule's. */
const owner = {
  project: Type.Optional(ProjectKey),
  components: Type.Optional(Components),
  assignee: Type.Optional(Assignee),
  team: Type.Optional(Team),
};

const AccountId = Type.String({ pattern: '^\\d{12}$', description: 'a twelve-digit account id' });
const UnitId = Type.String({ pattern: '^\\S{1,128}$', description: 'a unit of organizationalUnits, 1 to 128 characters without spaces' });

const MAX_ENTRIES = 10_000;

/** Account id -> its owner. Its organisational unit may supply settings that the account lacks. */
export const AccountMap = Type.Unsafe<Readonly<Record<string, AccountOwner>>>(
  Type.Record(
    AccountId,
    Type.Object(
      { ...owner, organizationalUnit: Type.Optional(UnitId) },
      { additionalProperties: false, description: 'an object with any of project, components, assignee, team and organizationalUnit' },
    ),
    {
      additionalProperties: false,
      propertyNames: AccountId,
      maxProperties: MAX_ENTRIES,
      description: `an object of at most ${MAX_ENTRIES} twelve-digit account ids, quoted, each with any of project, components, assignee, team and organizationalUnit`,
    },
  ),
);

/** Organisational unit -> its owner. The names are free; the unit's id in AWS Organizations is a good one. */
export const OrganizationalUnitMap = Type.Unsafe<Readonly<Record<string, Owner>>>(
  Type.Record(
    UnitId,
    Type.Object(owner, { additionalProperties: false, description: 'an object with any of project, components, assignee and team' }),
    {
      additionalProperties: false,
      propertyNames: UnitId,
      maxProperties: MAX_ENTRIES,
      description: `an object of at most ${MAX_ENTRIES} organisational units, each with any of project, components, assignee and team`,
    },
  ),
);

const OwnerObject = Type.Object(owner);
export type Owner = Static<typeof OwnerObject>;
export type AccountOwner = Owner & { readonly organizationalUnit?: string };

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

/** The owner of an account under the maps: the account's own settings override those of its unit. */
export function ownerOf(
  accountId: string,
  accounts: Readonly<Record<string, AccountOwner>>,
  units: Readonly<Record<string, Owner>>,
): Owner {
  const account = Object.hasOwn(accounts, accountId) ? accounts[accountId] : undefined;
  const unit = account?.organizationalUnit;
  const { organizationalUnit: _, ...own } = account ?? {};
  return { ...(unit !== undefined && Object.hasOwn(units, unit) ? units[unit] : {}), ...own };
}
