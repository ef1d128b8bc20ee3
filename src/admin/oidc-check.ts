import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { mayAct, ROLES, type Caller, type Role } from './access.ts';
import { createIssuer, ISSUER_MS, type Issuer, type IssuerOptions } from './issuer.ts';

/** Which access tokens are accepted, and which claim gives the role. */
export interface OidcOptions extends IssuerOptions {
  /** The `aud` of tokens. */
  readonly audience: string;
  readonly roleClaim: RoleClaim;
}

export interface RoleClaim {
  /** A claim's name, or names joined by dots for a nested claim, such as `realm_access.roles`. */
  readonly name: string;
  /** The claim's values and the roles that they mean. Empty: the values are the roles' own names. */
  readonly roles: ReadonlyMap<string, Role>;
}

/** What is wrong with a token: stable, for programs. `token-early`: its time has not begun. `token-forged`: the issuer has not signed it. */
export type TokenFault = 'token-expired' | 'token-early' | 'token-audience' | 'token-role' | 'token-claim' | 'token-forged';

/** A token that is not valid here, for a reason that its sender may know. `claim`: the one that is at fault; empty: none. */
export interface TokenRefused {
  readonly is: 'refused';
  readonly fault: TokenFault;
  readonly claim: string;
  readonly why: string;
}

/** `unavailable`: the issuer's keys could not be fetched. */
export type OidcVerdict = { readonly is: 'known'; readonly caller: Caller } | TokenRefused | { readonly is: 'unavailable' };

export type OidcCheck = (token: string) => Promise<OidcVerdict>;

/** Signatures by a key pair only: with a shared secret, or without a signature, others could forge tokens. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** The largest accepted difference between clocks, seconds. */
const CLOCK_TOLERANCE_S = 60;

/** Characters of a subject that the log and the audit show. */
const MAX_SUBJECT = 200;

/**
 * Checks access tokens of one issuer: signature, issuer, audience, times and role. The issuer's keys are found by discovery and kept;
 * nothing that a token names is ever fetched.
 */
export function createOidcCheck(options: OidcOptions, askIssuer: Issuer = createIssuer(options)): OidcCheck {
  const { issuer, audience, roleClaim, fetch } = options;
  let getKey: JWTVerifyGetKey | null = null;

  async function issuerKeys(): Promise<JWTVerifyGetKey> {
    const { jwks_uri: address } = await askIssuer();
    getKey ??= createRemoteJWKSet(new URL(address), {
      timeoutDuration: ISSUER_MS,
      [customFetch]: (url, { headers, signal }) => fetch(url, { headers, signal }),
    });
    return getKey;
  }

  return async (token) => {
    let keys: JWTVerifyGetKey;
    try {
      keys = await issuerKeys();
    } catch {
      return { is: 'unavailable' };
    }
    try {
      const { payload } = await jwtVerify(token, keys, {
        issuer,
        audience,
        algorithms: ALGORITHMS,
        clockTolerance: CLOCK_TOLERANCE_S,
        requiredClaims: ['exp', 'sub'],
      });
      return callerOf(payload, roleClaim);
    } catch (error) {
      return verdictOn(error);
    }
  };
}

function callerOf(payload: JWTPayload, roleClaim: RoleClaim): OidcVerdict {
  // The audit names callers by it.
  const { sub } = payload;
  if (typeof sub !== 'string' || sub.trim() === '') return refused('token-claim', 'sub', "The token's claim sub is empty or not a string");
  const role = roleOf(payload, roleClaim);
  if (role === null) return refused('token-role', roleClaim.name, `The token's claim ${roleClaim.name} gives no role`);
  return { is: 'known', caller: { name: `oidc:${sub.slice(0, MAX_SUBJECT)}`, role } };
}

/** The highest role that the claim gives; a claim is one text, texts separated by spaces, or a list. */
function roleOf(payload: JWTPayload, { name, roles }: RoleClaim): Role | null {
  const claimed = claimOf(payload, name);
  const values =
    typeof claimed === 'string' ? claimed.split(' ') : Array.isArray(claimed) ? claimed.filter((one) => typeof one === 'string') : [];
  const given = values.flatMap((value) => (roles.size === 0 ? ROLES.filter((role) => role === value) : (roles.get(value) ?? [])));
  return given.reduce<Role | null>((highest, role) => (highest !== null && mayAct(highest, role) ? highest : role), null);
}

/** A claim of exactly this name goes first: some issuers require names that are URLs, dots included. */
function claimOf(payload: JWTPayload, name: string): unknown {
  if (Object.hasOwn(payload, name)) return payload[name];
  let at: unknown = payload;
  for (const part of name.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, part)) return undefined;
    at = Object.entries(at).find(([key]) => key === part)?.[1];
  }
  return at;
}

const FAULT_OF_CLAIM: Readonly<Record<string, TokenFault>> = { aud: 'token-audience', nbf: 'token-early' };

function refused(fault: TokenFault, claim: string, why: string): TokenRefused {
  return { is: 'refused', fault, claim, why };
}

/** A fault of the token is refused; any other error means that the keys could not be fetched. */
function verdictOn(error: unknown): OidcVerdict {
  if (error instanceof errors.JWTExpired) return refused('token-expired', 'exp', 'The token has expired');
  if (error instanceof errors.JWTClaimValidationFailed)
    return refused(FAULT_OF_CLAIM[error.claim] ?? 'token-claim', error.claim, `The token's claim ${error.claim} is not as expected`);
  if (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    isOfToken(error)
  )
    return refused('token-forged', '', 'The token is not one that the issuer has signed');
  return { is: 'unavailable' };
}

/** jose reports "Expected 200 OK" and the like with its generic code. */
function isOfToken(error: errors.JOSEError): boolean {
  return error.code !== 'ERR_JOSE_GENERIC';
}
