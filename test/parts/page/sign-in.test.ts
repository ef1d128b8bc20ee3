import { describe, expect, onTestFinished, test } from 'vitest';
import { readPage } from '../../../src/parts/page/page.ts';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { AUDIENCE, startTokenIssuer, type TokenIssuer } from '../../support/admin/token-issuer.ts';
import { directFetch } from '../../support/servers/direct-network.ts';

const CLIENT = 'page';

/** An issuer that says this of itself besides its name and keys, and an admin server that goes by it. */
async function start(
  says: Readonly<Record<string, string>>,
  { clientId = CLIENT, audience = AUDIENCE, tokens }: { clientId?: string | null; audience?: string; tokens?: [] } = {},
): Promise<{ issuer: TokenIssuer; admin: AdminFixture }> {
  const issuer = await startTokenIssuer();
  onTestFinished(() => issuer.close());
  issuer.say({ issuer: issuer.issuer, jwks_uri: `${issuer.issuer}/keys`, ...says });
  const oidc = { issuer: issuer.issuer, audience, clientId, roleClaim: { name: 'roles', roles: new Map() }, fetch: directFetch };
  const { files } = await readPage();
  const admin = await startAdmin([], { oidc, files, ...(tokens === undefined ? {} : { tokens }) });
  onTestFinished(() => admin.close());
  return { issuer, admin };
}

const ENDPOINTS = {
  authorization_endpoint: 'https://login.example/authorize?tenant=1',
  token_endpoint: 'https://tokens.example:8443/token',
  end_session_endpoint: 'https://login.example/end',
};

const policyOf = async ({ app }: AdminFixture): Promise<string> => {
  const { headers } = await app.inject({ url: '/' });
  return /connect-src [^;]+/.exec(String(headers['content-security-policy']))?.[0] ?? '';
};

describe('what the page is told', () => {
  test('is where people sign in, from what the issuer says of itself', async () => {
    const { admin, issuer } = await start(ENDPOINTS);
    expect((await admin.app.inject({ url: '/sign-in.json' })).json()).toEqual({
      tokens: true,
      oidc: {
        issuer: issuer.issuer,
        clientId: CLIENT,
        authorizationEndpoint: ENDPOINTS.authorization_endpoint,
        tokenEndpoint: ENDPOINTS.token_endpoint,
        endSessionEndpoint: ENDPOINTS.end_session_endpoint,
        send: 'access_token',
      },
    });
    expect(issuer.requests).toEqual(['/.well-known/openid-configuration']);
  });

  test('is that the ID token counts where the client is the audience; and that there are no tokens, or no end of sessions', async () => {
    const { end_session_endpoint: _, ...endpoints } = ENDPOINTS;
    const { admin } = await start(endpoints, { audience: CLIENT, tokens: [] });
    const told = (await admin.app.inject({ url: '/sign-in.json' })).json();
    expect(told).toMatchObject({ tokens: false, oidc: { send: 'id_token', endSessionEndpoint: null } });
  });

  test('is nothing without a client, and the issuer is not asked', async () => {
    const { admin, issuer } = await start(ENDPOINTS, { clientId: null });
    expect((await admin.app.inject({ url: '/sign-in.json' })).json()).toEqual({ tokens: true, oidc: null });
    expect(await policyOf(admin)).toBe("connect-src 'self'");
    expect(issuer.requests).toEqual([]);
  });
});

describe('the content security policy', () => {
  test('lets the page ask the place where codes become tokens, and no other', async () => {
    const { admin } = await start(ENDPOINTS);
    const { headers } = await admin.app.inject({ url: '/' });
    expect(String(headers['content-security-policy']).split('; ')).toEqual([
      "default-src 'none'",
      expect.stringMatching(/^script-src 'self' 'sha256-[\w+/=]+'$/),
      "style-src 'self'",
      "img-src 'self'",
      "connect-src 'self' https://tokens.example:8443",
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
      "require-trusted-types-for 'script'",
      "trusted-types 'none'",
    ]);
  });

  test('comes again with a kept document once it is another, and with a code in the address nothing is kept', async () => {
    const { admin, issuer } = await start({});
    issuer.away(true);
    const alone = await admin.app.inject({ url: '/' });
    expect(await policyOf(admin)).toBe("connect-src 'self'");
    const known = await start(ENDPOINTS);
    const headers = { 'if-none-match': String(alone.headers.etag) };
    expect((await admin.app.inject({ url: '/', headers })).statusCode).toBe(304);
    expect((await known.admin.app.inject({ url: '/', headers })).statusCode).toBe(200);
    const arrived = await known.admin.app.inject({ url: '/?code=c0de&state=st4te' });
    expect([arrived.statusCode, arrived.headers['cache-control']]).toEqual([200, 'no-store']);
    expect(arrived.headers['referrer-policy']).toBe('no-referrer');
    expect(known.admin.log.join()).not.toMatch(/c0de|st4te/);
    expect(known.admin.log.join()).toContain('"route":"/"');
  });

  test.each<[string, Readonly<Record<string, string>>]>([
    ['announces no sign-in', {}],
    ['gives tokens in plain text', { ...ENDPOINTS, token_endpoint: 'http://tokens.example/token' }],
    ['has a host that would end the policy', { ...ENDPOINTS, token_endpoint: "https://a.example;script-src/'unsafe-inline'" }],
    ['has a host of wildcards', { ...ENDPOINTS, token_endpoint: 'https://*/token' }],
    ['sends people to a script', { ...ENDPOINTS, authorization_endpoint: 'javascript:alert(1)' }],
    ['ends sessions in plain text', { ...ENDPOINTS, end_session_endpoint: 'http://login.example/end' }],
  ])('stays as narrow as it was for an issuer that %s, at which people then do not sign in', async (_what, says) => {
    const { admin, issuer } = await start(says);
    expect(await policyOf(admin)).toBe("connect-src 'self'");
    const answer = await admin.app.inject({ url: '/sign-in.json' });
    expect(answer.json()).toMatchObject({ status: 503, code: 'login-unavailable' });
    expect(answer.headers['retry-after']).toBe('10');
    // Its tokens count all the same.
    const headers = { authorization: `Bearer ${await issuer.token({ roles: 'viewer' })}` };
    expect((await admin.app.inject({ url: '/api/v1/me', headers })).statusCode).toBe(200);
  });
});
