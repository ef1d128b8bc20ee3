import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';

/** Undefined: left out. */
type Claims = Readonly<Record<string, unknown>>;

/** An OpenID Connect issuer with the real parts for checking its access tokens: discovery, keys, signatures. */
export interface TokenIssuer {
  readonly issuer: string;
  /** The requested paths, in order. */
  readonly requests: readonly string[];
  /** A token that is signed with the published key. @param claims besides `iss`, `aud`, `sub`, `iat` and `exp`, or instead of them */
  token(claims?: Claims, header?: { readonly kid?: string; readonly jku?: string }): Promise<string>;
  /** The same, with a key that is not published. */
  forged(claims?: Claims): Promise<string>;
  /** Replaces its discovery document; null: the real one again. */
  say(discovery: object | null): void;
  /** It answers 503 from now on, or no longer. */
  away(isAway: boolean): void;
  /** Takes requests for this path from now on and never answers them. */
  hang(path: string): void;
  close(): Promise<void>;
}

export const AUDIENCE = 'findings-to-jira';

/** @param more answers what is neither discovery nor keys; false: there is no such address */
export async function startTokenIssuer(
  more: (request: IncomingMessage, response: ServerResponse) => boolean = () => false,
): Promise<TokenIssuer> {
  const [published, hidden] = await Promise.all([generateKeyPair('RS256'), generateKeyPair('RS256')]);
  const jwk = { ...(await exportJWK(published.publicKey)), kid: 'one', alg: 'RS256', use: 'sig' };
  const requests: string[] = [];
  let [discovery, isAway, hangs]: [object | null, boolean, string | null] = [null, false, null];
  let issuer = '';
  const server = createServer((request, response) => {
    requests.push(request.url ?? '');
    if (request.url === hangs) return;
    const documents: Record<string, object> = {
      '/.well-known/openid-configuration': discovery ?? { issuer, jwks_uri: `${issuer}/keys` },
      '/keys': { keys: [jwk] },
    };
    if (!isAway && more(request, response)) return;
    const document = isAway ? undefined : documents[request.url ?? ''];
    response.writeHead(isAway ? 503 : document === undefined ? 404 : 200, { 'content-type': 'application/json' });
    response.end(JSON.stringify(document ?? {}));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  issuer = `http://127.0.0.1:${portOf(server.address())}`;

  function sign(key: Parameters<SignJWT['sign']>[0], claims: Claims, header: object): Promise<string> {
    const now = Math.floor(Date.now() / 1_000);
    return new SignJWT({ iss: issuer, aud: AUDIENCE, sub: 'user-1', iat: now, exp: now + 300, ...claims })
      .setProtectedHeader({ alg: 'RS256', kid: 'one', ...header })
      .sign(key);
  }

  return {
    issuer,
    requests,
    token: (claims = {}, header = {}) => sign(published.privateKey, claims, header),
    forged: (claims = {}) => sign(hidden.privateKey, claims, {}),
    say: (changed) => void (discovery = changed),
    away: (now) => void (isAway = now),
    hang: (path) => void (hangs = path),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function portOf(address: AddressInfo | string | null): number {
  if (address === null || typeof address === 'string') throw new Error('The issuer has no port');
  return address.port;
}
