import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { mayAct, type Caller, type Role } from './access.ts';
import type { AdminApp } from './admin-app.ts';
import { RequestRefused } from './problem.ts';
import type { OidcOptions } from './oidc-check.ts';
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
  readonly oidc: OidcOptions | null;
}

/** Whether a login is needed. */
export function needsLogin({ tokens, oidc }: Logins): boolean {
  return tokens.length > 0 || oidc !== null;
}

/** When a client should try again while the issuer does not answer, seconds. */
const ISSUER_RETRY_S = 10;

/** Lets a request through when its token has the route's role. Where no login is needed, any request that passed the host guard may do everything. */
export async function addAuth(app: AdminApp, logins: Logins): Promise<void> {
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
  const checkOidc = logins.oidc === null ? null : (await import('./oidc-check.ts')).createOidcCheck(logins.oidc);

  /** @returns the caller, or why the token is refused */
  async function identify(shown: string): Promise<Caller | string> {
    const caller = callerOf(shown);
    if (caller !== null) return caller;
    if (checkOidc === null) return 'The token is not one of ADMIN_TOKENS';
    // Only a JSON Web Token can be the issuer's.
    if (!/^[\w-]+\.[\w-]+\.[\w-]+$/.test(shown)) return 'The token is not known here';
    const verdict = await checkOidc(shown);
    if (verdict.is === 'unavailable')
      throw new RequestRefused('login-unavailable', 'The issuer of access tokens does not answer; try again, or use one of ADMIN_TOKENS', {
        retryAfterS: ISSUER_RETRY_S,
      });
    return verdict.is === 'known' ? verdict.caller : verdict.why;
  }

  async function login(request: FastifyRequest): Promise<Caller> {
    const shown = bearerToken(request.headers.authorization);
    const caller = shown === null ? 'Send a token: Authorization: Bearer …' : await identify(shown);
    if (typeof caller !== 'string') return caller;
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
    throw new RequestRefused('unauthorized', caller, { challenge: shown === null ? REALM : `${REALM}, error="invalid_token"` });
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
