import { createServer, type RequestListener } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { gzipSync } from 'node:zlib';
import { expect, onTestFinished, test } from 'vitest';
import { createVerdict } from '../../src/jira/http/outcome-table.ts';
import { certificateIn } from '../../src/network/certificate-problem.ts';
import { createNetwork } from '../../src/network/create-network.ts';
import { Unsent } from '../../src/network/fetch.ts';
import { callsTo, systemClock } from '../support/jira/scripted-jira.ts';
import { DIRECT, directFetch } from '../support/servers/direct-network.ts';
import { startForwardProxy, type ForwardProxy, type ProxyFault } from '../support/servers/forward-proxy.ts';
import { createPrivateCa } from '../support/servers/private-ca.ts';
import { createIssue } from '../../src/jira/http/jira-js.ts';
import type { Answer } from '../../src/jira/http/answer.ts';
import type { Fetch } from '../../src/network/fetch.ts';

const within = (ms = 5_000): AbortSignal => AbortSignal.timeout(ms);

async function serve(listener: RequestListener): Promise<number> {
  const server = createServer(listener);
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address: AddressInfo | string | null = server.address();
  return typeof address === 'object' && address !== null ? address.port : 0;
}

/** A create through the real transport. */
function create(baseUrl: string, fetch: Fetch, timeoutMs = 5_000): Promise<Answer> {
  const fields = { summary: 'x', project: { key: 'SEC' }, issuetype: { name: 'Task' } };
  return callsTo(baseUrl, timeoutMs, systemClock, fetch).ask((client) => createIssue(client, { fields }));
}

/** A network behind a proxy that leads to a server which counts what it gets. */
async function behindProxy(noProxy = ''): Promise<{ fetch: Fetch; proxy: ForwardProxy; served: string[] }> {
  const served: string[] = [];
  const port = await serve((request, response) => {
    served.push(`${request.method} ${request.url}`);
    response.writeHead(201, { 'content-type': 'application/json' }).end('{"id":"1","key":"SEC-1"}');
  });
  const proxy = await startForwardProxy({ 'plain.inside.test': port, 'jira.inside.test': port });
  const { fetch } = createNetwork({ httpsProxy: proxy.url, httpProxy: proxy.url, noProxy });
  return { fetch, proxy, served };
}

test('plain http goes to the proxy as a whole URL, with its credentials, which the server never sees', async () => {
  const { fetch, proxy, served } = await behindProxy();
  expect(await create('http://plain.inside.test', fetch)).toMatchObject({ kind: 'http', status: 201 });
  expect([proxy.seen, served]).toEqual([['POST http://plain.inside.test/rest/api/3/issue'], ['POST /rest/api/3/issue']]);
});

test('what NO_PROXY names is not asked of the proxy, and neither is this machine', async () => {
  const { fetch, proxy } = await behindProxy('.inside.test');
  expect(await create('http://plain.inside.test', fetch)).toMatchObject({ kind: 'network', isUnsent: true });
  expect(await create('https://jira.inside.test', fetch)).toMatchObject({ kind: 'network', isUnsent: true });
  const port = await serve((_request, response) => response.writeHead(201).end('{}'));
  expect(await create(`http://127.0.0.1:${port}`, fetch)).toMatchObject({ status: 201 });
  expect(proxy.seen).toEqual([]);
});

test.each<readonly [ProxyFault, string]>([
  ['407', 'ERR_PROXY_TUNNEL'],
  ['502', 'ERR_PROXY_TUNNEL'],
  ['closes', 'ERR_PROXY_TUNNEL'],
  ['nonsense', 'ERR_PROXY_TUNNEL'],
  ['resets', 'ECONNRESET'],
  ['hangs', 'TIMEOUT'],
])('a proxy that opens no tunnel (%s): the create was not sent', async (fault, code) => {
  const { fetch, proxy, served } = await behindProxy();
  proxy.fail(fault);
  const answer = await create('https://jira.inside.test', fetch, fault === 'hangs' ? 300 : 5_000);
  expect(answer).toEqual({ kind: 'network', code, isUnsent: true });
  expect(createVerdict(answer, 0).outcome).toBe('not-sent');
  expect([proxy.seen, served]).toEqual([['CONNECT jira.inside.test:443'], []]);
  expect(JSON.stringify([answer, createVerdict(answer, 0)])).not.toContain('p@ss');
});

test('a proxy that does not know the host answers plain http itself: that may have been the server, so a create is uncertain', async () => {
  const { fetch, served } = await behindProxy();
  const answer = await create('http://unknown.inside.test', fetch);
  expect(answer).toMatchObject({ kind: 'http', status: 502 });
  expect([createVerdict(answer, 0).outcome, served]).toEqual(['uncertain', []]);
});

