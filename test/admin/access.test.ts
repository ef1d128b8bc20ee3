import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { mayAct, ROLES, type Role } from '../../src/admin/access.ts';
import { createTokenCheck } from '../../src/admin/token-check.ts';
import { bearer, startAdmin, TOKENS, type AdminFixture } from '../support/admin/admin-server.ts';
import { readDescription, type ApiRoute } from '../support/admin/api-description.ts';
import { findingRecord } from '../support/findings/finding-records.ts';

/** The contract of roles and routes. The generated document must say the same. */
const CONTRACT: Readonly<Record<string, Role | 'none'>> = {
  'GET /livez': 'none',
  'GET /readyz': 'none',
  'GET /metrics': 'none',
  'GET /openapi.json': 'none',
  'GET /sign-in.json': 'none',
  'GET /api/v1/me': 'viewer',
  'GET /api/v1/activity': 'viewer',
  'GET /api/v1/status': 'viewer',
  'GET /api/v1/stream': 'viewer',
  'GET /api/v1/reports': 'viewer',
  'GET /api/v1/mappings': 'viewer',
  'GET /api/v1/mappings/{findingId}': 'viewer',
  'GET /api/v1/failures': 'viewer',
  'GET /api/v1/failures/causes': 'viewer',
  'PUT /api/v1/mappings/{findingId}': 'operator',
  'DELETE /api/v1/mappings/{findingId}': 'operator',
  'POST /api/v1/mappings/{findingId}/reconcile': 'operator',
  'POST /api/v1/mappings/release': 'operator',
  'POST /api/v1/failures/{id}/retry': 'operator',
  'POST /api/v1/failures/retry': 'operator',
  'GET /api/v1/pauses': 'viewer',
  'PUT /api/v1/pauses/{scope}': 'operator',
  'DELETE /api/v1/pauses/{scope}': 'operator',
  'GET /api/v1/dead-letters': 'viewer',
  'GET /api/v1/dead-letters/{id}': 'viewer',
  'DELETE /api/v1/dead-letters/{id}': 'operator',
  'POST /api/v1/dead-letters/redrive': 'operator',
  'POST /api/v1/sweeps': 'operator',
  'GET /api/v1/sweeps/{id}': 'viewer',
  'GET /api/v1/operations/{id}': 'viewer',
  'DELETE /api/v1/operations/{id}': 'operator',
  'GET /api/v1/audit': 'admin',
  'GET /api/v1/export': 'admin',
  'GET /api/v1/doctor': 'operator',
  'GET /api/v1/rules': 'viewer',
  'PUT /api/v1/rules': 'admin',
  'POST /api/v1/rules': 'admin',
  'GET /api/v1/rules/{id}': 'viewer',
  'PUT /api/v1/rules/{id}': 'admin',
  'DELETE /api/v1/rules/{id}': 'admin',
  'GET /api/v1/rules/history': 'viewer',
  'GET /api/v1/rules/history/{revision}': 'viewer',
  'POST /api/v1/rules/rollback': 'admin',
  'POST /api/v1/rules/backtest': 'operator',
  'POST /api/v1/rules/evaluate': 'viewer',
};

const RECORD = findingRecord();
const FOR_VIEWERS = ['/api/v1/status', '/api/v1/mappings', `/api/v1/mappings/${RECORD.finding.findingId}`];
const UNBUILT = ['/', '/api', '/api/v1', '/api/v2/status', '/api/v1/mappings/a/b', '/api/v1/failures/a', '/rest/api/3/issue'];

let admin: AdminFixture;
let routes: readonly ApiRoute[];
/** Each caller has its own address: otherwise some would get the answer to too many failed logins. */
const addresses = { next: 1 };
beforeAll(async () => {
  admin = await startAdmin([RECORD]);
  ({ routes } = await readDescription(admin.app));
});

function expected(needed: Role | null, asker: Role | 'nobody' | 'stranger'): string {
  if (needed === null) return 'let in';
  if (asker === 'nobody' || asker === 'stranger') return 'who?';
  return mayAct(asker, needed) ? 'let in' : 'not you';
}

/** A caller that is let in may get the answer that the request is wrong, but never that something broke. */
function verdictOf(status: number): string {
  if (status === 401) return 'who?';
  if (status === 403) return 'not you';
  return status < 500 ? 'let in' : `broke: ${status}`;
}
afterAll(() => admin.close());

