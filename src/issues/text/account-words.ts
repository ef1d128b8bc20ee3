import { cutText } from '../../rules/cut-text.ts';
import type { IssueRoute } from '../issue-route.ts';
import { cleanText } from './adf.ts';

/** For an account id: AWS sends far shorter values. */
const MAX_ID = 64;
/** AWS allows 50 characters. */
const MAX_NAME = 64;

/**
 * The account of a resource in a sentence, such as `billing-prod (444455556666)`: a name may be any text, and only the id says which account it
 * is. An account that is not active says so, since not all of its commands and links work.
 */
export function accountWords(accountId: string, account: IssueRoute['account']): string {
  const id = cutText(accountId, MAX_ID);
  const name = cutText(
    cleanText(account?.name ?? '')
      .replaceAll(/\s+/g, ' ')
      .trim(),
    MAX_NAME,
  );
  const state = cutText((account?.state ?? '').toLowerCase().replaceAll('_', ' '), MAX_ID);
  if (name === '') return state === '' ? id : `${id} (${state})`;
  return `${name} (${state === '' ? id : `${id}, ${state}`})`;
}
