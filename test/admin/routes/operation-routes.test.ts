import { describe, expect, onTestFinished, test } from 'vitest';
import type { RunOperation } from '../../../src/pipeline/operations/run-operation.ts';
import { startAdmin, type AdminFixture } from '../../support/admin/admin-server.ts';
import { ask } from '../../support/admin/ask-admin.ts';
import { until } from '../../support/until.ts';

async function open(overrides: Parameters<typeof startAdmin>[1] = {}): Promise<AdminFixture> {
  const admin = await startAdmin([], overrides);
  onTestFinished(() => admin.close());
  await admin.rules.current();
  return admin;
}

async function start({ operations }: AdminFixture, run: RunOperation): Promise<string> {
  const started = await operations.start({ kind: 'backtest', input: { of: 'secret input' }, startedBy: 'otto', run });
  return started.started ? started.id : '';
}

/** Runs until it is stopped. */
const endless: RunOperation = (run) => new Promise((_, reject) => run.signal.addEventListener('abort', () => reject(new Error('ended'))));

describe('an operation', () => {
  test('is shown while it runs and when it has ended', async () => {
    const admin = await open();
    const running = await start(admin, endless);
    expect((await ask(admin, `/api/v1/operations/${running}`, { role: 'viewer' })).json()).toEqual({
      id: running,
      kind: 'backtest',
      state: 'running',
      done: 0,
      total: null,
      result: null,
      error: null,
      startedBy: 'otto',
      startedAt: expect.stringMatching(/Z$/),
      endedAt: null,
    });
    const ended = await start(admin, async () => ({ found: 3 }));
    await until(async () => (await ask(admin, `/api/v1/operations/${ended}`)).json().state === 'done', 'it is done');
    expect((await ask(admin, `/api/v1/operations/${ended}`)).json()).toMatchObject({
      result: { found: 3 },
      endedAt: expect.stringMatching(/Z$/),
    });
  });

  test('is cancelled by an operator, once, and the audit records it', async () => {
    const admin = await open();
    const id = await start(admin, endless);
    const url = `/api/v1/operations/${id}`;
    expect((await ask(admin, url, { method: 'DELETE', role: 'viewer' })).json()).toMatchObject({ code: 'forbidden' });
    for (const _ of ['first', 'again']) {
      expect((await ask(admin, url, { method: 'DELETE', role: 'operator' })).json()).toMatchObject({ id, state: 'cancelled', error: null });
    }
    expect((await ask(admin, '/api/v1/audit?action=operation.cancelled')).json().items).toMatchObject([
      { actor: 'otto', path: url, target: id, before: { state: 'running' }, after: { state: 'cancelled' } },
    ]);
  });

  test('that was never started is not found', async () => {
    const admin = await open();
    for (const method of ['GET', 'DELETE'] as const) {
      expect((await ask(admin, '/api/v1/operations/nothing', { method })).json()).toMatchObject({
        code: 'operation-not-found',
        status: 404,
      });
    }
  });
});

describe('the audit', () => {
  const rule = (n: number) => ({ id: `r-${n}`, match: { account: [String(n)] }, action: 'ignore' });
  const add = (admin: AdminFixture, n: number) =>
    ask(admin, '/api/v1/rules', { method: 'POST', body: { before: null, rule: rule(n) }, ifMatch: n });

  test('is filtered and comes in pages, the newest first', async () => {
    const admin = await open();
    for (const n of [1, 2, 3, 4, 5]) expect((await add(admin, n)).statusCode).toBe(201);
    await ask(admin, '/api/v1/rules/r-2', { method: 'DELETE', ifMatch: 6 });
    const targets = async (query: string): Promise<string[]> => {
      const { items } = (await ask(admin, `/api/v1/audit?${query}`)).json();
      return items.map(({ target }: { target: string }) => target);
    };
    expect(await targets('target=r-2')).toHaveLength(2);
    expect(await targets('action=rule.removed')).toEqual(['r-2']);
    expect(await targets('path=/api/v1/rules/r-2&actor=anna')).toEqual(['r-2']);
    expect(await targets('actor=otto')).toEqual([]);
    const seen: string[] = [];
    let cursor = '';
    do {
      const page = (await ask(admin, `/api/v1/audit?limit=2${cursor}`)).json();
      seen.push(...page.items.map(({ id }: { id: string }) => id));
      cursor = page.nextCursor === null ? '' : `&cursor=${page.nextCursor}`;
    } while (cursor !== '');
    expect(new Set(seen).size).toBe(6);
    expect((await ask(admin, '/api/v1/audit?cursor=x')).json()).toMatchObject({ code: 'invalid-cursor' });
  });

  test('is for admins, and no route writes to it', async () => {
    const admin = await open();
    for (const role of ['viewer', 'operator'] as const) {
      expect((await ask(admin, '/api/v1/audit', { role })).json()).toMatchObject({ code: 'forbidden' });
    }
    for (const method of ['PUT', 'POST', 'DELETE'] as const) {
      expect((await ask(admin, '/api/v1/audit', { method })).json()).toMatchObject({ code: 'not-found' });
    }
  });

  test('names the local caller where no token is needed', async () => {
    const admin = await open({ tokens: [] });
    const headers = { host: 'localhost', 'content-type': 'application/json', 'if-match': '"1"' };
    const payload = JSON.stringify({ before: null, rule: rule(1) });
    const added = await admin.app.inject({ method: 'POST', url: '/api/v1/rules', headers, payload });
    expect(added.statusCode).toBe(201);
    expect((await admin.app.inject({ url: '/api/v1/audit', headers: { host: 'localhost' } })).json().items).toMatchObject([
      { actor: 'local', action: 'rule.added' },
    ]);
  });

  test('is written with the change or not at all', async () => {
    const admin = await open();
    const answers = await Promise.all(
      [1, 2, 3].map((n) => ask(admin, '/api/v1/rules', { method: 'POST', body: { before: null, rule: rule(n) }, ifMatch: 1 })),
    );
    expect(answers.filter(({ statusCode }) => statusCode === 201)).toHaveLength(1);
    expect((await ask(admin, '/api/v1/audit')).json().items).toHaveLength(1);
  });
});
