import type { KnownAccount } from '../../rules/known-accounts.ts';
import type { AccountsRefusal } from '../ports/accounts-source.ts';
import type { Collection } from '../ports/store.ts';
import { BY_ID } from './by-id.ts';

/** How far the hourly listing of accounts is. Small, since every pass reads it. Times: store's clock, epoch ms. */
export interface AccountListingRecord {
  readonly nextAt: number;
  /** Names the list in `ACCOUNT_LISTS`; null: there is none yet. It changes with every change of the list. */
  readonly list: string | null;
  /** When AWS last gave a whole list; null: never. */
  readonly listedAt: number | null;
  /** Why the last listing gave none; null: it gave one, or none has ended. */
  readonly problem: { readonly code: AccountsRefusal; readonly message: string; readonly since: number } | null;
}

/** One document, `organization`. */
export const ACCOUNT_LISTINGS: Collection<AccountListingRecord> = { name: 'account-listings', ...BY_ID, fields: { nextAt: 'number' } };

/** The accounts that AWS last listed; may be a megabyte. */
export interface AccountListRecord {
  readonly list: string;
  readonly accounts: readonly (KnownAccount & { readonly id: string })[];
}

/** One document, `organization`. */
export const ACCOUNT_LISTS: Collection<AccountListRecord> = {
  name: 'account-lists',
  ...BY_ID,
  fields: { list: 'string', accounts: 'list' },
};

/** Id of the document in both. */
export const ORGANIZATION = 'organization';
