import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../support/admin/admin-server.ts';

let open: AdminFixture;
let closed: AdminFixture;
beforeAll(async () => {
  [open, closed] = await Promise.all([startAdmin([], { tokens: [] }), startAdmin([])]);
});
afterAll(async () => {
  await Promise.all([open.close(), closed.close()]);
});

const PATHS = ['/livez', '/readyz', '/metrics', '/openapi.json', '/api/v1/status', '/api/v1/mappings'];

describe('without tokens', () => {
  test.each(['localhost', 'localhost:8080', 'LOCALHOST:1', '127.0.0.1', '127.0.0.1:8080', '[::1]', '[::1]:8080'])(
    'the host %s is accepted',
    async (host) => {
      for (const url of PATHS) expect((await open.app.inject({ url, headers: { host } })).statusCode).toBe(200);
    },
  );

  test.each([
    'evil.example',
    'evil.example:8080',
    'localhost.evil.example',
    '127.0.0.1.evil.example',
    '192.0.2.1',
    '0.0.0.0',
    'localhost:8080:1',
    'localhost@evil.example',
    '[::2]',
  ])('the host %s is refused everywhere', async (host) => {
    for (const url of [...PATHS, '/nothing-here']) {
      const answer = await open.app.inject({ url, headers: { host } });
      expect(answer.statusCode).toBe(403);
      expect(answer.json()).toMatchObject({ code: 'host-not-allowed' });
    }
  });

  test.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('the address %s is this machine', async (remoteAddress) => {
    expect((await open.app.inject({ url: '/api/v1/status', remoteAddress })).statusCode).toBe(200);
  });

  test.each(['192.0.2.1', '10.0.0.1', '::ffff:192.0.2.1', 'fe80::1', '2001:db8::1', '128.0.0.1'])(
    'the address %s is refused',
    async (remoteAddress) => {
      for (const url of PATHS)
        expect((await open.app.inject({ url, remoteAddress })).json()).toMatchObject({ code: 'forbidden', status: 403 });
    },
  );

  test('a header that claims another address changes nothing', async () => {
    const headers = { 'x-forwarded-for': '127.0.0.1', 'x-forwarded-host': 'localhost', forwarded: 'for=127.0.0.1' };
    expect((await open.app.inject({ url: '/api/v1/status', remoteAddress: '192.0.2.1', headers })).statusCode).toBe(403);
    expect((await open.app.inject({ url: '/api/v1/status', headers: { ...headers, host: 'evil.example' } })).statusCode).toBe(403);
  });
});

describe('without tokens, through a proxy on this machine', () => {
  const PROBES = ['/livez', '/readyz', '/metrics'];
  const OTHERS = ['/', '/docs', '/openapi.json', '/api/v1/status', '/api/v1/mappings', '/nothing-here'];

  test.each([
    ['forwarded', 'for=192.0.2.1'],
    ['via', '1.1 proxy'],
    ['x-forwarded-for', '192.0.2.1'],
    ['x-forwarded-for', '127.0.0.1'],
    ['x-forwarded-proto', 'https'],
    ['x-forwarded-host', 'localhost'],
    ['x-forwarded-anything-else', ''],
    ['X-Real-IP', '192.0.2.1'],
  ])('the header %s: %s is refused with what to do; probes are answered', async (name, value) => {
    for (const url of OTHERS) {
      const answer = await open.app.inject({ url, headers: { [name]: value } });
      expect(answer.json()).toMatchObject({
        status: 403,
        code: 'login-needed-behind-proxy',
        detail: expect.stringMatching(new RegExp(`header ${name}\\).*ADMIN_TOKENS or OIDC_ISSUER`, 'i')),
      });
    }
    for (const url of PROBES) expect((await open.app.inject({ url, headers: { [name]: value } })).statusCode).toBe(200);
    const write = await open.app.inject({ url: '/api/v1/pauses/all', method: 'PUT', headers: { [name]: value }, payload: { reason: 'x' } });
    expect(write.json()).toMatchObject({ code: 'login-needed-behind-proxy' });
  });

  test('with tokens a proxy is welcome', async () => {
    const headers = { ...bearer(TOKENS.viewer), 'x-forwarded-for': '192.0.2.1', via: '1.1 proxy', 'sec-fetch-site': 'cross-site' };
    expect((await closed.app.inject({ url: '/api/v1/status', headers })).statusCode).toBe(200);
  });
});

