import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { onTestFinished } from 'vitest';
import type { Answer } from '../../../src/jira/http/answer.ts';
import type { Fetch } from '../../../src/network/fetch.ts';
import type { Clock } from '../../../src/pipeline/ports/clock.ts';
import type { JiraCalls } from '../../../src/jira/rate/jira-calls.ts';
import { createRateGovernor } from '../../../src/jira/rate/rate-governor.ts';
import { createSignIn, type JiraCredentials, type SignIn } from '../../../src/jira/http/sign-in.ts';
import { createTransport } from '../../../src/jira/http/transport.ts';
import { directFetch } from '../servers/direct-network.ts';

/** A request as it came over the wire. */
export interface SeenRequest {
  readonly method: string;
  /** Path and query. */
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  /** Parsed JSON; null without a body. */
  readonly body: unknown;
}

/** What to answer, or what to do with the connection instead. */
export type Reply =
  | { readonly status: number; readonly json?: unknown; readonly text?: string; readonly headers?: Readonly<Record<string, string>> }
  | ((response: ServerResponse) => void);

export interface ScriptedJira {
  readonly url: string;
  /** In order of arrival. */
  readonly requests: SeenRequest[];
  /** `METHOD /path` of each. */
  lines(): string[];
}

/** A server with scripted answers; without one it answers 500. Ends with the test. */
export async function scriptJira(script: (request: SeenRequest, index: number) => Reply | undefined): Promise<ScriptedJira> {
  const requests: SeenRequest[] = [];
  const server = createServer((request, response) => {
    void readAll(request).then((body) => {
      const seen: SeenRequest = {
        method: request.method ?? '',
        url: request.url ?? '',
        headers: request.headers,
        body: body === '' ? null : JSON.parse(body),
      };
      send(response, script(seen, requests.push(seen) - 1) ?? { status: 500, text: 'the script says nothing' });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { url: `http://127.0.0.1:${port}`, requests, lines: () => requests.map(({ method, url }) => `${method} ${url.split('?')[0]}`) };
}

async function readAll(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}

function send(response: ServerResponse, reply: Reply): void {
  if (typeof reply === 'function') return reply(response);
  const { status, json, text, headers } = reply;
  const body = json === undefined ? (text ?? '') : JSON.stringify(json);
  response.writeHead(status, { 'content-type': json === undefined ? 'text/html' : 'application/json', ...headers }).end(body);
}

export const BASIC: JiraCredentials = { kind: 'basic', email: 'robot@example.com', apiToken: 'the-api-token' };

/** Signs in with these credentials. */
export function signInBy(credentials: JiraCredentials, clock: Clock = systemClock, timeoutMs = 5_000): SignIn {
  return createSignIn({ credentials, fetch: directFetch, timeoutMs, clock, random: () => 0.5 });
}

export const systemClock = { now: () => Date.now(), monotonic: () => performance.now() };

/** The real transport and a governor that lets everything through. `answers`: every answer that came. */
export function callsTo(
  url: string,
  timeoutMs = 5_000,
  clock: Clock = systemClock,
  fetch: Fetch = directFetch,
): JiraCalls & { readonly answers: Answer[] } {
  const answers: Answer[] = [];
  const governor = createRateGovernor({
    requestsPerSecond: 10_000,
    maxInFlight: 100,
    lease: null,
    clock,
    random: () => 0.5,
    onDenied: () => undefined,
    onWaited: () => undefined,
  });
  const hold = (): Promise<number> => Promise.resolve(0);
  const ask = createTransport({
    baseUrl: url,
    signIn: signInBy(BASIC),
    fetch,
    onNotSignedIn: () => undefined,
    timeoutMs,
    blockedForMs: hold,
    heldBack: () => null,
    onAnswer: (answer) => void answers.push(answer),
    clock,
  });
  return { ask, governor, clock, answers };
}
