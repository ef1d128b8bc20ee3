import { describe, expect, test } from 'vitest';
import { openAdminSite } from '../../support/admin/admin-site.ts';
import { externalEvent } from '../../support/findings/finding-events.ts';
import { numberedEvent } from '../../support/findings/findings-by-number.ts';
import { finish } from '../../support/service/finish.ts';
import { findingOf } from '../../support/findings/parsed.ts';
import { until } from '../../support/until.ts';
import { GROUPS } from '../../../src/pipeline/records/group-collections.ts';
import { SWEEPS } from '../../../src/pipeline/records/service-collections.ts';
import { put } from '../../../src/pipeline/ports/store.ts';

type Opened = Awaited<ReturnType<typeof openAdminSite>>;

async function reconcile({ ask }: Opened, body: object): Promise<Record<string, unknown>> {
  const started = await ask('POST', '/api/v1/sweeps', body);
  expect(started).toMatchObject({ status: 202, body: { kind: 'sweep', state: 'running' } });
  expect(started.headers['location']).toBe(`/api/v1/operations/${String(started.body['id'])}`);
  const at = `/api/v1/sweeps/${String(started.body['id'])}`;
  await until(async () => (await ask('GET', at, undefined, 'viewer')).body['state'] !== 'running', 'it has ended');
  return (await ask('GET', at, undefined, 'viewer')).body;
}

/** Removes a group from the store, so that only Jira knows its issue. */
async function forget({ site }: Opened, group: string): Promise<void> {
  const [stored] = await site.store.read(GROUPS, [group]);
  expect(await site.store.commit([put(GROUPS, group, stored?.version ?? null, null)])).toMatchObject({ ok: true });
}

describe('a sweep', () => {
  test('restores a group that the store has lost; a dry run only reports it', async () => {
    const opened = await openAdminSite();
    const { parts, site, take, ask } = opened;
    const group = await take(externalEvent());
    await take(numberedEvent(1, 1));
    await forget(opened, group);
    const restored = { found: 2, restored: 1, duplicatesClosed: 0, issues: [{ key: 'SEC-1', is: 'restored' }] };
    for (let times = 0; times < 2; times += 1) {
      expect(await reconcile(opened, { dryRun: true })).toMatchObject({
        state: 'done',
        done: 2,
        total: 2,
        result: { ...restored, dryRun: true },
      });
      expect(await parts.group(group)).toBeNull();
    }
    expect(await site.store.read(SWEEPS, ['issues'])).toEqual([null]);
    expect(await reconcile(opened, {})).toMatchObject({ result: { ...restored, dryRun: false } });
    expect(await parts.group(group)).toMatchObject({ issue: { key: 'SEC-1' } });
    expect(await site.store.read(SWEEPS, ['issues'])).toMatchObject([{ doc: { last: { found: 2, restored: 1, duplicatesClosed: 0 } } }]);
    expect(await reconcile(opened, { dryRun: false })).toMatchObject({ result: { found: 2, restored: 0, issues: [] } });
    expect((await ask('GET', '/api/v1/audit', undefined, 'admin')).body['items']).toHaveLength(4);
  });

  test('closes a duplicate; a dry run only reports it', async () => {
    const opened = await openAdminSite();
    const { site, parts } = opened;
    site.jira.faults.indexLagMs = 3_000_000;
    site.jira.faults.bulkFetchLagMs = 3_000_000;
    site.jira.faults.next.push({ on: 'POST /issue', fault: 'lost-after-commit' });
    await finish(site, parts, (await parts.accept(findingOf(externalEvent()))).group);
    site.clock.forward(4_000_000);
    const result = {
      found: 2,
      restored: 1,
      duplicatesClosed: 1,
      issues: [
        { key: 'SEC-1', is: 'restored' },
        { key: 'SEC-2', is: 'duplicate-closed' },
      ],
    };
    expect(await reconcile(opened, { dryRun: true })).toMatchObject({ result });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'To Do']);
    expect(await reconcile(opened, {})).toMatchObject({ result });
    expect(site.jira.issues().map(({ status }) => status)).toEqual(['To Do', 'Done']);
    site.clock.forward(4_000_000);
    for (const dryRun of [true, false])
      expect(await reconcile(opened, { dryRun })).toMatchObject({ result: { restored: 0, duplicatesClosed: 0 } });
  });

  test('without Jira fails and says why', async () => {
    const opened = await openAdminSite();
    await opened.take(externalEvent());
    opened.site.jira.faults.down = true;
    expect(await reconcile(opened, {})).toMatchObject({ state: 'failed', error: { code: 'jira-unavailable' }, result: null });
  });

  test('is neither another operation nor an unknown one', async () => {
    const opened = await openAdminSite();
    const retry = await opened.ask('POST', '/api/v1/failures/retry', { filter: {} });
    for (const id of [retry.body['id'], 'nobody']) {
      expect(await opened.ask('GET', `/api/v1/sweeps/${String(id)}`)).toMatchObject({
        status: 404,
        body: { code: 'operation-not-found' },
      });
    }
  });

  test.each([undefined, { dryRun: 'no' }, { full: true }])('asked with %j is refused', async (body) => {
    const { ask } = await openAdminSite();
    expect(await ask('POST', '/api/v1/sweeps', body)).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
  });
});
