import type { Account } from '@aws-sdk/client-organizations';
import { cutText } from '../rules/cut-text.ts';
import type { KnownAccount, KnownAccounts } from '../rules/known-accounts.ts';
import { NoList } from './organizations-refusal.ts';

/** The id of the unit, or root, that an account or a unit is in; null: AWS does not say. */
export type ParentOf = (childId: string) => Promise<string | null>;

/** AWS allows 50 characters, and any of them. */
const MAX_NAME = 128;
const MAX_STATE = 64;
const ACCOUNT_ID = /^\d{12}$/;
/** Sources: https://docs.aws.amazon.com/organizations/latest/APIReference/API_OrganizationalUnit.html and API_Root.html */
const UNIT_ID = /^(?:ou-[0-9a-z]{4,32}-[a-z0-9]{8,32}|r-[0-9a-z]{4,32})$/;

/** What is used of the accounts in AWS's answer. An account without a path is looked up by its parents. @throws NoList when one has no id */
export async function accountsFrom(listed: readonly Account[], parentOf: ParentOf): Promise<KnownAccounts> {
  const accounts = new Map<string, KnownAccount>();
  const above = new Map<string, readonly string[]>();

  /** All units that a child is in, the nearest first; what is above a unit is asked for once. */
  async function unitsAbove(child: string, below: readonly string[]): Promise<readonly string[]> {
    const known = above.get(child);
    if (known !== undefined) return known;
    const parent = await parentOf(child);
    if (parent !== null && (!UNIT_ID.test(parent) || below.includes(parent)))
      throw new NoList('bad-answer', 'AWS gave a unit that is none, or that is in itself');
    const units = parent === null ? [] : parent.startsWith('r-') ? [parent] : [parent, ...(await unitsAbove(parent, [...below, parent]))];
    above.set(child, units);
    return units;
  }

  for (const { Id: id = '', Name: name = '', State: state, Status: status, Paths: [path = ''] = [] } of listed) {
    if (!ACCOUNT_ID.test(id)) throw new NoList('bad-answer', 'AWS gave an account without an id');
    const units = unitsIn(path);
    accounts.set(id, {
      name: /\S/.test(name) ? cutText(name, MAX_NAME) : null,
      // Status is older, and AWS retires it: https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
      state: cutText(state ?? status ?? '', MAX_STATE) || null,
      units: units.length > 0 ? units : await unitsAbove(id, []),
    });
  }
  return accounts;
}

/** `o-…/r-…/ou-…/ou-…/111122223333/`: from the root down to the account. */
function unitsIn(path: string): readonly string[] {
  return path
    .split('/')
    .filter((part) => UNIT_ID.test(part))
    .toReversed();
}
