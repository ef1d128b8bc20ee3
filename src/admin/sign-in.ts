import { Type, type Static } from 'typebox';
import { isTrustworthy, type Issuer, type IssuerMetadata } from './issuer.ts';

/** All that the admin page has to know to sign people in at the issuer, so that it asks nothing of the issuer but the sign-in itself. */
export const IssuerSignIn = Type.Object({
  issuer: Type.String({ description: 'OIDC_ISSUER' }),
  clientId: Type.String({ description: 'OIDC_CLIENT_ID, a public client' }),
  authorizationEndpoint: Type.String(),
  tokenEndpoint: Type.String(),
  endSessionEndpoint: Type.Union([Type.String(), Type.Null()], { description: 'null: the issuer announces none' }),
  send: Type.Enum(['id_token', 'access_token'], {
    description: 'Which token of its answer the API takes: the ID token, whose aud is the client, where OIDC_AUDIENCE is OIDC_CLIENT_ID',
  }),
});
export type IssuerSignIn = Static<typeof IssuerSignIn>;

export interface SignInOptions {
  readonly issuer: string;
  readonly audience: string;
  /** Null: people do not sign in at the issuer. */
  readonly clientId: string | null;
}

/** @returns null: people sign in by token only @throws Error while the issuer does not answer, or announces no sign-in */
export type ReadSignIn = () => Promise<IssuerSignIn | null>;

export function createReadSignIn({ issuer, audience, clientId }: SignInOptions, askIssuer: Issuer): ReadSignIn {
  if (clientId === null) return async () => null;
  return async () => {
    const { authorization_endpoint, token_endpoint, end_session_endpoint }: IssuerMetadata = await askIssuer();
    return {
      issuer,
      clientId,
      authorizationEndpoint: endpoint('authorization_endpoint', authorization_endpoint, issuer),
      tokenEndpoint: endpoint('token_endpoint', token_endpoint, issuer),
      endSessionEndpoint: end_session_endpoint === undefined ? null : endpoint('end_session_endpoint', end_session_endpoint, issuer),
      send: audience === clientId ? 'id_token' : 'access_token',
    };
  };
}

/** Where the page sends requests besides this service: the origin at which the issuer gives tokens for codes. Empty while it is not known. */
export async function signInOrigins(read: ReadSignIn): Promise<readonly string[]> {
  const signIn = await read().catch(() => null);
  return signIn === null ? [] : [new URL(signIn.tokenEndpoint).origin];
}

/** The endpoint's origin becomes a part of the content security policy, so it must be plain: URLs may have hosts with `;` and `'` in them. */
function endpoint(name: string, address: string | undefined, issuer: string): string {
  const plain = address !== undefined && /^https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\])(?::\d+)?$/.test(URL.parse(address)?.origin ?? '');
  if (!plain || !isTrustworthy(address, issuer)) throw new Error(`The issuer announces no ${name} behind https`);
  return address;
}
