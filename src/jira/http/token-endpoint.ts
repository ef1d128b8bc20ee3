import { Type } from 'typebox';
import { Check } from 'typebox/value';
import { isJsonObject } from '../../findings/json.ts';
import type { Fetch } from '../../network/fetch.ts';
import { networkCode } from './network-code.ts';

/** Client credentials of a service account. */
export interface OauthClient {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://auth.atlassian.com/oauth/token`, or that of a test. */
  readonly tokenUrl: string;
}

/** A token, or why there is none. `isRefused`: the endpoint does not accept the client; otherwise it may answer differently later. */
export type TokenAnswer =
  | { readonly ok: true; readonly token: string; readonly lifetimeMs: number }
  | { readonly ok: false; readonly isRefused: boolean; readonly message: string };

/** Source: https://datatracker.ietf.org/doc/html/rfc6749#section-5.1 */
const TokenFields = Type.Object({
  access_token: Type.String({ pattern: '^[\\x21-\\x7e]{1,20000}$' }),
  expires_in: Type.Optional(Type.Unknown()),
  token_type: Type.Optional(Type.String({ pattern: '^[Bb][Ee][Aa][Rr][Ee][Rr]$' })),
});

/** More than any answer with a token. */
const MAX_BODY_BYTES = 100_000;

/** Source: https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/ */
const MAX_LIFETIME_S = 3_600;

/** A lifetime that is missing or makes no sense counts as this: a token too many does no harm, one that has expired costs a refused call. */
const MIN_LIFETIME_S = 60;

/** Statuses by which an endpoint refuses a client. Source: https://datatracker.ietf.org/doc/html/rfc6749#section-5.2 */
const REFUSALS: ReadonlySet<number> = new Set([400, 401, 403]);

/** Asks once for a token. Never throws; nothing of the answer but its status and its error code gets into a message. */
export async function askForToken(
  fetch: Fetch,
  { clientId, clientSecret, tokenUrl }: OauthClient,
  timeoutMs: number,
): Promise<TokenAnswer> {
  try {
    const response = await fetch(tokenUrl, {
      method: 'POST',
      headers: { 'content-type': 'application/json', accept: 'application/json', 'user-agent': 'findings-to-jira' },
      body: JSON.stringify({ grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }),
      signal: AbortSignal.timeout(timeoutMs),
    });
    return judge(response.status, await bodyOf(response));
  } catch (error) {
    return notNow(`did not answer (${networkCode(error)})`);
  }
}

function judge(status: number, body: unknown): TokenAnswer {
  if (REFUSALS.has(status) && isJsonObject(body)) return { ok: false, isRefused: true, message: refused(status, body['error']) };
  if (status !== 200) return notNow(`failed (HTTP ${status})`);
  if (!Check(TokenFields, body)) return notNow('answered without a token; a login page or a proxy may stand before it');
  const seconds = Number(body.expires_in);
  const lifetimeS = Number.isFinite(seconds) ? Math.min(MAX_LIFETIME_S, Math.max(MIN_LIFETIME_S, seconds)) : MIN_LIFETIME_S;
  return { ok: true, token: body.access_token, lifetimeMs: lifetimeS * 1_000 };
}

/** The error codes of OAuth are words of letters; anything else stays out of the message. */
function refused(status: number, code: unknown): string {
  const named = typeof code === 'string' && /^[a-z_]{1,50}$/.test(code) ? `, ${code}` : '';
  return `The token endpoint does not accept JIRA_OAUTH_CLIENT_ID and JIRA_OAUTH_CLIENT_SECRET (HTTP ${status}${named})`;
}

function notNow(what: string): TokenAnswer {
  return { ok: false, isRefused: false, message: `There is no access token for Jira: the token endpoint ${what}` };
}

/** The JSON of an answer; undefined: there is none. */
async function bodyOf(response: Response): Promise<unknown> {
  const chunks: Uint8Array[] = [];
  let size = 0;
  for await (const chunk of response.body ?? []) {
    size += chunk.byteLength;
    if (size > MAX_BODY_BYTES) return undefined;
    chunks.push(chunk);
  }
  try {
    return JSON.parse(Buffer.concat(chunks).toString('utf8'));
  } catch {
    return undefined;
  }
}
