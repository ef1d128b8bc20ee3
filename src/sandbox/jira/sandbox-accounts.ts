/** An account that can sign in to the simulated Jira. */
export interface SandboxAccount {
  readonly accountId: string;
  readonly displayName: string;
  readonly email: string;
  readonly apiToken: string;
  /** The token that takes the place of `apiToken` when that one is revoked; both are accepted until then. */
  readonly renewedApiToken: string;
  readonly bearerToken: string;
  readonly accountType: 'atlassian' | 'app';
}

/** The account that the service under test runs as. The secrets work in this simulator only. */
export const SERVICE_ACCOUNT: SandboxAccount = {
  accountId: '712020:5ec0f1d1-0000-4000-8000-00000000f2a1',
  displayName: 'findings-to-jira',
  email: 'findings-to-jira@example.com',
  apiToken: 'sandbox-api-token',
  renewedApiToken: 'sandbox-renewed-api-token',
  bearerToken: 'sandbox-bearer-token',
  accountType: 'atlassian',
};

/** A person who works on the issues, and who can use the API too. */
export const PERSON_ACCOUNT: SandboxAccount = {
  accountId: '712020:9e250a0d-0000-4000-8000-00000000da4a',
  displayName: 'Dana Moreau',
  email: 'dana@example.com',
  apiToken: 'dana-api-token',
  renewedApiToken: 'dana-renewed-api-token',
  bearerToken: 'dana-bearer-token',
  accountType: 'atlassian',
};

/** A person who edits issues through the API with tools of their own, and never signs in here: no service ever runs as this account. */
export const EDITOR_ACCOUNT_ID = '712020:3d170700-0000-4000-8000-00000000ed17';

const ACCOUNTS = [SERVICE_ACCOUNT, PERSON_ACCOUNT];

/**
 * @param revoked tokens that are no longer accepted
 * @returns the account of this header; null without a header, `wrong` for unknown or revoked credentials
 */
export function signedIn(authorization: string | undefined, revoked: readonly string[] = []): SandboxAccount | null | 'wrong' {
  if (authorization === undefined) return null;
  const [scheme = '', value = ''] = authorization.split(' ');
  if (scheme.toLowerCase() === 'bearer') return ACCOUNTS.find((account) => accepts([account.bearerToken], value, revoked)) ?? 'wrong';
  if (scheme.toLowerCase() !== 'basic') return 'wrong';
  const raw = Buffer.from(value, 'base64').toString('utf8');
  const [email, token] = [raw.slice(0, raw.indexOf(':')), raw.slice(raw.indexOf(':') + 1)];
  return (
    ACCOUNTS.find((account) => account.email === email && accepts([account.apiToken, account.renewedApiToken], token, revoked)) ?? 'wrong'
  );
}

function accepts(tokens: readonly string[], token: string, revoked: readonly string[]): boolean {
  return tokens.includes(token) && !revoked.includes(token);
}
