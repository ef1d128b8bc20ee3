import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { createFaultDraw, type Mishap } from './fault-draw.ts';
import type { Faults } from './faults.ts';
import { createJiraLimits, type LimitedRequest } from './jira-limits.ts';
import type { AccessTokens } from './access-tokens.ts';
import { BAD_BODY, NOT_SIGNED_IN, SCOPE_DOES_NOT_MATCH, refusal, type Answer, type Call, type JiraRoute } from './jira-route.ts';
import type { HistoryEntry, RequestHistory } from './request-history.ts';
import { signedIn, type SandboxAccount } from './sandbox-accounts.ts';
import { scopesOf } from './scopes-of.ts';
import type { Random } from '../samples/seeded-random.ts';

/** Path of the simulated REST API; below its first part, unknown paths get Jira's not-found answer. */
const PREFIX = '/rest';
const VERSION = '/api/3';
const NO_SUCH_PATH: Answer = { status: 404, body: { code: 404, message: 'HTTP 404 Not Found' } };

/** The dependencies of the server besides the routes. `faults` is read anew for every request. */
export interface ServingJira {
  readonly faults: Faults;
  readonly history: RequestHistory;
  readonly random: Random;
  readonly tokens: Pick<AccessTokens, 'accountOf'>;
  /** Epoch ms. */
  now(): number;
}

/** Registers the routes on the server, each with sign-in, faults and history. */
export function serveJira(app: FastifyInstance, routes: readonly JiraRoute[], serving: ServingJira): void {
  const draw = createFaultDraw(serving.faults, serving.random, serving.now);
  const limits = createJiraLimits(serving.faults, serving.now);
  const running = new WeakMap<FastifyRequest, { entry: HistoryEntry; mishap: Mishap | null }>();

  app.register(
    async (jira) => {
      jira.removeAllContentTypeParsers();
      jira.addContentTypeParser('*', { parseAs: 'string' }, (_request, body, done) => {
        try {
          done(null, body === '' ? undefined : JSON.parse(String(body)));
        } catch {
          done(Object.assign(new Error('The body is no JSON'), { statusCode: 400 }));
        }
      });

      jira.addHook('onRequest', async (request, reply) => {
        const entry = serving.history.begin({
          at: new Date(serving.now()).toISOString(),
          method: request.method,
          path: pathOf(request),
          operation: operationOf(request),
          traceId: randomUUID().replaceAll('-', ''),
        });
        reply.header('atl-traceid', entry.traceId);
        reply.raw.on('close', () => {
          if (!reply.raw.writableFinished) entry.status = 'lost';
        });
        if (serving.faults.down) return cut(reply, entry, 'down');
        if (serving.faults.latencyMs > 0) await sleep(serving.faults.latencyMs, undefined, { ref: false });
        const mishap = limits.refuse(limitedRequest(request, entry)) ?? draw.draw(entry.operation);
        reply.headers(limits.announced(entry.operation));
        entry.fault = mishap === null ? null : mishap.fault === 'status' ? `status ${mishap.status}` : mishap.fault;
        running.set(request, { entry, mishap });
        if (mishap !== null && !mishap.afterCommit) return goWrong(reply, entry, mishap, null);
        return undefined;
      });

      const respond = (request: FastifyRequest, reply: FastifyReply, handle: (account: SandboxAccount | null) => Answer): FastifyReply => {
        const current = running.get(request);
        if (current === undefined) throw new Error('The simulated Jira answered a request that never began');
        const { entry, mishap } = current;
        const account = serving.faults.anonymous
          ? null
          : serving.faults.unauthorized
            ? 'wrong'
            : (serving.tokens.accountOf(request.headers.authorization) ??
              signedIn(request.headers.authorization, serving.faults.revokedTokens));
        entry.account = account === null || account === 'wrong' ? null : account.email;
        if (entry.operation === 'POST /issue') entry.asked = request.body;
        const answer =
          account === 'wrong' ? NOT_SIGNED_IN : lacksScope(entry.operation, serving.faults) ? SCOPE_DOES_NOT_MATCH : handle(account);
        entry.issueKey = answer.issueKey ?? null;
        entry.done = answer.status < 300;
        limits.charge(limitedRequest(request, entry), answer.body);
        return mishap === null ? send(reply, entry, answer) : goWrong(reply, entry, mishap, answer);
      };

      for (const route of routes) {
        jira.route({
          method: route.method,
          url: `${VERSION}${route.path}`,
          handler: (request, reply) =>
            respond(request, reply, (account) => (account === null ? route.anonymously() : route.handle(callOf(request, account)))),
        });
      }
      jira.setNotFoundHandler((request, reply) => respond(request, reply, () => NO_SUCH_PATH));
      jira.setErrorHandler((error, request, reply) => respond(request, reply, () => answerTo(error)));
    },
    { prefix: PREFIX },
  );
}

