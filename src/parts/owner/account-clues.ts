import type { Answered } from '../../pipeline/ports/details-source.ts';
import { put, type Store, type Stored } from '../../pipeline/ports/store.ts';
import type { AccountCalls } from './owner-calls.ts';
import { OWNER_ACCOUNTS, type OwnerAccount, type OwnerQuestionName, type OwnerRefusal, type Tags } from './owner-records.ts';

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

/** After AWS asked to slow down, or other calls went first, ms. */
const SOON_MS = 2_000;

/**
 * What is known of an account; each question is asked at most once a day. An answer that can't be renewed stays.
 * @returns null while a question has not been answered or refused yet
 */
export type AccountClues = (accountId: string, keys: readonly string[]) => Promise<OwnerAccount | null>;

export function createAccountClues({ store, calls, stopping }: AccountCluesDeps): AccountClues {
  /** Asks what is due, and stores the answers. @returns null: another process asks, or this one ends */
  async function renew(known: Stored<OwnerAccount> | null, accountId: string, keys: readonly string[]): Promise<OwnerAccount | null> {
    const now = await store.now();
    const before = known?.doc ?? unknownAccount(accountId, now);
    const due = dueQuestions(before, keys, now);
    const claim = put(OWNER_ACCOUNTS, accountId, known?.version ?? null, { ...before, nextAt: now + CLAIM_MS });
    const claimed = await store.commit([claim]);
    if (!claimed.ok) return null;
    const [tags, contact] = await Promise.all([due.tags ? tagsOf(accountId, keys) : null, due.contact ? calls.contact(accountId) : null]);
    const next = stopping.aborted ? before : answered(before, keys, { tags, contact }, await store.now());
    const saved = await store.commit([put(OWNER_ACCOUNTS, accountId, claimed.versions[0] ?? null, next)]);
    return saved.ok && !stopping.aborted ? next : null;
  }

  function tagsOf(accountId: string, keys: readonly string[]): Promise<Answered<Tags>> {
    return keys.length === 0 ? Promise.resolve({ ok: true, value: {} }) : calls.tags(accountId, keys);
  }

  return async (accountId, keys) => {
    const [[stored = null], now] = await Promise.all([store.read(OWNER_ACCOUNTS, [accountId]), store.now()]);
    const isCurrent = stored !== null && (stored.doc.nextAt > now || !Object.values(dueQuestions(stored.doc, keys, now)).includes(true));
    const account = isCurrent ? stored.doc : await renew(stored, accountId, keys);
    return account === null || account.tagsAt === null || account.contactAt === null ? null : account;
  };
}

function unknownAccount(accountId: string, now: number): OwnerAccount {
  const times = { tagsAt: null, contactAt: null, nextAt: now, forgetAt: now + KEPT_MS, wantedAt: now };
  return { accountId, asked: [], tags: null, contact: null, refusals: {}, ...times };
}

interface Due {
  readonly tags: boolean;
  readonly contact: boolean;
}

function dueQuestions({ asked, tagsAt, contactAt, refusals }: OwnerAccount, keys: readonly string[], now: number): Due {
  const isOver = (at: number | null, refusal: OwnerRefusal | undefined): boolean =>
    at === null || at + (refusal === undefined ? DAY_MS : REFUSED_MS) <= now;
  return {
    tags: isOver(tagsAt, refusals['account-tags']) || !keys.every((key) => asked.includes(key)),
    contact: isOver(contactAt, refusals.contact),
  };
}

/** @param answers null: not asked. AWS asked to slow down: the question is still open */
function answered(
  before: OwnerAccount,
  asked: readonly string[],
  answers: { readonly tags: Answered<Tags> | null; readonly contact: Answered<OwnerAccount['contact']> | null },
  now: number,
): OwnerAccount {
  const [tags, contact] = [unlessThrottled(answers.tags), unlessThrottled(answers.contact)];
  const isOpen = tags !== answers.tags || contact !== answers.contact;
  return {
    ...before,
    ...(tags === null ? {} : { asked, tagsAt: now, ...(tags.ok ? { tags: tags.value } : {}) }),
    ...(contact === null ? {} : { contactAt: now, ...(contact.ok ? { contact: contact.value } : {}) }),
    refusals: withRefusal(withRefusal(before.refusals, 'account-tags', tags), 'contact', contact),
    nextAt: isOpen ? now + SOON_MS : now,
    forgetAt: now + KEPT_MS,
  };
}

function unlessThrottled<T>(answer: Answered<T> | null): Answered<T> | null {
  return answer?.ok === false && answer.refusal.code === 'throttled' ? null : answer;
}

function withRefusal(
  refusals: OwnerAccount['refusals'],
  question: OwnerQuestionName,
  answer: Answered<unknown> | null,
): OwnerAccount['refusals'] {
  if (answer === null) return refusals;
  const others = Object.fromEntries(Object.entries(refusals).filter(([name]) => name !== question));
  return answer.ok ? others : { ...others, [question]: refusalOf(answer) };
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
