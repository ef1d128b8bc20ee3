import type { AccountsRefusal } from '../pipeline/ports/accounts-source.ts';
import { refusalFrom } from './analyzer-refusal.ts';

/** An answer that is no list of accounts. */
export class NoList extends Error {
  readonly code: AccountsRefusal;
  constructor(code: AccountsRefusal, message: string) {
    super(message);
    this.code = code;
  }
}

interface WhyNoList {
  readonly code: AccountsRefusal;
  readonly message: string;
}

const DENIED =
  'AWS does not let the service ask; its role needs organizations:ListAccounts, in the management account or in one that is delegated';

/**
 * The meaning of an SDK error, without its own text. What all services of AWS have in common is told apart in one table.
 * Source: https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
 */
export function organizationsRefusal(error: unknown): WhyNoList {
  if (error instanceof NoList) return { code: error.code, message: error.message };
  const { name, message: words } = error instanceof Error ? error : { name: '', message: '' };
  if (name === 'AWSOrganizationsNotInUseException') return { code: 'no-organization', message: 'the account is in no organization' };
  if (words.startsWith('Region is missing')) return { code: 'not-configured', message: 'AWS_REGION is not set' };
  const { code, message, concerns } = refusalFrom(error, { right: '', analyzerArn: '', accountId: '' });
  if (code === 'denied' && concerns === 'analyzer') return { code, message: DENIED };
  return { code: code === 'gone' ? 'bad-answer' : code, message: code === 'gone' ? 'AWS knows no such call' : message };
}
