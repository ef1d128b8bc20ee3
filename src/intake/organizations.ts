import type { Account } from '@aws-sdk/client-organizations';
import type { Agents } from '../network/create-network.ts';
import type { AccountsSource, ListedAccounts } from '../pipeline/ports/accounts-source.ts';
import type { KnownAccounts } from '../rules/known-accounts.ts';
import { endOf } from './analyzer-calls.ts';
import { accountsFrom, type ParentOf } from './listed-accounts.ts';
import { createSdkLog, type WarningLog } from './sdk-log.ts';
import { NoList, organizationsRefusal } from './organizations-refusal.ts';

export interface OrganizationsOptions {
  /** Connections for one client. */
  readonly agents: () => Agents;
  /** Takes the warnings of the SDK. */
  readonly log: WarningLog;
  /** Between two tries; ends early, by an error, when the signal aborts. */
  readonly sleep: (ms: number, signal: AbortSignal) => Promise<void>;
  /** How long one call may take, to the last byte of its answer, ms. */
  readonly timeoutMs?: number;
  /** How long a whole listing may take, ms. */
  readonly listingMs?: number;
}

const TIMEOUT_MS = 15_000;
const CONNECT_MS = 5_000;
const LISTING_MS = 15 * 60_000;

/** The most that AWS allows. Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html */
const PAGE = 20;
/** An organization has far fewer accounts, unless its pages do not end. */
const MAX_PAGES = 5_000;
/** Tries of one call, and ms before the second; each further wait is twice as long. */
const TRIES = 7;
const FIRST_WAIT_MS = 500;

/**
 * AWS Organizations. Credentials, Region and endpoint come from the environment as in every AWS SDK. ListAccounts gives names and states, and in
 * `Paths` the units, so that 20 accounts cost one call; for an account without a path its parents are asked one by one. The SDK is loaded with
 * the first listing and does not retry: here a listing is retried call by call, and each hour as a whole.
 */
export function createOrganizations({
  agents,
  log,
  sleep,
  timeoutMs = TIMEOUT_MS,
  listingMs = LISTING_MS,
}: OrganizationsOptions): AccountsSource {
  const logger = createSdkLog(log);

  async function list(stopping: AbortSignal): Promise<KnownAccounts> {
    const sdk = await import('@aws-sdk/client-organizations');
    const client = new sdk.OrganizationsClient({ maxAttempts: 1, logger, requestHandler: { ...agents(), connectionTimeout: CONNECT_MS } });
    const until = AbortSignal.any([stopping, AbortSignal.timeout(listingMs)]);
    const call = <T>(send: (options: SendOptions) => Promise<T>): Promise<T> => withRetries(send, until);
    try {
      const listed = await pages((NextToken) =>
        call((options) =>
          client.send(new sdk.ListAccountsCommand({ MaxResults: PAGE, ...(NextToken === null ? {} : { NextToken }) }), options),
        ),
      );
      const parentOf: ParentOf = async (ChildId) => {
        try {
          const { Parents = [] } = await call((options) => client.send(new sdk.ListParentsCommand({ ChildId }), options));
          return Parents[0]?.Id ?? null;
        } catch (error) {
          // Names alone are better than nothing; and an account may be gone since it was listed.
          if (organizationsRefusal(error).code === 'denied' || error instanceof sdk.ChildNotFoundException) return null;
          throw error;
        }
      };
      return await accountsFrom(listed, parentOf);
    } finally {
      client.destroy();
    }
  }

  async function withRetries<T>(send: (options: SendOptions) => Promise<T>, until: AbortSignal): Promise<T> {
    for (let tried = 1; ; tried += 1) {
      const abortSignal = AbortSignal.any([until, AbortSignal.timeout(timeoutMs)]);
      try {
        return await Promise.race([send({ abortSignal }), endOf(abortSignal)]);
      } catch (error) {
        const { code } = organizationsRefusal(error);
        if (until.aborted || tried === TRIES || (code !== 'throttled' && code !== 'unavailable')) throw error;
        await sleep(FIRST_WAIT_MS * 2 ** (tried - 1), until);
      }
    }
  }

  return {
    list: (stopping) =>
      list(stopping).then(
        (accounts): ListedAccounts => ({ ok: true, accounts }),
        (error: unknown): ListedAccounts => ({ ok: false, ...organizationsRefusal(error) }),
      ),
  };
}

interface SendOptions {
  readonly abortSignal: AbortSignal;
}

/** Every page: one may be empty and still have a next one. @throws NoList when they do not end */
async function pages(
  page: (token: string | null) => Promise<{ readonly Accounts?: Account[] | undefined; readonly NextToken?: string | undefined }>,
): Promise<readonly Account[]> {
  const all: Account[] = [];
  const tokens = new Set<string>();
  let token: string | null = null;
  do {
    const { Accounts = [], NextToken } = await page(token);
    all.push(...Accounts);
    token = NextToken === undefined || NextToken === '' ? null : NextToken;
    if (token !== null && (tokens.has(token) || tokens.size >= MAX_PAGES))
      throw new NoList('bad-answer', 'AWS gave a list that does not end');
    if (token !== null) tokens.add(token);
  } while (token !== null);
  return all;
}
