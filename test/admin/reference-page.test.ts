import { afterAll, beforeAll, expect, test } from 'vitest';
import { startAdmin, type AdminFixture } from '../support/admin/admin-server.ts';

let admin: AdminFixture;
beforeAll(async () => {
  admin = await startAdmin([]);
});
afterAll(() => admin.close());

test('the reference page and all that it loads come from here, without a token', async () => {
  const page = await admin.app.inject({ url: '/docs' });
  expect(page.statusCode).toBe(200);
  const loads = [...page.body.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, url]) => url ?? '');
  expect(loads.length).toBeGreaterThan(4);
  for (const url of loads) {
    expect(url).toMatch(/^\/docs\//);
    expect({ url, status: (await admin.app.inject({ url })).statusCode }).toEqual({ url, status: 200 });
  }
});

test('it shows the description that programs get', async () => {
  const [shown, served] = await Promise.all([admin.app.inject({ url: '/docs/json' }), admin.app.inject({ url: '/openapi.json' })]);
  expect(shown.json()).toEqual(served.json());
});

test('it may load nothing from elsewhere, not be framed, and run no inline script', async () => {
  const policy = String((await admin.app.inject({ url: '/docs' })).headers['content-security-policy']);
  expect(policy).toContain("default-src 'none'; script-src 'self'; ");
  expect(policy).toContain("frame-ancestors 'none'");
  expect(policy).not.toMatch(/https?:|\*/);
  const api = await admin.app.inject({ url: '/livez' });
  expect(api.headers['content-security-policy']).toBe("default-src 'none';frame-ancestors 'none'");
});
