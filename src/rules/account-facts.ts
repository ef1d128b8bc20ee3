import { ownerOf, unitsOf, type AccountMaps } from './account-map.ts';
import type { KnownAccounts } from './known-accounts.ts';

/** What an issue says of the account that owns the resource. (A type and not an interface, because it is stored as JSON.) */
export type AccountFacts = {
  readonly name: string | null;
  /** Null: active, or not known. */
  readonly state: string | null;
  /** The name that the rules file gives the nearest unit. */
  readonly unit: string | null;
};

/** The name in the map goes before that of AWS. @returns null when nothing is known but the id */
export function accountFacts(accountId: string, maps: AccountMaps, known: KnownAccounts): AccountFacts | null {
  const { accounts = {}, organizationalUnits = {} } = maps;
  const listed = known.get(accountId);
  const [unit] = unitsOf(accountId, maps, known);
  const facts = {
    name: (Object.hasOwn(accounts, accountId) ? accounts[accountId]?.name : undefined) ?? listed?.name ?? null,
    state: listed === undefined || listed.state === 'ACTIVE' ? null : listed.state,
    unit: (unit === undefined ? undefined : organizationalUnits[unit]?.name) ?? null,
  };
  return Object.values(facts).every((fact) => fact === null) ? null : facts;
}

/** Ids of the listed accounts about which no map says anything: their findings go where the rule says. In the order of the list. */
export function uncoveredAccounts(maps: AccountMaps, known: KnownAccounts): readonly string[] {
  return [...known.keys()].filter((id) => Object.keys(ownerOf(id, maps, known)).length === 0);
}

/** Ids of the accounts whose issues would be written or filed differently, after another list. */
export function changedAccounts(maps: AccountMaps, before: KnownAccounts, after: KnownAccounts): readonly string[] {
  const shown = (id: string, known: KnownAccounts): string => JSON.stringify([accountFacts(id, maps, known), ownerOf(id, maps, known)]);
  return [...new Set([...before.keys(), ...after.keys()])].filter((id) => shown(id, before) !== shown(id, after));
}
