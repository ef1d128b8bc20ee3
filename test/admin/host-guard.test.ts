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
