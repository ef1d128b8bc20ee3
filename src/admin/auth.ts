import rateLimit from '@fastify/rate-limit';
import type { FastifyRequest } from 'fastify';
import { mayAct, type Caller, type Role } from './access.ts';
import type { AdminApp } from './admin-app.ts';
import { RequestRefused } from './problem.ts';
import { createTokenCheck, type AdminToken } from './token-check.ts';

/** Failed logins of one address in a minute before they are answered with 429. A valid token is always let through. */
const MAX_FAILED_LOGINS = 20;
const MINUTE_MS = 60_000;

/** Who asks where no token is needed: somebody on this very machine. */
const LOCAL: Caller = { name: 'local', role: 'admin' };

const REALM = 'Bearer realm="findings-to-jira"';

/** Lets a request through when its token has the route's role. Without any token configured, whoever passed the host guard may do everything. */
export async function addAuth(app: AdminApp, tokens: readonly AdminToken[]): Promise<void> {
  app.addHook('onRoute', ({ config, url }) => {
    if (config?.access === undefined) throw new Error(`The route ${url} does not say who may call it`);
  });
  app.decorateRequest('caller', null);
  if (tokens.length === 0) {
    app.addHook('onRequest', async (request) => void (request.caller = LOCAL));
    return;
  }
  await app.register(rateLimit, { global: false });
  const noteFailure = app.createRateLimit({ max: MAX_FAILED_LOGINS, timeWindow: MINUTE_MS });
  const callerOf = createTokenCheck(tokens);

  async function login(request: FastifyRequest): Promise<Caller> {
    const shown = bearerToken(request.headers.authorization);
    const caller = shown === null ? null : callerOf(shown);
    if (caller !== null) return caller;
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
    if (shown === null) throw new RequestRefused('unauthorized', 'Send a token: Authorization: Bearer …', { challenge: REALM });
    throw new RequestRefused('unauthorized', 'The token is not one of ADMIN_TOKENS', { challenge: `${REALM}, error="invalid_token"` });
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
  request.log.info({ name, role, needed }, 'Refused a request whose role is not enough');
  throw new RequestRefused('forbidden', `This needs the role ${needed}; the token has the role ${role}`, {
    challenge: `${REALM}, error="insufficient_scope"`,
  });
}

/** @returns null when the header is not of the form `Bearer token` */
function bearerToken(header: string | undefined): string | null {
  return /^Bearer +([\x21-\x7e]+) *$/i.exec(header ?? '')?.[1] ?? null;
}