test('a proxy that does not take the credentials, or does not listen: not sent', async () => {
  const { proxy, served } = await behindProxy();
  const wrong = createNetwork({ httpsProxy: null, httpProxy: proxy.url.replace(/\/\/.*@/, '//'), noProxy: '' });
  const unknown = await create('http://plain.inside.test', wrong.fetch);
  expect([unknown, createVerdict(unknown, 0)]).toMatchObject([
    { status: 407 },
    { outcome: 'not-sent', failure: { code: 'jira-unreachable' } },
  ]);
  const away = createNetwork({ httpsProxy: 'http://127.0.0.1:1', httpProxy: 'http://127.0.0.1:1', noProxy: '' });
  for (const url of ['http://plain.inside.test', 'https://jira.inside.test']) {
    const answer = await create(url, away.fetch);
    expect([answer, createVerdict(answer, 0).outcome]).toEqual([{ kind: 'network', code: 'ECONNREFUSED', isUnsent: true }, 'not-sent']);
  }
  expect(served).toEqual([]);
});

test.each<readonly [string, (host: string) => Parameters<typeof createTlsServer>[0], string, string]>([
  ['of an unknown authority', (host) => createPrivateCa().serverCertificate([host]), 'UNABLE_TO_VERIFY_LEAF_SIGNATURE', 'not trusted here'],
  ['that has expired', (host) => createPrivateCa().serverCertificate([host], -1), 'CERT_HAS_EXPIRED', 'has expired'],
])('a certificate %s: nothing of the request goes out, and the failure says what to do', async (_what, certified, code, words) => {
  const served: string[] = [];
  const server = createTlsServer(certified('localhost') ?? {}, (request) => void served.push(request.url ?? ''));
  server.on('tlsClientError', () => undefined);
  await new Promise<void>((resolve) => server.listen(0, 'localhost', resolve));
  onTestFinished(() => void server.close());
  const address = server.address();
  const answers = await Promise.all(
    Array.from({ length: 20 }, () => create(`https://localhost:${typeof address === 'object' ? address?.port : 0}`, directFetch)),
  );
  expect(new Set(answers.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([JSON.stringify({ kind: 'network', code, isUnsent: true })]),
  );
  const verdict = createVerdict({ kind: 'network', code }, 0);
  expect(verdict).toMatchObject({ outcome: 'not-sent', failure: { code: 'jira-unreachable', message: expect.stringContaining(words) } });
  expect(certificateIn(verdict.failure.message)).not.toBeNull();
  expect(served).toEqual([]);
});

test.each([
  ['CERT_HAS_EXPIRED', 'has expired', 'clock'],
  ['CERT_NOT_YET_VALID', 'not valid yet', 'clock'],
  ['DEPTH_ZERO_SELF_SIGNED_CERT', 'signed by itself', 'NODE_EXTRA_CA_CERTS'],
  ['SELF_SIGNED_CERT_IN_CHAIN', 'not trusted here', 'NODE_EXTRA_CA_CERTS'],
  ['UNABLE_TO_GET_ISSUER_CERT_LOCALLY', 'not trusted here', 'NODE_EXTRA_CA_CERTS'],
  ['ERR_TLS_CERT_ALTNAME_INVALID', 'another host name', 'host name'],
])('%s in a message is named', (code, message, advice) => {
  expect(createVerdict({ kind: 'network', code }, 0).outcome).toBe('not-sent');
  expect(certificateIn(`Jira was not reached (${code}); x`)).toEqual({
    message: expect.stringContaining(message),
    advice: expect.stringContaining(advice),
  });
  expect(certificateIn('Jira was not reached (ECONNREFUSED)')).toBeNull();
});

test('a packed answer is unpacked, and one that is cut is an error', async () => {
  const packed = gzipSync(JSON.stringify({ text: 'x'.repeat(10_000) }));
  const port = await serve((request, response) => {
    response.writeHead(200, { 'content-encoding': 'gzip' }).end(request.url === '/cut' ? packed.subarray(0, 30) : packed);
  });
  const whole = await directFetch(`http://127.0.0.1:${port}/`, { signal: within() });
  expect(await whole.json()).toEqual({ text: 'x'.repeat(10_000) });
  const cut = await directFetch(`http://127.0.0.1:${port}/cut`, { signal: within() });
  await expect(cut.text()).rejects.toBeInstanceOf(Error);
});

test('an idle connection is used again, one of a client of its own is not shared', async () => {
  const connections = new Set<number | undefined>();
  const port = await serve((request, response) => {
    connections.add(request.socket.remotePort);
    response.end('{}');
  });
  for (const _ of [1, 2, 3]) await (await directFetch(`http://127.0.0.1:${port}/`, { signal: within() })).text();
  expect(connections.size).toBe(1);
  expect(DIRECT.agents().httpAgent).not.toBe(DIRECT.agents().httpAgent);
});

test('a request that is aborted before it began is not sent', async () => {
  await expect(directFetch('http://127.0.0.1:1/', { signal: AbortSignal.abort() })).rejects.not.toBeInstanceOf(Unsent);
});
