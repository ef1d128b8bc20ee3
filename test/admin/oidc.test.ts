import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Role } from '../../src/admin/access.ts';
import { createOidcCheck, type RoleClaim } from '../../src/admin/oidc-check.ts';
import { createIssuer } from '../../src/admin/issuer.ts';
import type { Fetch } from '../../src/network/fetch.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../support/admin/admin-server.ts';
import { directFetch } from '../support/servers/direct-network.ts';
import { AUDIENCE, startTokenIssuer, type TokenIssuer } from '../support/admin/token-issuer.ts';

const OWN_NAMES: RoleClaim = { name: 'roles', roles: new Map() };
const NOW = Math.floor(Date.now() / 1_000);

let issuer: TokenIssuer;
beforeAll(async () => {
  issuer = await startTokenIssuer();
});
afterAll(() => issuer.close());

const verdictOn = async (token: string, roleClaim = OWN_NAMES): Promise<unknown> =>
  createOidcCheck({ issuer: issuer.issuer, audience: AUDIENCE, roleClaim, fetch: directFetch })(token);

describe('a role', () => {
  const groups: RoleClaim = {
    name: 'groups',
    roles: new Map<string, Role>([
      ['f2j admins', 'admin'],
      ['team', 'operator'],
    ]),
  };
  test.each<[string, object, RoleClaim, Role | null]>([
    ['as a text', { roles: 'viewer' }, OWN_NAMES, 'viewer'],
    ['the highest of several', { roles: ['viewer', 'admin', 'operator'] }, OWN_NAMES, 'admin'],
    ['of texts separated by spaces', { roles: 'openid operator' }, OWN_NAMES, 'operator'],
    ['inside another claim', { realm_access: { roles: ['operator'] } }, { ...OWN_NAMES, name: 'realm_access.roles' }, 'operator'],
    [
      'in a claim whose name is an address',
      { 'https://x.example/roles': ['viewer'] },
      { ...OWN_NAMES, name: 'https://x.example/roles' },
      'viewer',
    ],
    ['of a value that means one', { groups: ['everyone', 'team'] }, groups, 'operator'],
    ['of a value with a space, in a list', { groups: ['f2j admins'] }, groups, 'admin'],
    ["not of a role's own name where others are mapped", { groups: ['admin'] }, groups, null],
    ['not of a name in other letters', { roles: ['Admin'] }, OWN_NAMES, null],
    ['not without the claim', {}, OWN_NAMES, null],
    ['not of values that are no text', { roles: [{ admin: true }, 7, null] }, OWN_NAMES, null],
    ['not of a property of every object', {}, { ...OWN_NAMES, name: 'constructor.name' }, null],
    ['not of an object', { roles: { admin: true } }, OWN_NAMES, null],
  ])('%s', async (_what, claims, roleClaim, role) => {
    const verdict = await verdictOn(await issuer.token({ ...claims }), roleClaim);
    const refused = { is: 'refused', fault: 'token-role', claim: roleClaim.name, why: expect.stringContaining(roleClaim.name) };
    const expected = role === null ? refused : { is: 'known', caller: { name: 'oidc:user-1', role } };
    expect(verdict).toEqual(expected);
  });
});

