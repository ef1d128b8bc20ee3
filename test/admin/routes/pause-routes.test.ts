import { describe, expect, test } from 'vitest';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { until } from '../../support/until.ts';

describe('a pause', () => {
  test.each(['all', 'rule:everything', 'project:SEC'])('of %s holds changes in Jira back until it is lifted', async (scope) => {
    const { site, parts, ask, take } = await openAdminSite();
    const set = await ask('PUT', `/api/v1/pauses/${scope}`, { reason: 'a deploy' });
    const pause = { scope, by: 'otto', reason: 'a deploy', since: new Date(site.clock.now()).toISOString() };
    expect(set).toMatchObject({ status: 200, body: { ...pause, since: expect.any(String) } });
    expect((await ask('GET', '/api/v1/pauses', undefined, 'viewer')).body).toEqual({ items: [set.body], nextCursor: null });
    const group = await take(numberedEvent(1, 1));
    expect(site.created()).toBe(0);
    const lifted = await ask('DELETE', `/api/v1/pauses/${scope}`);
    expect(lifted).toMatchObject({ status: 202, body: { kind: 'resume', state: 'running' } });
    const at = String(lifted.headers['location']);
    await until(async () => (await ask('GET', at)).body['state'] === 'done', 'it has ended');
    expect((await ask('GET', at)).body).toMatchObject({ result: { resumed: 1 }, done: 1, total: 1 });
    expect(await parts.queue.depth()).toBe(1);
    await parts.reconcile(group);
    expect(site.created()).toBe(1);
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body).toMatchObject({
      items: [
        { action: 'pause.lifted', target: scope, before: { by: 'otto', reason: 'a deploy' }, after: null },
        { action: 'pause.set', target: scope, before: null, after: { reason: 'a deploy' }, actor: 'otto' },
      ],
    });
  });

  test('that was not set cannot be lifted, and nothing is started', async () => {
    const { ask, site } = await openAdminSite();
    await ask('PUT', '/api/v1/pauses/project:SEC', { reason: 'why not' });
    expect(await ask('DELETE', '/api/v1/pauses/all')).toMatchObject({ status: 404, body: { code: 'pause-not-found' } });
    expect((await ask('GET', '/api/v1/pauses')).body).toMatchObject({ items: [{ scope: 'project:SEC' }] });
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body['items']).toHaveLength(1);
    expect(site.created()).toBe(0);
  });

  test.each(['everything', 'rule:', 'project:sec', 'project:', 'rule:a%20b', 'ALL'])('of %s is refused', async (scope) => {
    const { ask } = await openAdminSite();
    const refused = await ask('PUT', `/api/v1/pauses/${scope}`, { reason: 'why not' });
    expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ path: 'scope' }] } });
  });

  test.each([undefined, {}, { reason: '' }, { reason: 'x'.repeat(1_001) }, { reason: 'a', by: 'somebody else' }])(
    'with the body %j is refused',
    async (body) => {
      const { ask } = await openAdminSite();
      expect(await ask('PUT', '/api/v1/pauses/all', body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    },
  );
});
