import { createServer, request, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { connect, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { onTestFinished } from 'vitest';
import type { Certified } from './private-ca.ts';

/** What the proxy does when it is asked for a tunnel: opens it, or fails in this way. */
export type ProxyFault = 'none' | '407' | '502' | 'resets' | 'closes' | 'hangs' | 'nonsense';

/** A forward proxy as companies have it: tunnels for https, whole URLs for http, and names that it alone can resolve. */
export interface ForwardProxy {
  /** With credentials in it. */
  readonly url: string;
  readonly password: string;
  /** `CONNECT host:port`, or `METHOD http://host/path`, in order. */
  readonly seen: readonly string[];
  /** Cuts all tunnels, and fails so from now on. */
  fail(fault: ProxyFault): void;
}

const USER = 'proxy-user';
const PASSWORD = 'p@ss:word/1';

/**
 * Starts one that ends with the test. It refuses requests without its credentials.
 * @param hosts ports on this machine by host name
 */
export async function startForwardProxy(hosts: Readonly<Record<string, number>>): Promise<ForwardProxy> {
  const seen: string[] = [];
  const expected = `Basic ${Buffer.from(`${USER}:${PASSWORD}`).toString('base64')}`;
  const [clients, tunnels] = [new Set<Duplex>(), new Set<Duplex>()];
  let fault: ProxyFault = 'none';

  function refusal(message: IncomingMessage, host: string): string | null {
    if (message.headers['proxy-authorization'] !== expected) return '407 Proxy Authentication Required';
    return hosts[host] === undefined ? '502 Bad Gateway' : null;
  }

  function fails(socket: Duplex): boolean {
    if (fault === 'resets') {
      if ('resetAndDestroy' in socket && typeof socket.resetAndDestroy === 'function') socket.resetAndDestroy();
    } else if (fault === 'closes') socket.end();
    else if (fault === 'nonsense') socket.end('NONSENSE\r\n\r\n');
    return ['resets', 'closes', 'nonsense', 'hangs'].includes(fault);
  }

  function forward(incoming: IncomingMessage, outgoing: ServerResponse): void {
    seen.push(`${incoming.method} ${incoming.url}`);
    const url = URL.parse(incoming.url ?? '');
    const refused = refusal(incoming, url?.hostname ?? '');
    if (url === null || refused !== null) return void outgoing.writeHead(Number((refused ?? '400').slice(0, 3))).end();
    const headers = { ...incoming.headers };
    delete headers['proxy-authorization'];
    const target = request({
      host: '127.0.0.1',
      port: hosts[url.hostname],
      method: incoming.method,
      path: url.pathname + url.search,
      headers,
    });
    target.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    target.on('error', () => outgoing.destroy());
    outgoing.on('close', () => target.destroy());
    incoming.pipe(target);
  }

  const server = createServer(forward);
  server.on('connect', (message, client: Duplex) => {
    seen.push(`CONNECT ${message.url}`);
    client.on('error', () => undefined);
    if (fails(client)) return;
    const host = (message.url ?? '').split(':')[0] ?? '';
    const refused = fault === '407' ? '407 Proxy Authentication Required' : fault === '502' ? '502 Bad Gateway' : refusal(message, host);
    if (refused !== null) return void client.end(`HTTP/1.1 ${refused}\r\n\r\n`);
    const target = connect(hosts[host] ?? 0, '127.0.0.1', () => {
      client.write('HTTP/1.1 200 Connection Established\r\n\r\n');
      client.pipe(target).pipe(client);
    });
    tunnels.add(target);
    for (const [one, other] of [
      [client, target],
      [target, client],
    ] as const)
      one.on('error', () => other.destroy()).on('close', () => other.destroy());
  });
  server.on('connection', (socket: Socket) => void clients.add(socket));
  const port = await listen(server);
  onTestFinished(() => {
    for (const socket of [...clients, ...tunnels]) socket.destroy();
    server.close();
  });
  return {
    url: `http://${USER}:${encodeURIComponent(PASSWORD)}@127.0.0.1:${port}`,
    password: PASSWORD,
    seen,
    fail(next) {
      fault = next;
      for (const socket of tunnels) socket.destroy();
      tunnels.clear();
    },
  };
}

/** TLS before a server of plain http on this machine; ends with the test. @returns its port */
export async function startTlsFront(certified: Certified, targetPort: number): Promise<number> {
  const server = createTlsServer({ ...certified }, (incoming, outgoing) => {
    const { method, url, headers } = incoming;
    const target = request({ host: '127.0.0.1', port: targetPort, method, path: url, headers });
    target.on('response', (answer) => {
      outgoing.writeHead(answer.statusCode ?? 502, answer.headers);
      answer.pipe(outgoing);
    });
    target.on('error', () => outgoing.destroy());
    incoming.pipe(target);
  });
  server.on('tlsClientError', () => undefined);
  const port = await listen(server);
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return port;
}

async function listen(server: Server): Promise<number> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address: AddressInfo | string | null = server.address();
  if (address === null || typeof address === 'string') throw new Error('No free port');
  return address.port;
}