describe('a token is refused', () => {
  test.each<[string, () => Promise<string>, string, fault?: string]>([
    ['that has expired', () => issuer.token({ roles: 'admin', exp: NOW - 120 }), 'has expired', 'token-expired'],
    ['that is not valid yet', () => issuer.token({ roles: 'admin', nbf: NOW + 600 }), 'nbf', 'token-early'],
    ['without an end', () => issuer.token({ roles: 'admin', exp: undefined }), 'exp'],
    ['without a subject', () => issuer.token({ roles: 'admin', sub: undefined }), 'sub'],
    ['with an empty subject', () => issuer.token({ roles: 'admin', sub: '' }), 'sub'],
    ['with a subject of blanks', () => issuer.token({ roles: 'admin', sub: ' \t' }), 'sub'],
    ['with a subject that is no text', () => issuer.token({ roles: 'admin', sub: 7 }), 'sub'],
    ['for another audience', () => issuer.token({ roles: 'admin', aud: 'other' }), 'aud', 'token-audience'],
    ['of another issuer', () => issuer.token({ roles: 'admin', iss: 'https://other.example' }), 'iss', 'token-claim'],
    ['with a key that is not published', () => issuer.forged({ roles: 'admin' }), 'has signed'],
    ['with a key of an unknown name', () => issuer.token({ roles: 'admin' }, { kid: 'two' }), 'has signed'],
    ['that is not one', async () => 'a.b.c', 'has signed', 'token-forged'],
    [
      'with a shared secret',
      () =>
        new SignJWT({ iss: issuer.issuer, aud: AUDIENCE, sub: 'x', roles: 'admin', exp: NOW + 60 })
          .setProtectedHeader({ alg: 'HS256' })
          .sign(new TextEncoder().encode('x'.repeat(32))),
      'has signed',
    ],
    [
      'without a signature',
      async () => `${Buffer.from('{"alg":"none"}').toString('base64url')}.${(await issuer.token({ roles: 'admin' })).split('.')[1]}.`,
      'has signed',
    ],
  ])('%s', async (_what, make, why, fault) => {
    const refused = { is: 'refused', why: expect.stringContaining(why), ...(fault === undefined ? {} : { fault }) };
    expect(await verdictOn(await make())).toMatchObject(refused);
  });

  test('and nothing that it names is fetched', async () => {
    const before = issuer.requests.length;
    await verdictOn(await issuer.token({ roles: 'admin' }, { jku: `${issuer.issuer}/stolen` }));
    expect(issuer.requests.slice(before)).toEqual(['/.well-known/openid-configuration', '/keys']);
  });
});

describe('the issuer', () => {
  test('is asked once for many tokens', async () => {
    const check = createOidcCheck({ issuer: issuer.issuer, audience: AUDIENCE, roleClaim: OWN_NAMES, fetch: directFetch });
    const before = issuer.requests.length;
    for (let n = 0; n < 5; n += 1) expect(await check(await issuer.token({ roles: 'viewer' }))).toMatchObject({ is: 'known' });
    expect(issuer.requests.length - before).toBe(2);
  });

  test('that is away is asked again later, and not by every request', async () => {
    let now = 0;
    const own = await startTokenIssuer();
    onTestFinished(() => own.close());
    const options = { issuer: own.issuer, audience: AUDIENCE, roleClaim: OWN_NAMES, fetch: directFetch };
    const check = createOidcCheck(
      options,
      createIssuer(options, () => now),
    );
    const token = await own.token({ roles: 'viewer' });
    own.away(true);
    expect([await check(token), await check(token)]).toEqual([{ is: 'unavailable' }, { is: 'unavailable' }]);
    expect(own.requests).toHaveLength(1);
    own.away(false);
    now = 60_000;
    expect(await check(token)).toMatchObject({ is: 'known' });
  });

  test.each<[string, (own: TokenIssuer) => object]>([
    ['that has another name than was configured', () => ({ issuer: 'https://other.example', jwks_uri: 'https://other.example/keys' })],
    ['whose keys are not behind https', ({ issuer: name }) => ({ issuer: name, jwks_uri: 'http://keys.example/keys' })],
    ['that names no keys', ({ issuer: name }) => ({ issuer: name })],
  ])('%s is not accepted', async (_what, changes) => {
    const own = await startTokenIssuer();
    onTestFinished(() => own.close());
    own.say(changes(own));
    const check = createOidcCheck({ issuer: own.issuer, audience: AUDIENCE, roleClaim: OWN_NAMES, fetch: directFetch });
    expect(await check(await own.token({ roles: 'admin' }))).toEqual({ is: 'unavailable' });
  });
});