describe('without tokens, by a browser', () => {
  const OPENING = { 'sec-fetch-mode': 'navigate', 'sec-fetch-dest': 'document' };
  type Method = 'GET' | 'POST';

  test.each<[site: string, url: string, Method, Record<string, string>, number]>([
    ['same-origin', '/api/v1/status', 'GET', {}, 200],
    ['none', '/api/v1/status', 'GET', OPENING, 200],
    ['cross-site', '/docs', 'GET', OPENING, 200],
    ['same-site', '/docs/', 'GET', OPENING, 200],
    ['cross-site', '/', 'GET', OPENING, 404],
    ['same-site', '/?state=open', 'GET', OPENING, 404],
    ['cross-site', '/api/v1/status', 'GET', {}, 403],
    ['same-site', '/api/v1/status', 'GET', {}, 403],
    ['cross-site', '/api/v1/status', 'GET', OPENING, 403],
    ['cross-site', '/metrics', 'GET', { 'sec-fetch-mode': 'no-cors', 'sec-fetch-dest': 'image' }, 403],
    ['cross-site', '/docs', 'GET', { ...OPENING, 'sec-fetch-dest': 'iframe' }, 403],
    ['cross-site', '/docs', 'GET', { ...OPENING, 'sec-fetch-mode': 'cors' }, 403],
    ['cross-site', '/docs/static/index.html', 'GET', OPENING, 403],
    ['cross-site', '/docs/../api/v1/status', 'GET', OPENING, 403],
    ['cross-site', '/api/v1/sweeps', 'POST', OPENING, 403],
    ['none, cross-site', '/api/v1/status', 'GET', {}, 403],
    ['', '/api/v1/status', 'GET', {}, 403],
  ])('Sec-Fetch-Site %j to %s (%s %j): %d', async (site, url, method, headers, status) => {
    const answer = await open.app.inject({ url, method, headers: { 'sec-fetch-site': site, ...headers } });
    expect(answer.statusCode).toBe(status);
    expect(answer.body.includes('"code":"cross-site-request"')).toBe(status === 403);
  });
});

describe('with tokens', () => {
  test('any host and address may call, since a load balancer stands in front', async () => {
    const headers = { ...bearer(TOKENS.viewer), host: 'findings.example' };
    expect((await closed.app.inject({ url: '/api/v1/status', headers, remoteAddress: '192.0.2.1' })).statusCode).toBe(200);
  });
});

describe('a page of', () => {
  test.each([
    ['findings.example', 'https://findings.example', 200],
    ['findings.example:443', 'https://findings.example', 200],
    ['findings.example:8080', 'http://findings.example:8080', 200],
    ['findings.example', 'https://evil.example', 403],
    ['findings.example', 'https://findings.example.evil.example', 403],
    ['findings.example:8080', 'http://findings.example:8081', 403],
    ['findings.example', 'null', 403],
    ['findings.example', 'file://findings.example', 403],
    ['findings.example', 'not a url', 403],
    ['findings.example', '', 403],
  ])('host %s, origin %j: %d', async (host, origin, status) => {
    const answer = await closed.app.inject({ url: '/api/v1/status', headers: { ...bearer(TOKENS.viewer), host, origin } });
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['access-control-allow-origin']).toBeUndefined();
  });

  test('another origin is refused without tokens, too', async () => {
    const ask = (origin: string) => open.app.inject({ url: '/api/v1/mappings', headers: { host: 'localhost:8080', origin } });
    expect((await ask('http://localhost:8080')).statusCode).toBe(200);
    expect((await ask('http://localhost:3000')).json()).toMatchObject({ code: 'host-not-allowed' });
  });
});

describe('the answer', () => {
  test.each(['/livez', '/api/v1/status', '/nothing-here'])('of %s is not to be framed, sniffed, run or kept', async (url) => {
    const { headers } = await open.app.inject({ url });
    expect(headers).toMatchObject({
      'content-security-policy': "default-src 'none';frame-ancestors 'none'",
      'x-content-type-options': 'nosniff',
      'cache-control': 'no-store',
    });
  });
});
