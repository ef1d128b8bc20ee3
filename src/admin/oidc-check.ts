import { createRemoteJWKSet, customFetch, errors, jwtVerify, type JWTPayload, type JWTVerifyGetKey } from 'jose';
import { Type } from 'typebox';
import { Check } from 'typebox/value';
import type { Fetch } from '../network/fetch.ts';
import { mayAct, ROLES, type Caller, type Role } from './access.ts';

/** Which access tokens are accepted, and which claim gives the role. */
export interface OidcOptions {
  /** The `iss` of tokens; https, or an address of this machine. */
  readonly issuer: string;
  /** The `aud` of tokens. */
  readonly audience: string;
  readonly roleClaim: RoleClaim;
  /** The way to the issuer. */
  readonly fetch: Fetch;
}

export interface RoleClaim {
  /** A claim's name, or names joined by dots for a nested claim, such as `realm_access.roles`. */
  readonly name: string;
  /** The claim's values and the roles that they mean. Empty: the values are the roles' own names. */
  readonly roles: ReadonlyMap<string, Role>;
}

/** `refused`: the token is not valid here, for a reason that its sender may know. `unavailable`: the issuer's keys could not be fetched. */
export type OidcVerdict =
  | { readonly is: 'known'; readonly caller: Caller }
  | { readonly is: 'refused'; readonly why: string }
  | { readonly is: 'unavailable' };

export type OidcCheck = (token: string) => Promise<OidcVerdict>;

/** Signatures by a key pair only: with a shared secret, or without a signature, others could forge tokens. */
const ALGORITHMS = ['RS256', 'RS384', 'RS512', 'PS256', 'PS384', 'PS512', 'ES256', 'ES384', 'ES512', 'EdDSA', 'Ed25519'];

/** The largest accepted difference between clocks, seconds. */
const CLOCK_TOLERANCE_S = 60;

/** Time limit for one answer of the issuer, ms. Two of them must fit into the time limit of a request, otherwise the store would be blamed. */
const ISSUER_MS = 2_000;

/** An issuer that did not answer is asked again after this long, ms. */
const RETRY_MS = 10_000;

/** Characters of a subject that the log and the audit show. */
const MAX_SUBJECT = 200;

/** Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata */
const Discovery = Type.Object({ issuer: Type.String(), jwks_uri: Type.String() });

/**
 * Checks access tokens of one issuer: signature, issuer, audience, times and role. The issuer's keys are found by discovery and kept;
 * nothing that a token names is ever fetched.
 * @param monotonic a clock that only goes forward, ms
 */
export function createOidcCheck(options: OidcOptions, monotonic: () => number = () => performance.now()): OidcCheck {
  const { issuer, audience, roleClaim, fetch } = options;
  let keys: Promise<JWTVerifyGetKey> | null = null;
  let failedAt = -Infinity;

  function issuerKeys(): Promise<JWTVerifyGetKey> {
    if (keys !== null) return keys;
    if (monotonic() - failedAt < RETRY_MS) return Promise.reject(new Error('The issuer did not answer a moment ago'));
    const discovering = discover(issuer, fetch);
    keys = discovering;
    discovering.catch(() => {
      keys = null;
      failedAt = monotonic();
    });
    return discovering;
  }

  return async (token) => {
    let getKey: JWTVerifyGetKey;
    try {
      getKey = await issuerKeys();
    } catch {
      return { is: 'unavailable' };
    }
    try {
      const { payload } = await jwtVerify(token, getKey, {
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

/** @throws when the issuer does not answer, or its answer is not valid */
async function discover(issuer: string, fetch: Fetch): Promise<JWTVerifyGetKey> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(ISSUER_MS) });
  const claimed: unknown = await response.json();
  if (!response.ok || !Check(Discovery, claimed) || claimed.issuer !== issuer) throw new Error('The answer is not that of the issuer');
  const jwksUri = new URL(claimed.jwks_uri);
  if (jwksUri.protocol !== 'https:' && jwksUri.origin !== new URL(issuer).origin) throw new Error('The keys are not behind https');
  return createRemoteJWKSet(jwksUri, {
    timeoutDuration: ISSUER_MS,
    [customFetch]: (url, { headers, signal }) => fetch(url, { headers, signal }),
  });
}

function callerOf(payload: JWTPayload, roleClaim: RoleClaim): OidcVerdict {
  // The audit names callers by it.
  const { sub } = payload;
  if (typeof sub !== 'string' || sub.trim() === '') return { is: 'refused', why: "The token's claim sub is empty or not a string" };
  const role = roleOf(payload, roleClaim);
  if (role === null) return { is: 'refused', why: `The token's claim ${roleClaim.name} gives no role` };
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

/** A fault of the token is refused; any other error means that the keys could not be fetched. */
function verdictOn(error: unknown): OidcVerdict {
  if (error instanceof errors.JWTExpired) return { is: 'refused', why: 'The token has expired' };
  if (error instanceof errors.JWTClaimValidationFailed)
    return { is: 'refused', why: `The token's claim ${error.claim} is not as expected` };
  if (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    isOfToken(error)
  )
    return { is: 'refused', why: 'The token is not one that the issuer has signed' };
  return { is: 'unavailable' };
}

/** jose reports "Expected 200 OK" and the like with its generic code. */
function isOfToken(error: errors.JOSEError): boolean {
  return error.code !== 'ERR_JOSE_GENERIC';
}
