import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply } from 'fastify';
import { isJsonObject, type JsonObject } from '../../findings/json.ts';
import type { Faults } from './faults.ts';
import { SERVICE_ACCOUNT, type SandboxAccount } from './sandbox-accounts.ts';

/** The OAuth client of the service's account. The secret works in this simulator only. */
export const OAUTH_CLIENT = { clientId: 'sandbox-client-id', clientSecret: 'sandbox-client-secret' };

export const TOKEN_PATH = '/oauth/token';

/** The access tokens that the simulated site has given out. */
export interface AccessTokens {
  /** The account of a header with such a token; `wrong`: it has expired; null: the header holds no such token. */
  accountOf(authorization: string | undefined): SandboxAccount | 'wrong' | null;
  /** Requests for a token so far. */
  requests(): number;
  clear(): void;
}

const PREFIX = 'sandbox-access-token-';

/**
 * Serves `POST /oauth/token` as auth.atlassian.com does for client credentials. A token lives for `accessTokenMs`, whatever the answer says.
 * Source: https://support.atlassian.com/user-management/docs/create-oauth-2-0-credential-for-service-accounts/
 * @param now epoch ms
 */
export function serveAccessTokens(app: FastifyInstance, faults: Faults, now: () => number): AccessTokens {
  const expiresAt = new Map<string, number>();
  let requests = 0;

  app.post(TOKEN_PATH, async (request, reply) => {
    requests += 1;
    if (faults.tokenLatencyMs > 0) await sleep(faults.tokenLatencyMs, undefined, { ref: false });
    const fault = faults.tokenFaults.shift() ?? faults.tokenEndpoint;
    if (fault === 'hangs') return reply.hijack();
    if (fault === 'cut') {
      reply.hijack().raw.destroy();
      return reply;
    }
    if (fault === 'fails') return reply.code(503).type('text/html').send('<h1>Service Unavailable</h1>');
    if (fault === 'page') return reply.code(200).type('text/html').send('<!doctype html><title>Log in</title>');
    if (fault === 'refuses' || !isClient(request.body)) return refuse(reply);
    const token = `${PREFIX}${requests}`;
    expiresAt.set(token, now() + faults.accessTokenMs);
    return reply.send({
      access_token: token,
      token_type: 'Bearer',
      scope: 'read:jira-work write:jira-work read:jira-user',
      ...lifetime(fault),
    });
  });

  return {
    accountOf(authorization) {
      const [, token = ''] = /^bearer (.+)$/i.exec(authorization ?? '') ?? [];
      if (!token.startsWith(PREFIX)) return null;
      return now() < (expiresAt.get(token) ?? -Infinity) ? SERVICE_ACCOUNT : 'wrong';
    },
    requests: () => requests,
    clear() {
      expiresAt.clear();
      requests = 0;
    },
  };
}

function isClient(body: unknown): boolean {
  if (!isJsonObject(body)) return false;
  const { grant_type: grant, client_id: id, client_secret: secret } = body;
  return grant === 'client_credentials' && id === OAUTH_CLIENT.clientId && secret === OAUTH_CLIENT.clientSecret;
}

function refuse(reply: FastifyReply): FastifyReply {
  return reply.code(401).send({ error: 'access_denied', error_description: 'Unauthorized' });
}

function lifetime(fault: Faults['tokenEndpoint']): JsonObject {
  switch (fault) {
    case 'no-lifetime':
      return {};
    case 'zero-lifetime':
      return { expires_in: 0 };
    case 'huge-lifetime':
      return { expires_in: 1e15 };
    default:
      return { expires_in: 3_600 };
  }
}
