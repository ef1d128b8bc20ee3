import { once } from 'node:events';
import type { RequestListener, Server } from 'node:http';
import { expect, onTestFinished, test } from 'vitest';
import { CONNECTION_LIMITS, createConnections, type ConnectionLimits, type Connections } from '../../src/admin/connections.ts';
import { startAdmin } from '../support/admin/admin-server.ts';
import { openRaw } from '../support/servers/raw-connection.ts';
import { until } from '../support/until.ts';

/** More than the buffers of both ends hold. */
const BIG = 'x'.repeat(32 * 1024 * 1024);

/** Answers at once, much, or never. */
const answer: RequestListener = (request, response) => {
  if (request.url === '/big') response.end(BIG);
  else if (request.url === '/body') request.resume().on('end', () => response.end('read'));
  else if (request.url !== '/never') response.end('fine');
};

interface Fixture {
  readonly connections: Connections;
  readonly server: Server;
  readonly url: string;
  /** How often it was said that there are too many. */
  full(): number;
}

async function serve(limits: Partial<ConnectionLimits> = {}): Promise<Fixture> {
  let full = 0;
  const connections = createConnections({ ...CONNECTION_LIMITS, checkEveryMs: 20, ...limits }, () => (full += 1));
  const server = connections.createServer(answer);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  const port = typeof address === 'object' ? address?.port : 0;
  return { connections, server, url: `http://127.0.0.1:${port}`, full: () => full };
}

const get = (path: string): string => `GET ${path} HTTP/1.1\r\nHost: x\r\n\r\n`;

test('one connection too many is closed at once, which is reported once; when others end, new ones are served', async () => {
  const { url, full } = await serve({ max: 3 });
  const kept = await Promise.all([openRaw(url), openRaw(url), openRaw(url)]);
  for (const extra of [await openRaw(url), await openRaw(url)]) await until(extra.isClosed, 'the extra one is closed');
  expect(full()).toBe(1);
  expect(kept.map((one) => one.isClosed())).toEqual([false, false, false]);
  kept[0]?.socket.destroy();
  await until(async () => (await fetch(url).catch(() => null))?.ok === true, 'a new one is served');
});

test.each<[string, Partial<ConnectionLimits>, string]>([
  ['that never sends a byte', { headerMs: 50 }, ''],
  ['with a header that never ends', { headerMs: 50 }, 'GET / HTTP/1.1\r\nX-Half:'],
  ['with a body that never ends', { headerMs: 50, requestMs: 60 }, 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf'],
  ['whose answer is not read', { silentMs: 50 }, get('/big')],
  ['without a further request', { idleMs: 50 }, get('/')],
])('a connection %s is closed by the server', async (_what, limits, text) => {
  const { url, server } = await serve(limits);
  const raw = await openRaw(url);
  raw.socket.pause();
  raw.send(text);
  const count = (): Promise<number> => new Promise((resolve) => server.getConnections((_error, n) => resolve(n)));
  await until(async () => (await count()) === 0, 'no connection is left');
});

test('at the end idle connections close at once, answers that run are finished first', async () => {
  const { connections, server, url } = await serve();
  const idle = await openRaw(url);
  const used = await openRaw(url, get('/'));
  await used.receives('fine');
  const sending = await openRaw(url, 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf');
  await (await openRaw(url, get('/'))).receives('fine');
  const closed = once(server.close(), 'close');
  connections.end();
  await until(() => idle.isClosed() && used.isClosed(), 'the idle ones are closed');
  expect(sending.isClosed()).toBe(false);
  sending.send('whole');
  await sending.receives('read');
  await closed;
});

test.each<[string, Partial<ConnectionLimits>, string]>([
  ['a request that does not come to its end', { lastRequestMs: 50 }, 'POST /body HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\nhalf'],
  ['an answer that does not come to its end', { lastAnswerMs: 50 }, get('/never')],
  ['an answer that is not read', { lastAnswerMs: 50 }, get('/big')],
])('at the end nothing waits for %s', async (_what, limits, text) => {
  const { connections, server, url } = await serve(limits);
  const raw = await openRaw(url);
  raw.socket.pause();
  const asked = once(server, 'request');
  raw.send(text);
  await asked;
  const closed = once(server.close(), 'close');
  connections.end();
  await closed;
});

test('the admin API has the limits', async () => {
  const { app, close } = await startAdmin([]);
  onTestFinished(close);
  const { maxConnections, headersTimeout, requestTimeout, timeout, keepAliveTimeout } = app.server;
  expect({ maxConnections, headersTimeout, requestTimeout, timeout, keepAliveTimeout }).toEqual({
    maxConnections: 500,
    headersTimeout: 10_000,
    requestTimeout: 30_000,
    timeout: 60_000,
    keepAliveTimeout: 72_000,
  });
});
