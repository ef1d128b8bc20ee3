import { Type, type Static } from 'typebox';
import { Check } from 'typebox/value';
import type { Fetch } from '../network/fetch.ts';

/** Where an issuer is, and the way to it. */
export interface IssuerOptions {
  /** The `iss` of tokens; https, or an address of this machine. */
  readonly issuer: string;
  readonly fetch: Fetch;
}

/**
 * What an issuer says of itself, as far as it is read here. A service that only checks tokens needs no more than the keys.
 * Source: https://openid.net/specs/openid-connect-discovery-1_0.html#ProviderMetadata,
 * https://openid.net/specs/openid-connect-rpinitiated-1_0.html#OPMetadata
 */
const IssuerMetadata = Type.Object({
  issuer: Type.String(),
  jwks_uri: Type.String(),
  authorization_endpoint: Type.Optional(Type.String()),
  token_endpoint: Type.Optional(Type.String()),
  end_session_endpoint: Type.Optional(Type.String()),
});
export type IssuerMetadata = Static<typeof IssuerMetadata>;

/** Asks for it once and keeps it. @throws Error while the issuer does not answer, or its answer is not valid */
export type Issuer = () => Promise<IssuerMetadata>;

/** Time limit for one answer of the issuer, ms. Two of them must fit into the time limit of a request, otherwise the store would be blamed. */
export const ISSUER_MS = 2_000;

/** When a client should try again while the issuer does not answer, seconds. */
export const ISSUER_RETRY_S = 10;

/** An issuer that did not answer is asked again after this long, ms. */
const RETRY_MS = 10_000;

/** @param monotonic a clock that only goes forward, ms */
export function createIssuer(options: IssuerOptions, monotonic: () => number = () => performance.now()): Issuer {
  let metadata: Promise<IssuerMetadata> | null = null;
  let failedAt = -Infinity;
  return () => {
    if (metadata !== null) return metadata;
    if (monotonic() - failedAt < RETRY_MS) return Promise.reject(new Error('The issuer did not answer a moment ago'));
    const discovering = discover(options);
    metadata = discovering;
    discovering.catch(() => {
      metadata = null;
      failedAt = monotonic();
    });
    return discovering;
  };
}

async function discover({ issuer, fetch }: IssuerOptions): Promise<IssuerMetadata> {
  const address = `${issuer.replace(/\/$/, '')}/.well-known/openid-configuration`;
  const response = await fetch(address, { signal: AbortSignal.timeout(ISSUER_MS) });
  const claimed: unknown = await response.json();
  if (!response.ok || !Check(IssuerMetadata, claimed) || claimed.issuer !== issuer) throw new Error('The answer is not that of the issuer');
  if (!isTrustworthy(claimed.jwks_uri, issuer)) throw new Error('The keys are not behind https');
  return claimed;
}

/** Behind https, or at the very place of an issuer on this machine. */
export function isTrustworthy(address: string, issuer: string): boolean {
  const url = URL.parse(address);
  return url !== null && (url.protocol === 'https:' || url.origin === new URL(issuer).origin);
}