describe('access', () => {
  test('is what the contract says, for every route', () => {
    const roles = routes.map(({ method, path, role }) => [`${method} ${path}`, role ?? 'none']);
    expect(Object.fromEntries(roles)).toEqual(CONTRACT);
  });

  test('every route with every role and without a token', async () => {
    const seen: [string, Role | 'nobody' | 'stranger', string][] = [];
    const wanted: typeof seen = [];
    for (const { method, path, role } of routes) {
      const url = path.replace('{findingId}', RECORD.finding.findingId).replaceAll(/\{\w+\}/g, 'some');
      for (const asker of [...ROLES, 'nobody', 'stranger'] as const) {
        const headers = asker === 'nobody' ? {} : bearer(asker === 'stranger' ? 'not-a-token' : TOKENS[asker]);
        const remoteAddress = `192.0.2.${addresses.next++}`;
        // A stream has no end: its head is enough.
        const answer = await admin.app.inject({ method, url, headers, remoteAddress, payloadAsStream: true });
        const { statusCode } = answer;
        if (path.endsWith('/stream')) answer.stream().destroy();
        seen.push([`${method} ${path}`, asker, verdictOf(statusCode)]);
        wanted.push([`${method} ${path}`, asker, expected(role, asker)]);
        if (method !== 'GET' || /\/(?:stream|export)$/.test(path)) continue;
        const head = await admin.app.inject({ method: 'HEAD', url, headers, remoteAddress });
        expect([path, asker, head.statusCode]).toEqual([path, asker, statusCode]);
      }
    }
    expect(seen).toEqual(wanted);
    expect(seen).toHaveLength(Object.keys(CONTRACT).length * 5);
  });

  test.each<[string, Record<string, string>]>([
    ['no token', {}],
    ['an empty header', { authorization: '' }],
    ['a wrong token', bearer('viewer-token-012345678X')],
    ['the beginning of one', bearer('viewer-token')],
    ['another scheme', { authorization: `Basic ${TOKENS.admin}` }],
    ['no scheme', { authorization: TOKENS.admin }],
    ['two tokens', { authorization: `Bearer ${TOKENS.admin} ${TOKENS.viewer}` }],
    ['the token in another header', { 'x-api-key': TOKENS.admin }],
  ])('is refused with %s', async (_what, headers) => {
    const own = await startAdmin([]);
    for (const url of [...FOR_VIEWERS, `/api/v1/status?token=${TOKENS.admin}`]) {
      for (const method of ['GET', 'HEAD'] as const) {
        const answer = await own.app.inject({ url, method, headers });
        expect(answer.statusCode).toBe(401);
        expect(answer.headers['www-authenticate']).toMatch(/^Bearer realm="findings-to-jira"/);
        expect(answer.body).toMatch(method === 'GET' ? /"code":"unauthorized"/ : /^$/);
        expect(answer.body).not.toContain(TOKENS.admin);
      }
    }
    await own.close();
  });

  test('the scheme may be written in any case', async () => {
    expect((await admin.app.inject({ url: '/api/v1/status', headers: { authorization: `bearer ${TOKENS.viewer}` } })).statusCode).toBe(200);
  });

  test.each(UNBUILT)('nothing is at %s, with or without a token', async (url) => {
    for (const headers of [{}, bearer(TOKENS.admin)]) {
      const answer = await admin.app.inject({ url, headers });
      expect(answer.statusCode).toBe(404);
      expect(answer.json()).toMatchObject({ code: 'not-found' });
    }
  });

  test.each(['POST', 'PUT', 'PATCH', 'DELETE'] as const)('nothing is there for %s, whatever the body', async (method) => {
    for (const payload of ['{"a":1}', '{broken', 'x'.repeat(300_000)]) {
      const headers = { ...bearer(TOKENS.admin), 'content-type': 'application/json' };
      expect((await admin.app.inject({ url: '/api/v1/mappings', method, headers, payload })).json()).toMatchObject({ code: 'not-found' });
    }
  });
});

describe('roles', () => {
  test('each includes the rights of those before it', () => {
    const may = ROLES.map((role) => ROLES.filter((needed) => mayAct(role, needed)));
    expect(may).toEqual([['viewer'], ['viewer', 'operator'], ['viewer', 'operator', 'admin']]);
  });
});

describe('the token check', () => {
  const check = createTokenCheck([
    { name: 'vera', role: 'viewer', token: TOKENS.viewer },
    { name: 'anna', role: 'admin', token: TOKENS.admin },
  ]);

  test('finds the owner of a token', () => {
    expect(check(TOKENS.viewer)).toEqual({ name: 'vera', role: 'viewer' });
    expect(check(TOKENS.admin)).toEqual({ name: 'anna', role: 'admin' });
  });

  test.each(['', ' ', TOKENS.operator, TOKENS.viewer.toUpperCase(), `${TOKENS.viewer}x`, 'ü'.repeat(1_000)])(
    'knows no other: %.40s',
    (token) => {
      expect(check(token)).toBeNull();
    },
  );
});

describe('failed logins', () => {
  test('are answered with 429 after many, while a valid token is let through and other addresses are not affected', async () => {
    const own = await startAdmin([]);
    const ask = (headers: Record<string, string>, remoteAddress = '192.0.2.7') =>
      own.app.inject({ url: '/api/v1/status', headers, remoteAddress });
    const codes: number[] = [];
    for (let i = 0; i < 25; i += 1) codes.push((await ask(bearer(`wrong-token-${i}`))).statusCode);
    expect(codes).toEqual([...Array.from({ length: 20 }, () => 401), ...Array.from({ length: 5 }, () => 429)]);
    const refused = await ask({});
    expect(refused.json()).toMatchObject({ code: 'too-many-failed-logins', status: 429 });
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect((await ask(bearer(TOKENS.viewer))).statusCode).toBe(200);
    expect((await ask({}, '192.0.2.8')).statusCode).toBe(401);
    await own.close();
  });
});

describe('the log', () => {
  test('holds no token and no header, only the refusal', async () => {
    const own = await startAdmin([]);
    await own.app.inject({ url: '/api/v1/status', headers: bearer(TOKENS.admin) });
    await own.app.inject({ url: '/api/v1/status', headers: bearer('a-token-with-a-typo') });
    await own.close();
    const log = own.log.join('');
    expect(log).toContain('Refused a request without a valid token');
    expect(log).not.toContain(TOKENS.admin);
    expect(log).not.toContain('a-token-with-a-typo');
  });
});
