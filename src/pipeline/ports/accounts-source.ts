import type { KnownAccounts } from '../../rules/known-accounts.ts';

/**
 * Why AWS Organizations gave no list. `not-configured`: no credentials or Region. `denied`: no permission, or the account is neither the
 * management account nor a delegated one. `no-organization`: the account is in none. `throttled`, `unavailable`: AWS asked to slow down, or
 * was not reached. `bad-answer`: the answer makes no sense, or its pages do not end.
 */
export const ACCOUNTS_REFUSALS = ['not-configured', 'denied', 'no-organization', 'throttled', 'unavailable', 'bad-answer'] as const;
export type AccountsRefusal = (typeof ACCOUNTS_REFUSALS)[number];

/** Every account of the organization, or why there is no list. A list that was cut short is none. */
export type ListedAccounts =
  | { readonly ok: true; readonly accounts: KnownAccounts }
  | { readonly ok: false; readonly code: AccountsRefusal; readonly message: string };

/** The port to the accounts of the organization. Never throws. */
export interface AccountsSource {
  /** May take minutes where AWS asks to slow down. @param stopping ends the calls: the result is `unavailable` */
  list(stopping: AbortSignal): Promise<ListedAccounts>;
}
