import { uncoveredAccounts } from '../../rules/account-facts.ts';
import type { KnownAccounts } from '../../rules/known-accounts.ts';
import type { RuleSet } from '../../rules/routing-rule.ts';
import { ACCOUNT_LISTINGS, ORGANIZATION, type AccountListingRecord } from '../records/account-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import type { Store } from '../ports/store.ts';

/** The state of the listing of accounts, and the accounts that no map covers. */
export interface AccountsReport extends Pick<AccountListingRecord, 'listedAt' | 'problem'> {
  readonly known: number;
  readonly uncovered: { readonly count: number; readonly first: readonly UncoveredAccount[] };
}

export interface UncoveredAccount {
  readonly id: string;
  readonly name: string | null;
  readonly state: string | null;
}

/** More than a person reads. */
const MAX_SHOWN = 100;

/** Where no rule uses the map, none has to be covered. @throws StoreUnavailable */
export async function reportAccounts(
  store: Store,
  { rules, ...maps }: Pick<RuleSet, 'rules' | 'accounts' | 'organizationalUnits'>,
  known: KnownAccounts,
): Promise<AccountsReport> {
  const { doc } = await readReplaceable(store, ACCOUNT_LISTINGS, ORGANIZATION);
  const usesMap = rules.some((rule) => rule.action === 'issue' && rule.issue.useAccountMap === true);
  const uncovered = usesMap ? uncoveredAccounts(maps, known) : [];
  const first = uncovered.slice(0, MAX_SHOWN).map((id) => ({ id, name: known.get(id)?.name ?? null, state: known.get(id)?.state ?? null }));
  return {
    listedAt: doc?.listedAt ?? null,
    problem: doc?.problem ?? null,
    known: known.size,
    uncovered: { count: uncovered.length, first },
  };
}
