import type { Fetch } from '../../network/fetch.ts';
import type { Clock } from '../../pipeline/ports/clock.ts';
import { createAccessToken, type AccessTokenState, type Authorization } from './access-token.ts';
import { askForToken, type OauthClient } from './token-endpoint.ts';

export type JiraCredentials =
  | { readonly kind: 'basic'; readonly email: string; readonly apiToken: string }
  | { readonly kind: 'bearer'; readonly token: string }
  | ({ readonly kind: 'oauth' } & OauthClient);

/** How requests to Jira are signed in. */
export interface SignIn {
  /** The header of a request, or why there is none, so that it must not be sent. */
  authorization(): Promise<Authorization>;
  /** A header in place of one that Jira has refused; null: there is no other. */
  renewed(refused: string): Promise<Authorization | null>;
  /** Null: the credentials are fixed, and nothing is renewed. */
  state(): AccessTokenState | null;
}

export interface SignInOptions {
  readonly credentials: JiraCredentials;
  readonly fetch: Fetch;
  /** How long Jira may take to answer, ms. */
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** 0 to 1. */
  readonly random: () => number;
}

/** The longest wait for a token, ms: a step has a deadline of its own. */
const TOKEN_MS = 10_000;

export function createSignIn({ credentials, fetch, timeoutMs, clock, random }: SignInOptions): SignIn {
  if (credentials.kind === 'oauth') {
    const ask = (): ReturnType<typeof askForToken> => askForToken(fetch, credentials, Math.min(timeoutMs, TOKEN_MS));
    return createAccessToken({ ask, clock, random });
  }
  const header = fixedHeader(credentials);
  return {
    authorization: () => Promise.resolve({ ok: true, header }),
    renewed: () => Promise.resolve(null),
    state: () => null,
  };
}

function fixedHeader(credentials: Exclude<JiraCredentials, { readonly kind: 'oauth' }>): string {
  if (credentials.kind === 'bearer') return `Bearer ${credentials.token}`;
  return `Basic ${Buffer.from(`${credentials.email}:${credentials.apiToken}`).toString('base64')}`;
}
