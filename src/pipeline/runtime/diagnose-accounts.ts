import type { AccountsRefusal } from '../ports/accounts-source.ts';
import type { Diagnose, DoctorCheck } from '../ports/doctor-check.ts';
import type { Store } from '../ports/store.ts';
import { reportAccounts, type UncoveredAccount } from '../rulebook/report-accounts.ts';
import type { RuleBook } from '../rulebook/rule-book.ts';

const CHECK = 'accounts';

/** Null: the service does without, so there is nothing to be done. */
const ADVICE: Readonly<Record<AccountsRefusal, string | null>> = {
  'not-configured': null,
  denied: null,
  'no-organization': null,
  throttled: null,
  unavailable: 'Look at network, proxy and AWS_ENDPOINT_URL_ORGANIZATIONS',
  'bad-answer': 'Find out what stands between the service and AWS',
};

/** In a message; the status of the service has more. */
const MAX_NAMED = 5;

/** What the last listing of accounts came to, and which accounts no map covers. Nothing is asked: a listing may take minutes. */
export function createDiagnoseAccounts({ store, rules }: { store: Store; rules: RuleBook }): Diagnose {
  return async (ruleSet): Promise<readonly DoctorCheck[]> => {
    const { known, listedAt, problem, uncovered } = await reportAccounts(store, ruleSet, (await rules.current()).accounts());
    const missing = uncovered.count === 0 ? '' : `; no map covers ${uncovered.count} of them: ${namesOf(uncovered)}`;
    const list = listedAt === null ? '' : `AWS Organizations listed ${known} accounts at ${new Date(listedAt).toISOString()}${missing}`;
    if (problem === null)
      return [{ check: CHECK, ok: true, message: list === '' ? 'AWS Organizations has not been asked yet' : list, advice: null }];
    const { code, message, since } = problem;
    const advice = ADVICE[code];
    const before = list === '' ? 'The rules file alone says whose accounts are' : list;
    const refused = `AWS Organizations gives no list since ${new Date(since).toISOString()}: ${code}: ${message}`;
    return [{ check: CHECK, ok: advice === null, message: `${before}. ${refused}`, advice }];
  };
}

function namesOf({ count, first }: { readonly count: number; readonly first: readonly UncoveredAccount[] }): string {
  const named = first.slice(0, MAX_NAMED).map(({ id, name }) => (name === null ? id : `${name} (${id})`));
  return `${named.join(', ')}${count > MAX_NAMED ? ', …' : ''}`;
}
