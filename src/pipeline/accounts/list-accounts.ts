import { shortHash } from '../../issues/short-hash.ts';
import { changedAccounts } from '../../rules/account-facts.ts';
import type { KnownAccounts } from '../../rules/known-accounts.ts';
import type { Operations } from '../operations/operations.ts';
import type { AccountsRefusal, AccountsSource } from '../ports/accounts-source.ts';
import type { Emit } from '../ports/service-event.ts';
import { put, type Store } from '../ports/store.ts';
import type { StoreTrust } from '../ports/store-trust.ts';
import { ACCOUNT_LISTINGS, ACCOUNT_LISTS, ORGANIZATION, type AccountListingRecord } from '../records/account-collections.ts';
import { FINDINGS } from '../records/finding-collections.ts';
import { readReplaceable, type Replaceable } from '../records/read-replaceable.ts';
import type { AccountBook } from '../rulebook/account-book.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';

/** Once an hour, takes over names, units and states of the accounts from AWS Organizations. */
export interface ListAccounts {
  /** Lists them if a listing is due and no other replica has it. */
  advance(stopping: AbortSignal): Promise<void>;
}

export interface ListAccountsDeps {
  readonly store: Store;
  readonly trust: Pick<StoreTrust, 'isTrusted'>;
  readonly rules: Pick<RuleBook, 'current'>;
  readonly accountBook: AccountBook;
  /** Null: there is nothing to ask. */
  readonly accountsSource: AccountsSource | null;
  readonly operations: Pick<Operations, 'prepare'>;
  readonly emit: Emit;
}

const EVERY_MS = 60 * 60_000;
/** After an answer that a later try may change. */
const SOON_MS = 10 * 60_000;
/** A replica that needs longer counts as dead, ms. Throttled listings take minutes. */
const CLAIM_MS = 20 * 60_000;
/** Accounts whose findings are counted at once. */
const COUNTED = 100;

const RETRIED_SOON: ReadonlySet<AccountsRefusal> = new Set(['throttled', 'unavailable']);

const NEVER: AccountListingRecord = { nextAt: 0, list: null, listedAt: null, problem: null };

export function createListAccounts(deps: ListAccountsDeps): ListAccounts {
  const { store, trust, rules, accountBook, accountsSource, operations, emit } = deps;

  /** @returns null when another replica was first */
  async function claim({ doc, version }: Replaceable<AccountListingRecord>, now: number): Promise<string | null> {
    const result = await store.commit([put(ACCOUNT_LISTINGS, ORGANIZATION, version, { ...(doc ?? NEVER), nextAt: now + CLAIM_MS })]);
    return result.ok ? (result.versions[0] ?? null) : null;
  }

  /** Says a cause once, however often it comes back. What was listed before stays. */
  async function refuse(before: AccountListingRecord, version: string, code: AccountsRefusal, message: string): Promise<void> {
    const now = await store.now();
    const isNew = before.problem?.code !== code;
    const problem = { code, message, since: isNew ? now : (before.problem?.since ?? now) };
    const nextAt = now + (RETRIED_SOON.has(code) ? SOON_MS : EVERY_MS);
    const result = await store.commit([put(ACCOUNT_LISTINGS, ORGANIZATION, version, { ...before, nextAt, problem })]);
    if (result.ok && isNew) emit({ what: 'accounts-refused', code, message });
  }

  /** The list, the state and the operation that asks for passes are one commit, so that no change is taken over without its passes. */
  async function takeOver(before: AccountListingRecord, version: string, accounts: KnownAccounts): Promise<void> {
    const all = [...accounts].map(([id, account]) => ({ id, ...account })).toSorted((a, b) => (a.id < b.id ? -1 : 1));
    const list = shortHash(JSON.stringify(all));
    const stored = await readReplaceable(store, ACCOUNT_LISTS, ORGANIZATION);
    await accountBook.refresh();
    const { ruleSet } = (await rules.current()).compiled;
    const changed = await withFindings(changedAccounts(ruleSet, accountBook.known(), accounts));
    const now = await store.now();
    const listing: AccountListingRecord = { nextAt: now + EVERY_MS, list, listedAt: now, problem: null };
    const operation =
      changed.length === 0 ? null : operations.prepare({ kind: 'accounts-reconcile', input: { accounts: changed }, startedBy: BY }, now);
    const result = await store.commit([
      put(ACCOUNT_LISTINGS, ORGANIZATION, version, listing),
      ...(stored.doc?.list === list ? [] : [put(ACCOUNT_LISTS, ORGANIZATION, stored.version, { list, accounts: all })]),
      ...(operation === null ? [] : [operation.write]),
    ]);
    if (!result.ok) return;
    operation?.begin();
    if (list !== before.list || before.problem !== null) emit({ what: 'accounts-listed', accounts: all.length, changed: changed.length });
  }

  async function withFindings(ids: readonly string[]): Promise<readonly string[]> {
    const found: string[] = [];
    for (let at = 0; at < ids.length; at += COUNTED) {
      const some = ids.slice(at, at + COUNTED);
      const counts = await store.counts(
        FINDINGS,
        some.map((id) => `accountId:${id}`),
      );
      found.push(...some.filter((_id, index) => (counts[index] ?? 0) > 0));
    }
    return found;
  }

  return {
    async advance(stopping) {
      if (accountsSource === null) return;
      const stored = await readReplaceable(store, ACCOUNT_LISTINGS, ORGANIZATION);
      const now = await store.now();
      if (stored.doc !== null && stored.doc.nextAt > now) return;
      if (!(await trust.isTrusted())) return;
      const version = await claim(stored, now);
      if (version === null) return;
      const before = stored.doc ?? NEVER;
      const listed = await accountsSource.list(stopping);
      if (listed.ok) return takeOver(before, version, listed.accounts);
      // A process that stops has learned nothing; the next one asks at once.
      if (stopping.aborted) await store.commit([put(ACCOUNT_LISTINGS, ORGANIZATION, version, before)]);
      else await refuse(before, version, listed.code, listed.message);
    },
  };
}

/** Who starts the operation. */
const BY = 'aws-organizations';
