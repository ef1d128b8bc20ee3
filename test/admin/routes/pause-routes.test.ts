import { describe, expect, test } from 'vitest';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { PAUSES } from '../../../src/pipeline/records/admin-collections.ts';
import { until as eventually } from '../../support/until.ts';

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
    await eventually(async () => (await ask('GET', at)).body['state'] === 'done', 'it has ended');
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

  test('with an end is listed with it, holds until then, and ends by itself after a restart', async () => {
    const { site, parts, ask, take } = await openAdminSite({ parts: { working: false } });
    const until = new Date(site.clock.now() + 3_600_000).toISOString();
    const set = await ask('PUT', '/api/v1/pauses/all', { reason: 'a deploy', until });
    expect(set).toMatchObject({ status: 200, body: { scope: 'all', until, warning: null } });
    expect((await ask('GET', '/api/v1/pauses')).body).toEqual({ items: [set.body], nextCursor: null });
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body).toMatchObject({
      items: [{ after: { reason: 'a deploy', until } }],
    });
    const group = await take(numberedEvent(1, 1));
    expect(site.created()).toBe(0);
    site.clock.forward(3_590_000);
    await parts.reconcile(group);
    expect(site.created()).toBe(0);
    const next = await site.start({ working: true, owner: 'next' });
    await eventually(async () => (await next.group(group))?.last?.because === 'paused', 'the start has resumed it, and it is held again');
    site.clock.forward(20_000);
    await eventually(() => site.created() === 1, 'the issue is opened');
    await eventually(async () => (await site.store.read(PAUSES, ['all']))[0] === null, 'the pause is gone');
    expect((await ask('GET', '/api/v1/pauses')).body).toEqual({ items: [], nextCursor: null });
  });

  test('whose time is over holds nothing and is not listed, even before it is removed', async () => {
    const { site, ask, take } = await openAdminSite({ parts: { working: false } });
    const until = new Date(site.clock.now() + 60_000).toISOString();
    await ask('PUT', '/api/v1/pauses/project:SEC', { reason: 'a deploy', until });
    site.clock.forward(60_001);
    expect((await ask('GET', '/api/v1/pauses')).body).toEqual({ items: [], nextCursor: null });
    expect((await ask('GET', '/api/v1/status')).body).toMatchObject({ pauses: [] });
    await take(numberedEvent(1, 1));
    expect(site.created()).toBe(1);
  });

  test('that is set anew before its end is not ended by it', async () => {
    const { site, parts, ask } = await openAdminSite({ parts: { working: false } });
    const until = new Date(site.clock.now() + 60_000).toISOString();
    const first = await ask('PUT', '/api/v1/pauses/all', { reason: 'a deploy', until });
    expect(await ask('PUT', '/api/v1/pauses/all', { reason: 'longer' })).toMatchObject({
      body: { until: null, since: first.body['since'] },
    });
    site.clock.forward(60_001);
    expect(await parts.pauses.end('all', () => [])).toBe(false);
    expect((await ask('GET', '/api/v1/pauses')).body).toMatchObject({ items: [{ scope: 'all', reason: 'longer' }] });
  });

  test.each([
    ['rule:no-such-rule', 'No rule has the id no-such-rule'],
    ['project:NOPE', 'No rule files issues in NOPE'],
    ['rule:everything', 'null'],
    ['project:SEC', 'null'],
  ])('of %s has the warning %j', async (scope, words) => {
    const { ask } = await openAdminSite();
    const set = await ask('PUT', `/api/v1/pauses/${scope}`, { reason: 'why not' });
    expect([set.status, String(set.body['warning']).slice(0, words.length)]).toEqual([200, words]);
    expect((await ask('GET', '/api/v1/pauses')).body).toMatchObject({ items: [{ scope, warning: set.body['warning'] }] });
  });

  test.each(['2020-01-01T00:00:00Z', 'tomorrow', '2099-01-01', '2099-01-01T10:00:00', '2099-13-01T10:00:00Z', ''])(
    'until %j is refused',
    async (until) => {
      const { ask } = await openAdminSite();
      const refused = await ask('PUT', '/api/v1/pauses/all', { reason: 'why not', until });
      expect(refused).toMatchObject({ status: 400, body: { code: 'invalid-request', errors: [{ path: 'until' }] } });
      expect((await ask('GET', '/api/v1/pauses')).body).toMatchObject({ items: [] });
    },
  );

  test('that does not stand cannot be lifted, and nothing is started', async () => {
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
