import { createHash, randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { AUDIENCE, startTokenIssuer, type TokenIssuer } from './token-issuer.ts';

/** The name of the admin page at the issuer. */
export const CLIENT_ID = 'page-of-f2j';

/** The person who signs in next, and how the issuer treats this sign-in. */
export interface Person {
  /** Claims of both tokens besides the usual ones, or instead of them. */
  readonly claims: Readonly<Record<string, unknown>>;
  /** Claims of the access token alone. */
  readonly access?: Readonly<Record<string, unknown>>;
  /** The issuer sends the person back with this error. */
  readonly refused?: { readonly error: string; readonly description: string };
  /** The nonce of the ID token, instead of the one that was asked for. */
  readonly nonce?: string;
}

/**
 * An issuer at which people sign in by authorization code with PKCE, as strict as the specifications: RFC 6749, RFC 7636, RFC 9207,
 * OpenID Connect Core and RP-Initiated Logout. No password is typed: `person` sits there.
 */
export interface SignInIssuer extends TokenIssuer {
  person: Person;
  /** Registers the page; exactly this address is accepted for the way back. */
  register(redirectUri: string): void;
  /** Queries with which people came to sign in, in order. */
  readonly asked: readonly URLSearchParams[];
  /** Queries with which people came to sign out. */
  readonly ended: readonly URLSearchParams[];
  /** Whether it announces where sessions end. */
  announceEnd(does: boolean): void;
}

interface Code {
  readonly challenge: string;
  readonly nonce: string;
  readonly person: Person;
}

export async function startSignInIssuer(): Promise<SignInIssuer> {
  const codes = new Map<string, Code>();
  const [asked, ended]: [URLSearchParams[], URLSearchParams[]] = [[], []];
  let redirectUri = '';

  const tokens = await startTokenIssuer((request, response) => {
    const url = new URL(request.url ?? '', tokens.issuer);
    if (url.pathname === '/authorize') authorize(url.searchParams, response);
    else if (url.pathname === '/token') void redeem(request, response);
    else if (url.pathname === '/end') end(url.searchParams, response);
    else return false;
    return true;
  });
  const self: SignInIssuer = Object.assign(tokens, {
    person: { claims: { roles: ['viewer'] } },
    register: (uri: string) => void (redirectUri = uri),
    asked,
    ended,
    announceEnd(does: boolean) {
      const { issuer } = tokens;
      const always = {
        issuer,
        jwks_uri: `${issuer}/keys`,
        authorization_endpoint: `${issuer}/authorize?realm=one`,
        token_endpoint: `${issuer}/token`,
      };
      tokens.say(does ? { ...always, end_session_endpoint: `${issuer}/end` } : always);
    },
  });
  self.announceEnd(true);

  function authorize(query: URLSearchParams, response: ServerResponse): void {
    asked.push(query);
    const [state, nonce, challenge] = ['state', 'nonce', 'code_challenge'].map((name) => query.get(name) ?? '');
    const isAsked =
      query.get('response_type') === 'code' &&
      (query.get('scope') ?? '').split(' ').includes('openid') &&
      query.get('client_id') === CLIENT_ID &&
      query.get('redirect_uri') === redirectUri &&
      query.get('realm') === 'one' &&
      query.get('code_challenge_method') === 'S256' &&
      [state, nonce, challenge].every((value) => /^[\w-]{43}$/.test(value ?? ''));
    // The client is not known for sure, so the browser is sent nowhere.
    if (!isAsked) return void response.writeHead(400, { 'content-type': 'text/plain' }).end('The request is not one of this client');
    const { refused } = self.person;
    const code = randomUUID();
    if (refused === undefined) codes.set(code, { challenge: challenge ?? '', nonce: nonce ?? '', person: self.person });
    const answer = refused === undefined ? { code } : { error: refused.error, error_description: refused.description };
    redirect(response, redirectUri, { ...answer, state: state ?? '', iss: tokens.issuer });
  }

  async function redeem(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const form = new URLSearchParams(await text(request));
    const code = codes.get(form.get('code') ?? '');
    // Once, whatever comes of it.
    codes.delete(form.get('code') ?? '');
    const answer = (status: number, body: object): void => {
      const headers = { 'content-type': 'application/json', 'access-control-allow-origin': new URL(redirectUri).origin };
      response.writeHead(status, headers).end(JSON.stringify(body));
    };
    if (request.method !== 'POST' || form.get('client_id') !== CLIENT_ID) return answer(401, { error: 'invalid_client' });
    if (form.get('grant_type') !== 'authorization_code') return answer(400, { error: 'unsupported_grant_type' });
    const proof = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    if (code === undefined || code.challenge !== proof || form.get('redirect_uri') !== redirectUri) {
      return answer(400, { error: 'invalid_grant' });
    }
    const { claims, access = {}, nonce = code.nonce } = code.person;
    answer(200, {
      token_type: 'Bearer',
      access_token: await tokens.token({ aud: AUDIENCE, ...claims, ...access }),
      id_token: await tokens.token({ ...claims, aud: CLIENT_ID, nonce }),
    });
  }

  function end(query: URLSearchParams, response: ServerResponse): void {
    ended.push(query);
    const isKnown = query.get('client_id') === CLIENT_ID && query.get('post_logout_redirect_uri') === redirectUri;
    if (isKnown) redirect(response, redirectUri, {});
    else response.writeHead(400, { 'content-type': 'text/plain' }).end('The request is not one of this client');
  }

  return self;
}

function redirect(response: ServerResponse, to: string, query: Readonly<Record<string, string>>): void {
  const url = new URL(to);
  for (const [name, value] of Object.entries(query)) url.searchParams.set(name, value);
  response.writeHead(302, { location: url.href }).end();
}