function lacksScope(operation: string, { missingScopes }: Faults): boolean {
  return scopesOf(operation).some((scope) => missingScopes.includes(scope));
}

function callOf(request: FastifyRequest, account: SandboxAccount): Call {
  return {
    account,
    params: paramsOf(request),
    query: new URLSearchParams(request.url.slice(pathOf(request).length)),
    body: request.body,
  };
}

function pathOf(request: FastifyRequest): string {
  return request.url.split('?', 1)[0] ?? '';
}

function limitedRequest(request: FastifyRequest, { operation }: HistoryEntry): LimitedRequest {
  const [issue = null] = operation.includes(' /issue/*') ? Object.values(paramsOf(request)) : [];
  return { operation, issue, hasQuota: request.headers.authorization?.startsWith('Bearer ') === true };
}

function paramsOf({ params }: FastifyRequest): Readonly<Record<string, string>> {
  const named = typeof params === 'object' && params !== null ? Object.entries(params) : [];
  return Object.fromEntries(named.map(([name, value]) => [name, String(value)]));
}

/** `POST /issue/*` for `POST /rest/api/3/issue/:idOrKey`; the path itself without a route. */
function operationOf(request: FastifyRequest): string {
  const path = request.routeOptions.url ?? pathOf(request);
  return `${request.method} ${path.replace(`${PREFIX}${VERSION}`, '').replaceAll(/:\w+/g, '*')}`;
}

function answerTo(error: unknown): Answer {
  const status = typeof error === 'object' && error !== null && 'statusCode' in error ? error.statusCode : 500;
  if (status === 413) return refusal(413, ['The request body is too large.']);
  // A body nested too deeply for the stack is a client error as well.
  if (status === 400 || error instanceof RangeError) return BAD_BODY;
  return refusal(500, ['Internal server error']);
}

function goWrong(reply: FastifyReply, entry: HistoryEntry, mishap: Mishap, answer: Answer | null): FastifyReply {
  switch (mishap.fault) {
    case 'reset-before':
    case 'lost-after-commit':
      return cut(reply, entry, mishap.fault);
    case 'hangs':
      entry.status = 'lost';
      return reply.hijack();
    case 'truncated201':
      return truncate(reply, entry, answer);
    case 'html200':
      return send(reply, entry, {
        status: 200,
        body: '<!doctype html><title>Log in</title><form></form>',
        contentType: 'text/html;charset=UTF-8',
      });
    case 'status':
      entry.status = mishap.status;
      return reply.code(mishap.status).headers(mishap.headers).send(mishap.body);
    default:
      return mishap.fault satisfies never;
  }
}

function send(reply: FastifyReply, entry: HistoryEntry, answer: Answer): FastifyReply {
  entry.status = answer.status;
  const { body } = answer;
  reply.code(answer.status).type(answer.contentType ?? 'application/json;charset=UTF-8');
  return reply.send(answer.contentType === undefined && body !== undefined ? JSON.stringify(body) : body);
}

function cut(reply: FastifyReply, entry: HistoryEntry, fault: string): FastifyReply {
  entry.status = 'lost';
  entry.fault = fault;
  reply.hijack();
  reply.raw.destroy();
  return reply;
}

/** Announces the length of the answer, sends half of it and cuts the connection. */
function truncate(reply: FastifyReply, entry: HistoryEntry, answer: Answer | null): FastifyReply {
  const whole = Buffer.from(JSON.stringify(answer?.body ?? {}));
  entry.status = 'lost';
  reply.hijack();
  reply.raw.writeHead(answer?.status ?? 201, { 'content-type': 'application/json;charset=UTF-8', 'content-length': whole.length });
  reply.raw.write(whole.subarray(0, Math.floor(whole.length / 2)), () => reply.raw.destroy());
  return reply;
}
