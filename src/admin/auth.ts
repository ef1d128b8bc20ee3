import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { mayAct, type Caller, type Role } from './access.ts';
import type { AdminApp } from './admin-app.ts';
import { RequestRefused } from './problem.ts';
import { ISSUER_RETRY_S, type Issuer } from './issuer.ts';
import type { OidcOptions, TokenRefused } from './oidc-check.ts';
import type { SignInOptions } from './sign-in.ts';
import { createTokenCheck, type AdminToken } from './token-check.ts';

/** Failed logins of one address in a minute before they are answered with 429. A valid token is always let through. */
const MAX_FAILED_LOGINS = 20;
const MINUTE_MS = 60_000;

/** The caller where no token is needed: a person or program on this machine. */
const LOCAL: Caller = { name: 'local', role: 'admin' };

const REALM = 'Bearer realm="findings-to-jira"';

/** The accepted logins. */
export interface Logins {
  readonly tokens: readonly AdminToken[];
  /** Null: no access tokens are accepted. */
  readonly oidc: (OidcOptions & SignInOptions) | null;
}

/** Whether a login is needed. */
export function needsLogin({ tokens, oidc }: Logins): boolean {
  return tokens.length > 0 || oidc !== null;
}

/** Why a token is refused. `fault`: null unless it is the issuer's. */
interface Refusal {
  readonly why: string;
  readonly fault: TokenRefused | null;
}

/**
 * Lets a request through when its token has the route's role. Where no login is needed, any request that passed the host guard may do everything.
 * @param askIssuer that of `logins.oidc`
 */
export async function addAuth(app: AdminApp, logins: Logins, askIssuer: Issuer | null): Promise<void> {
  app.addHook('onRoute', ({ config, url }) => {
    if (config?.access === undefined) throw new Error(`The route ${url} does not say who may call it`);
  });
  if (!needsLogin(logins)) {
    app.addHook('onRequest', async (request) => void (request.caller = LOCAL));
    return;
  }
  await app.register(rateLimit, { global: false });
  const noteFailure = app.createRateLimit({ max: MAX_FAILED_LOGINS, timeWindow: MINUTE_MS });
  const callerOf = createTokenCheck(logins.tokens);
  const checkOidc = logins.oidc === null ? null : (await import('./oidc-check.ts')).createOidcCheck(logins.oidc, askIssuer ?? undefined);

  async function identify(shown: string): Promise<Caller | Refusal> {
    const caller = callerOf(shown);
    if (caller !== null) return caller;
    if (checkOidc === null) return { why: 'The token is not one of ADMIN_TOKENS', fault: null };
    // Only a JSON Web Token can be the issuer's.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(shown)) return { why: 'The token is not known here', fault: null };
    const verdict = await checkOidc(shown);
    if (verdict.is === 'unavailable')
      throw new RequestRefused('login-unavailable', 'The issuer of access tokens does not answer; try again, or use one of ADMIN_TOKENS', {
        retryAfterS: ISSUER_RETRY_S,
      });
    return verdict.is === 'known' ? verdict.caller : { why: verdict.why, fault: verdict };
  }

  async function login(request: FastifyRequest): Promise<Caller> {
    const shown = bearerToken(request.headers.authorization);
    const found = shown === null ? { why: 'Send a token: Authorization: Bearer …', fault: null } : await identify(shown);
    if ('role' in found) return found;
    const failures = await noteFailure(request);
    if (!failures.isAllowed && failures.isExceeded) {
      const extras = { retryAfterS: failures.ttlInSeconds };
      throw new RequestRefused(
        'too-many-failed-logins',
        'Too many requests of this address came without a valid token; wait, then send a valid one',
        extras,
      );
    }
    request.log.info({ address: request.ip }, 'Refused a request without a valid token');
    const { why, fault } = found;
    throw new RequestRefused('unauthorized', why, {
      challenge: shown === null ? REALM : `${REALM}, error="invalid_token"`,
      ...(fault === null ? {} : { errors: [{ path: fault.claim, message: why, code: fault.fault }] }),
    });
  }

  app.addHook('onRequest', async (request) => {
    const needed = request.routeOptions.config.access;
    if (needed === undefined || needed === 'anyone') return;
    const caller = await login(request);
    if (!mayAct(caller.role, needed)) refuse(request, caller, needed);
    request.caller = caller;
  });
}

function refuse(request: FastifyRequest, { name, role }: Caller, needed: Role): never {
  request.log.info({ name, role, needed }, 'Refused a request without the required role');
  throw new RequestRefused('forbidden', `This needs the role ${needed}; the token has the role ${role}`, {
    challenge: `${REALM}, error="insufficient_scope"`,
  });
}

/** @returns null when the header is not of the form `Bearer token` */
function bearerToken(header: string | undefined): string | null {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1] ?? null;
}
