import { NO_ACCOUNTS, type KnownAccounts } from '../../rules/known-accounts.ts';
import { ACCOUNT_LISTINGS, ACCOUNT_LISTS, ORGANIZATION } from '../records/account-collections.ts';
import { readReplaceable } from '../records/read-replaceable.ts';
import type { Store } from '../ports/store.ts';

/** The accounts of the organization, as any replica last listed them. */
export interface AccountBook {
  /** Reads the list if it has changed: a pass must not go by an older one than the replica that asked for the pass. @throws StoreUnavailable */
  refresh(): Promise<void>;
  /** As of the last refresh. */
  known(): KnownAccounts;
}

export function createAccountBook(store: Store): AccountBook {
  let read: string | null = null;
  let known = NO_ACCOUNTS;
  return {
    async refresh() {
      const { doc: listing } = await readReplaceable(store, ACCOUNT_LISTINGS, ORGANIZATION);
      // Without a list, names that were known stay: a lost document is written anew within the hour.
      if (listing === null || listing.list === read) return;
      const { doc } = await readReplaceable(store, ACCOUNT_LISTS, ORGANIZATION);
      if (doc === null) return;
      read = doc.list;
      known = new Map(doc.accounts.map(({ id, ...account }) => [id, account]));
    },
    known: () => known,
  };
}

/** For rules that no organization is behind. */
export const NO_ACCOUNT_BOOK: AccountBook = { refresh: () => Promise.resolve(), known: () => NO_ACCOUNTS };
