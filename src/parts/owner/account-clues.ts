import type { Answered } from '../../pipeline/ports/details-source.ts';
import { put, type Store } from '../../pipeline/ports/store.ts';
import type { AccountCalls } from './owner-calls.ts';
import { OWNER_ACCOUNTS, type OwnerAccount, type OwnerQuestionName, type OwnerRefusal } from './owner-records.ts';

export interface AccountCluesDeps {
  readonly store: Store;
  readonly calls: AccountCalls;
  /** Aborted when the process ends. */
  readonly stopping: AbortSignal;
}

/** How long an answer is kept, ms. */
export const DAY_MS = 24 * 60 * 60_000;
/** After a refusal, ms. */
export const REFUSED_MS = 60 * 60_000;
/** A process that needs longer for a look-up counts as dead, ms. */
export const CLAIM_MS = 2 * 60_000;
/** Facts about people and owners are gone after this time, ms. */
const KEPT_MS = 90 * DAY_MS;

/**
 * What is known of an account, asked for at most once a day. An answer that can't be renewed stays.
 * @returns null while another process asks for the first time, or when this one ends
 */
export type AccountClues = (accountId: string, keys: readonly string[]) => Promise<OwnerAccount | null>;

export function createAccountClues({ store, calls, stopping }: AccountCluesDeps): AccountClues {
  return async (accountId, keys) => {
    const [[stored], now] = await Promise.all([store.read(OWNER_ACCOUNTS, [accountId]), store.now()]);
    const isCurrent = stored && stored.doc.nextAt > now && keys.every((key) => stored.doc.asked.includes(key));
    if (stored && (isCurrent || isClaimed(stored.doc, now))) return stored.doc.lookedAt === null ? null : stored.doc;
    const before = stored?.doc ?? unknownAccount(accountId, now);
    const claim: OwnerAccount = { ...before, nextAt: now + CLAIM_MS };
    const claimed = await store.commit([put(OWNER_ACCOUNTS, accountId, stored?.version ?? null, claim)]);
    if (!claimed.ok) return null;
    const version = claimed.versions[0] ?? null;
    const [tags, contact] = await Promise.all([keys.length === 0 ? NO_TAGS : calls.tags(accountId, keys), calls.contact(accountId)]);
    const next = stopping.aborted ? before : answered(before, keys, { tags, contact }, await store.now());
    const saved = await store.commit([put(OWNER_ACCOUNTS, accountId, version, next)]);
    return saved.ok && !stopping.aborted ? next : null;
  };
}

const NO_TAGS = { ok: true, value: {} } as const;

function unknownAccount(accountId: string, now: number): OwnerAccount {
  const times = { lookedAt: null, nextAt: now, forgetAt: now + KEPT_MS, wantedAt: now };
  return { accountId, asked: [], tags: null, contact: null, refusals: {}, ...times };
}

/** The keys of the rules have changed while the first answer is still awaited. */
function isClaimed({ lookedAt, nextAt }: OwnerAccount, now: number): boolean {
  return lookedAt === null && nextAt > now;
}

function answered(
  before: OwnerAccount,
  asked: readonly string[],
  { tags, contact }: { readonly tags: Answered<NonNullable<OwnerAccount['tags']>>; readonly contact: Answered<OwnerAccount['contact']> },
  now: number,
): OwnerAccount {
  const { role, 'resource-tags': resourceTags } = before.refusals;
  return {
    ...before,
    asked,
    tags: tags.ok ? tags.value : before.tags,
    contact: contact.ok ? contact.value : before.contact,
    refusals: {
      ...(role === undefined ? {} : { role }),
      ...(resourceTags === undefined ? {} : { 'resource-tags': resourceTags }),
      ...(tags.ok ? {} : { 'account-tags': refusalOf(tags) }),
      ...(contact.ok ? {} : { contact: refusalOf(contact) }),
    },
    lookedAt: now,
    nextAt: now + (tags.ok && contact.ok ? DAY_MS : REFUSED_MS),
    forgetAt: now + KEPT_MS,
  };
}

export function refusalOf({ refusal: { code, message } }: Answered<never> & { readonly ok: false }): OwnerRefusal {
  return { code, message };
}

/** Notes for the doctor what the role in an account may not do; null: it may. Another writer goes first. */
export async function noteRefusal(
  store: Store,
  accountId: string,
  question: Extract<OwnerQuestionName, 'role' | 'resource-tags'>,
  refusal: OwnerRefusal | null,
): Promise<void> {
  const [stored] = await store.read(OWNER_ACCOUNTS, [accountId]);
  if (!stored || stored.doc.refusals[question]?.message === refusal?.message) return;
  const { [question]: _, ...others } = stored.doc.refusals;
  const refusals = refusal === null ? others : { ...others, [question]: refusal };
  await store.commit([put(OWNER_ACCOUNTS, accountId, stored.version, { ...stored.doc, refusals })]);
}
