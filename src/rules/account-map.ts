import { Type, type Static } from 'typebox';
import { Assignee, Components, ProjectKey } from './rule-words.ts';

/** Whose an account or an organisational unit is: where its issues go instead of where the rule says. */
const owner = {
  project: Type.Optional(ProjectKey),
  components: Type.Optional(Components),
  assignee: Type.Optional(Assignee),
};

const UnitId = Type.String({ pattern: '^\\S{1,128}$', description: 'the name of one of organizationalUnits' });

/** Account id -> its owner. What an account does not say, its organisational unit may. */
export const AccountMap = Type.Unsafe<Readonly<Record<string, AccountOwner>>>(
  Type.Record(
    Type.String({ pattern: '^\\d{12}$' }),
    Type.Object({ ...owner, organizationalUnit: Type.Optional(UnitId) }, { additionalProperties: false }),
    {
      description: 'an object of twelve-digit account ids, quoted, each with any of project, components, assignee and organizationalUnit',
    },
  ),
);

/** Organisational unit -> its owner. The names are free; the unit's id in AWS Organizations is a good one. */
export const OrganizationalUnitMap = Type.Unsafe<Readonly<Record<string, Owner>>>(
  Type.Record(Type.String({ pattern: '^\\S{1,128}$' }), Type.Object(owner, { additionalProperties: false }), {
    description: 'an object of organisational units, each with any of project, components and assignee',
  }),
);

const OwnerObject = Type.Object(owner);
export type Owner = Static<typeof OwnerObject>;
export type AccountOwner = Owner & { readonly organizationalUnit?: string };

/** Whose a finding's account is, as far as the maps say: the account's own words before those of its unit. */
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
