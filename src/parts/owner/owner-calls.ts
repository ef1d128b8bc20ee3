import type { AccountClient } from '@aws-sdk/client-account';
import type { OrganizationsClient } from '@aws-sdk/client-organizations';
import type { AwsAccess } from '../../pipeline/ports/aws-access.ts';
import type { Answered, Refusal } from '../../pipeline/ports/details-source.ts';
import type { AdaptiveRateLimiter } from '../../pipeline/ports/rate-limiter.ts';
import { inTime, waitUnless } from './in-time.ts';
import { readContact, readTags } from './read-tags.ts';
import type { Contact, Tags } from './owner-records.ts';

/** What the service's own role asks of an account. Never throws. */
export interface AccountCalls {
  tags(accountId: string, keys: readonly string[]): Promise<Answered<Tags>>;
  /** Null: the account has no security contact. */
  contact(accountId: string): Promise<Answered<Contact | null>>;
}

export interface CallDeps {
  readonly aws: AwsAccess;
  readonly limiter: AdaptiveRateLimiter;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
  /** How long one call may take, ms. */
  readonly timeoutMs: number;
}

/** All accounts share the limits of the service's own account. */
const OWN_LANE = 'own';
/** An account has at most 50 tags. */
const MAX_PAGES = 10;

export const BAD_ANSWER: Refusal = {
  code: 'bad-answer',
  message: 'AWS gave an answer that could not be read',
  afterMs: null,
  concerns: 'finding',
};

/** One call: waits for its slot, ends in time, and adapts the rate. @param right the right that it needs, in the words of IAM */
export async function oneCall<T>(
  { aws, limiter, stopping, timeoutMs }: CallDeps,
  lane: string,
  right: string,
  send: (options: { readonly abortSignal: AbortSignal }) => Promise<T>,
): Promise<Answered<T>> {
  const slot = await limiter.acquire(lane);
  if (!slot.granted) return refused({ code: 'throttled', message: 'other calls go first', afterMs: slot.afterMs, concerns: 'finding' });
  await waitUnless(stopping, slot.afterMs);
  try {
    const value = await inTime(AbortSignal.any([stopping, AbortSignal.timeout(timeoutMs)]), send);
    await limiter.speedUp(lane);
    return { ok: true, value };
  } catch (error) {
    const refusal = aws.refusalOf(error, right);
    if (refusal.code === 'throttled') await limiter.slowDown(lane, refusal.afterMs);
    return refused(refusal);
  }
}

export function refused(refusal: Refusal): { readonly ok: false; readonly refusal: Refusal } {
  return { ok: false, refusal };
}

/** @see AccountCalls */
export function createAccountCalls(deps: CallDeps): AccountCalls {
  let own: string | null = null;

  /** The account of the service's own credentials. It needs no right. */
  async function ownAccount(): Promise<Answered<string>> {
    if (own !== null) return { ok: true, value: own };
    const { STSClient, GetCallerIdentityCommand } = await import('@aws-sdk/client-sts');
    const client = new STSClient(deps.aws.clientSettings());
    try {
      const asked = await oneCall(deps, OWN_LANE, 'sts:GetCallerIdentity', (options) =>
        client.send(new GetCallerIdentityCommand({}), options),
      );
      if (!asked.ok) return asked;
      if (asked.value.Account === undefined) return refused(BAD_ANSWER);
      own = asked.value.Account;
      return { ok: true, value: own };
    } finally {
      client.destroy();
    }
  }

  async function allTags(client: OrganizationsClient, accountId: string, keys: readonly string[]): Promise<Answered<Tags>> {
    let [found, token]: [Tags, string | undefined] = [{}, undefined];
    for (let page = 0; page < MAX_PAGES; page += 1) {
      const asked: Answered<AccountTagPage> = await accountTagPage(deps, client, accountId, token);
      if (!asked.ok) return asked;
      const tags = readTags(asked.value.Tags, keys);
      if (tags === null) return refused(BAD_ANSWER);
      found = { ...found, ...tags };
      token = asked.value.NextToken;
      if (token === undefined || token === '') return { ok: true, value: found };
    }
    return refused(BAD_ANSWER);
  }

  async function askContact(client: AccountClient, accountId: string): Promise<Answered<Contact | null>> {
    const { GetAlternateContactCommand } = await import('@aws-sdk/client-account');
    const mine = await ownAccount();
    if (!mine.ok) return mine;
    // Its own account is asked about without its id: https://docs.aws.amazon.com/accounts/latest/reference/API_GetAlternateContact.html
    const about = mine.value === accountId ? {} : { AccountId: accountId };
    const command = new GetAlternateContactCommand({ ...about, AlternateContactType: 'SECURITY' });
    const asked = await oneCall(deps, OWN_LANE, 'account:GetAlternateContact', (options) => client.send(command, options));
    if (!asked.ok) return asked.refusal.code === 'gone' ? { ok: true, value: null } : asked;
    const contact = readContact(asked.value.AlternateContact);
    return contact === null ? refused(BAD_ANSWER) : { ok: true, value: contact };
  }

  return {
    async tags(accountId, keys) {
      const { OrganizationsClient: Client } = await import('@aws-sdk/client-organizations');
      const client = new Client(deps.aws.clientSettings());
      try {
        return await allTags(client, accountId, keys);
      } finally {
        client.destroy();
      }
    },
    async contact(accountId) {
      const { AccountClient: Client } = await import('@aws-sdk/client-account');
      const client = new Client(deps.aws.clientSettings());
      try {
        return await askContact(client, accountId);
      } finally {
        client.destroy();
      }
    },
  };
}

interface AccountTagPage {
  readonly Tags?: unknown;
  readonly NextToken?: string | undefined;
}

async function accountTagPage(
  deps: CallDeps,
  client: OrganizationsClient,
  ResourceId: string,
  token: string | undefined,
): Promise<Answered<AccountTagPage>> {
  const { ListTagsForResourceCommand } = await import('@aws-sdk/client-organizations');
  const command = new ListTagsForResourceCommand({ ResourceId, ...(token === undefined ? {} : { NextToken: token }) });
  return oneCall(deps, OWN_LANE, 'organizations:ListTagsForResource', (options) => client.send(command, options));
}
