import type { Agent as HttpAgent, ClientRequest, IncomingMessage } from 'node:http';
import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { pipeline, Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';

/** A request. Without a limit of its own: `signal` must have one. */
export interface FetchInit {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>> | Headers;
  readonly body?: string;
  readonly signal: AbortSignal;
}

/**
 * One exchange as the global `fetch` does it, but over connections that were made for it. Never follows a redirect.
 * @throws Unsent, or another error of the network, which leaves open whether the request was read
 */
export type Fetch = (url: string, init: FetchInit) => Promise<Response>;

/** Nothing of the request went out: the name, the proxy, the connection or the certificate failed before. `cause` says which. */
export class Unsent extends Error {
  constructor(cause: unknown) {
    super('The request was not sent', { cause });
  }
}

/** Statuses whose answer has no body. Source: https://fetch.spec.whatwg.org/#null-body-status */
const NO_BODY: ReadonlySet<number> = new Set([204, 205, 304]);

export function createFetch({ httpAgent, httpsAgent }: { readonly httpAgent: HttpAgent; readonly httpsAgent: HttpAgent }): Fetch {
  return (url, { method = 'GET', headers = {}, body, signal }) =>
    new Promise((resolve, reject) => {
      signal.throwIfAborted();
      const isTls = url.startsWith('https:');
      const options = { method, headers: { ...Object.fromEntries(new Headers(headers)), 'accept-encoding': 'gzip' } };
      const request = isTls ? requestHttps(url, { ...options, agent: httpsAgent }) : requestHttp(url, { ...options, agent: httpAgent });
      const isConnected = watchConnection(request, isTls);
      let answer: IncomingMessage | null = null;
      const abort = (): void => {
        const reason: unknown = signal.reason;
        const error = reason instanceof Error ? reason : new Error('Aborted');
        answer?.destroy(error);
        request.destroy(error);
        // A request that waits for the tunnel of a proxy has no socket yet, and would not report its end.
        fail(error);
      };
      const fail = (error: Error): void => reject(isConnected() ? error : new Unsent(error));
      signal.addEventListener('abort', abort, { once: true });
      request.on('close', () => signal.removeEventListener('abort', abort));
      request.on('error', fail);
      request.on('response', (response) => {
        answer = response;
        try {
          resolve(toResponse(response));
        } catch (error) {
          request.destroy();
          reject(error instanceof Error ? error : new Error('The answer is not one of HTTP'));
        }
      });
      request.end(body);
    });
}

/** Whether the connection was ever ready for the request. Node.js holds the request back until the certificate has been accepted. */
function watchConnection(request: ClientRequest, isTls: boolean): () => boolean {
  let isConnected = false;
  const connected = (): void => void (isConnected = true);
  request.on('socket', (socket) => {
    const isReady = !socket.connecting && !('secureConnecting' in socket && socket.secureConnecting === true);
    if (isReady && !socket.destroyed) connected();
    else socket.once(isTls ? 'secureConnect' : 'connect', connected);
  });
  return () => isConnected;
}

function toResponse(response: IncomingMessage): Response {
  const status = response.statusCode ?? 0;
  const headers = new Headers();
  for (const [name, values = []] of Object.entries(response.headersDistinct)) for (const value of values) headers.append(name, value);
  if (NO_BODY.has(status)) response.resume();
  return new Response(NO_BODY.has(status) ? null : Readable.toWeb(unpacked(response)), { status, headers });
}

function unpacked(response: IncomingMessage): Readable {
  return response.headers['content-encoding'] === 'gzip' ? pipeline(response, createGunzip(), () => undefined) : response;
}