describe('the API with an issuer', () => {
  let admin: AdminFixture;
  beforeAll(async () => {
    admin = await startAdmin([], {
      oidc: { issuer: issuer.issuer, audience: AUDIENCE, clientId: null, roleClaim: OWN_NAMES, fetch: directFetch },
    });
  });
  afterAll(() => admin.close());

  const status = (token: string) => admin.app.inject({ url: '/api/v1/status', headers: bearer(token) });

  test('accepts its tokens and those of ADMIN_TOKENS', async () => {
    expect((await status(await issuer.token({ roles: ['viewer'] }))).statusCode).toBe(200);
    expect((await status(TOKENS.viewer)).statusCode).toBe(200);
  });

  test('says why a token is refused, and never shows it', async () => {
    const token = await issuer.token({ roles: 'viewer', exp: NOW - 600 });
    const answer = await status(token);
    expect(answer.json()).toMatchObject({
      status: 401,
      code: 'unauthorized',
      detail: 'The token has expired',
      errors: [{ path: 'exp', code: 'token-expired' }],
    });
    expect(answer.headers['www-authenticate']).toContain('invalid_token');
    expect(admin.log.join()).not.toContain(token);
  });

  test('says when the issuer does not answer; its own tokens work', async () => {
    const own = await startTokenIssuer();
    onTestFinished(() => own.close());
    own.away(true);
    const alone = await startAdmin([], {
      oidc: { issuer: own.issuer, audience: AUDIENCE, clientId: null, roleClaim: OWN_NAMES, fetch: directFetch },
    });
    onTestFinished(() => alone.close());
    const answer = await alone.app.inject({ url: '/api/v1/status', headers: bearer(await own.token({ roles: 'viewer' })) });
    expect(answer.json()).toMatchObject({ status: 503, code: 'login-unavailable' });
    expect(answer.headers['retry-after']).toBe('10');
    expect((await alone.app.inject({ url: '/api/v1/status', headers: bearer(TOKENS.viewer) })).statusCode).toBe(200);
    expect((await alone.app.inject({ url: '/api/v1/status', headers: bearer('no-jwt') })).statusCode).toBe(401);
  });

  test.each(['/.well-known/openid-configuration', '/keys'])('says so as well when %s is never answered', async (path) => {
    const own = await startTokenIssuer();
    onTestFinished(() => own.close());
    own.hang(path);
    const alone = await startAdmin([], {
      oidc: { issuer: own.issuer, audience: AUDIENCE, clientId: null, roleClaim: OWN_NAMES, fetch: directFetch },
    });
    onTestFinished(() => alone.close());
    const answer = await alone.app.inject({ url: '/api/v1/status', headers: bearer(await own.token({ roles: 'viewer' })) });
    expect(answer.json()).toMatchObject({ status: 503, code: 'login-unavailable' });
    expect(own.requests.at(-1)).toBe(path);
  });

  test('needs no other token', async () => {
    const alone = await startAdmin([], {
      tokens: [],
      oidc: { issuer: issuer.issuer, audience: AUDIENCE, clientId: null, roleClaim: OWN_NAMES, fetch: directFetch },
    });
    onTestFinished(() => alone.close());
    const headers = { host: 'f2j.example', ...bearer(await issuer.token({ roles: 'admin' })) };
    expect((await alone.app.inject({ url: '/api/v1/status', headers, remoteAddress: '192.0.2.1' })).statusCode).toBe(200);
    expect(
      (await alone.app.inject({ url: '/api/v1/status', headers: { host: 'f2j.example' }, remoteAddress: '192.0.2.1' })).statusCode,
    ).toBe(401);
  });
});

test('the issuer is asked over the given connections alone, for its addresses and for its keys', async () => {
  const own = await startTokenIssuer();
  onTestFinished(() => own.close());
  const asked: string[] = [];
  const fetch: Fetch = (url, init) => {
    asked.push(new URL(url).pathname);
    return directFetch(url, init);
  };
  const check = createOidcCheck({ issuer: own.issuer, audience: AUDIENCE, roleClaim: OWN_NAMES, fetch });
  await check(await own.token({ roles: 'viewer' }));
  expect(asked).toEqual(own.requests);
  expect(asked).toHaveLength(2);
});
