import { getCurrentUser } from '../http/jira-js.ts';
import type { Failure } from '../../issues/failure.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { Myself } from '../http/wire.ts';

/** Our account id, or why the answer can't be used as evidence. */
type Confirmed =
  | { readonly ok: true; readonly accountId: string }
  | { readonly ok: false; readonly because: 'not-our-account' | 'failed'; readonly failure: Failure };

/** Our own account in Jira. */
export interface OwnAccount {
  /**
   * Asks Jira for the account of our credentials. A token that has expired or lost its scope may be answered as an anonymous visitor, with
   * 200 and empty lists.
   */
  confirm(): Promise<Confirmed>;
  /** Our account id; Jira is asked only while it is not known. */
  id(): Promise<Confirmed>;
}

/** The account of the first answer is ours for the life of the process: the credentials are fixed at start. */
export function createOwnAccount({ ask, clock }: JiraCalls): OwnAccount {
  let known: string | null = null;

  async function confirm(): Promise<Confirmed> {
    const parsed = parseAnswer(Myself, await ask((client) => getCurrentUser(client)), clock.now());
    if (!parsed.ok)
      return { ok: false, because: parsed.failure.code === 'jira-auth' ? 'not-our-account' : 'failed', failure: parsed.failure };
    known ??= parsed.value.accountId;
    if (known === parsed.value.accountId) return { ok: true, accountId: known };
    const failure: Failure = {
      code: 'jira-auth',
      message: 'Jira answers as another account than at start; restart with the right credentials',
      words: null,
      retry: { when: 'backoff' },
    };
    return { ok: false, because: 'not-our-account', failure };
  }

  return { confirm, id: async () => (known === null ? confirm() : { ok: true, accountId: known }) };
}
