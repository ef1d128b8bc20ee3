import { findAssignableUsers, findUsers } from '../http/jira-js.ts';
import type { Static } from 'typebox';
import type { Failure } from '../../issues/failure.ts';
import type { JiraCalls } from '../rate/jira-calls.ts';
import { createKeptReads, type Got, type AcquirePermit } from '../rate/kept-reads.ts';
import { parseAnswer } from '../http/parse-answer.ts';
import { FoundPeople } from '../http/wire.ts';

/** The result of looking up a person. */
export type PersonFound =
  | { readonly found: 'active'; readonly accountId: string }
  /** `unknown`: no match, or several that can't be told apart. */
  | { readonly found: 'unknown' | 'inactive' }
  | { readonly found: 'not-looked-up'; readonly failure: Failure | null };

/**
 * People by the names that rules use, each looked up once and kept for days, also without a match: user search has a limit of its own for
 * the whole site.
 */
export interface PeopleBook {
  /**
   * @param who e-mail address, or `id:` and an account id
   * @param projectKey only people to whom issues of this project may be assigned; null: any user of the site
   */
  find(who: string, projectKey: string | null, acquire: AcquirePermit, maxAgeMs?: number): Promise<PersonFound>;
}

const KEEP_MS = 3 * 24 * 60 * 60_000;

/** More matches than one address has. */
const MAX_RESULTS = 20;

export function createPeopleBook(calls: JiraCalls): PeopleBook {
  const kept = createKeptReads<PersonFound>(calls.clock, KEEP_MS);

  async function search(who: string, project: string | null, acquire: AcquirePermit): Promise<Got<PersonFound>> {
    if (!(await acquire())) return 'no-permit';
    const by = who.startsWith('id:') ? { accountId: who.slice('id:'.length) } : { query: who };
    const answer = await calls.ask((client) =>
      project === null
        ? findUsers(client, { ...by, maxResults: MAX_RESULTS })
        : findAssignableUsers(client, { ...by, project, maxResults: MAX_RESULTS }),
    );
    const parsed = parseAnswer(FoundPeople, answer, calls.clock.now());
    return parsed.ok ? { ok: true, value: personAmong(parsed.value, who) } : parsed;
  }

  return {
    async find(who, projectKey, acquire, maxAgeMs = KEEP_MS) {
      const called = who.startsWith('id:') ? who : who.toLowerCase();
      const { got } = await kept.read(JSON.stringify([projectKey, called]), maxAgeMs, () => search(who, projectKey, acquire));
      if (got === 'no-permit') return { found: 'not-looked-up', failure: null };
      return got.ok ? got.value : { found: 'not-looked-up', failure: got.failure };
    },
  };
}

/** The user who shows this address, or else the only one who hides theirs. */
function personAmong(people: Static<typeof FoundPeople>, who: string): PersonFound {
  const named = who.startsWith('id:')
    ? people.filter(({ accountId }) => accountId === who.slice('id:'.length))
    : people.filter(({ emailAddress }) => emailAddress?.toLowerCase() === who.toLowerCase());
  const hidden = who.startsWith('id:') ? [] : people.filter(({ emailAddress }) => (emailAddress ?? '') === '');
  const [person, ...others] = named.length > 0 ? named : hidden;
  if (person === undefined || others.length > 0) return { found: 'unknown' };
  return person.active === false ? { found: 'inactive' } : { found: 'active', accountId: person.accountId };
}
