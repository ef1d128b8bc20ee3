import { describe, expect, test } from 'vitest';
import { startAdmin } from '../../support/admin/admin-server.ts';

const WELL = { ok: true, message: 'answers' };
const ILL = { ok: false, message: 'no answer within 3000 ms' };

describe('the probes', () => {
  test('say why work makes no progress', async () => {
    const admin = await startAdmin([], { liveness: () => ({ ok: false, because: 'nothing was reconciled for 90 s' }) });
    const answer = await admin.app.inject({ url: '/livez' });
    await admin.close();
    expect(answer.statusCode).toBe(503);
    expect(answer.json()).toEqual({ ok: false, because: 'nothing was reconciled for 90 s' });
  });

  test.each([
    ['are not ready while the store is away', { ok: false, parts: { store: ILL, queue: WELL, rules: WELL, jira: ILL } }, 503],
    ['are ready while only Jira is away', { ok: true, parts: { store: WELL, queue: WELL, rules: WELL, jira: ILL } }, 200],
  ])('%s, and show every part', async (_what, readiness, status) => {
    const admin = await startAdmin([], { readiness: async () => readiness });
    const answer = await admin.app.inject({ url: '/readyz' });
    await admin.close();
    expect(answer.statusCode).toBe(status);
    expect(answer.json()).toEqual(readiness);
  });
});

describe('the server', () => {
  test('answers over a port, and closes while connections are kept alive', async () => {
    const admin = await startAdmin([], { tokens: [], metrics: async () => 'f2j_duplicates_seen_total 0\n' });
    const address = await admin.app.listen({ host: '127.0.0.1', port: 0 });
    const answer = await fetch(`${address}/metrics`);
    expect(await answer.text()).toBe('f2j_duplicates_seen_total 0\n');
    expect(answer.headers.get('content-type')).toBe('text/plain; version=0.0.4; charset=utf-8');
    await admin.close();
    await expect(fetch(`${address}/livez`)).rejects.toThrow('fetch failed');
  });
});
