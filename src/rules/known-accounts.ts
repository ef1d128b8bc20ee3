/** An account as AWS Organizations lists it. The name is any text that its owner likes. */
export interface KnownAccount {
  /** Null: it has none with a visible character. */
  readonly name: string | null;
  /** In AWS's own word, such as `ACTIVE` or `SUSPENDED`; null: not said. */
  readonly state: string | null;
  /** Ids of the organizational units that it is in, the nearest first, and of the root; empty: not known. */
  readonly units: readonly string[];
}

/** By account id. */
export type KnownAccounts = ReadonlyMap<string, KnownAccount>;

/** AWS Organizations was not asked, or did not answer. */
export const NO_ACCOUNTS: KnownAccounts = new Map();
